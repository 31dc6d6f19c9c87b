"""What an agent thinks of the others, asked over Serf's RPC: MessagePack on a TCP connection.

Asking twenty agents several times a second with the program `serf members` would cost more than
the agents themselves.
"""

from __future__ import annotations

import asyncio
import io
import re
from typing import Any

import umsgpack


async def counts(node: Any) -> dict[str, int]:
    """Return how many members the agent takes for alive, failed and gone by their own will."""
    address, port = node.placement.address, node.placement.ports["rpc"]
    async with asyncio.timeout(1.0):
        reader, writer = await asyncio.open_connection(address, port)
        try:
            writer.write(_call("handshake", 0, {"Version": 1}) + _call("stats", 1))
            answers = await _objects(reader, 3)
        finally:
            writer.close()
    found = answers[2]["serf"]
    failed, left = int(found["failed"]), int(found["left"])
    return {"alive": int(found["members"]) - failed - left, "failed": failed, "left": left}


def declared_dead(logs: list[str]) -> list[str]:
    """Return the members that any of these logs says have failed."""
    pattern = re.compile(r"serf: EventMemberFailed: (\S+)")
    return sorted({name for log in logs for name in pattern.findall(log)})


def _call(command: str, number: int, body: dict[str, Any] | None = None) -> bytes:
    header: bytes = umsgpack.packb({"Command": command, "Seq": number})
    return header if body is None else header + umsgpack.packb(body)


async def _objects(reader: asyncio.StreamReader, count: int) -> list[Any]:
    """Read so many objects; they say nowhere how long they are."""
    received = b""
    while True:
        stream = io.BytesIO(received)
        try:
            return [umsgpack.unpack(stream) for _ in range(count)]
        except umsgpack.InsufficientDataException:
            more = await reader.read(65536)
            if not more:
                raise ConnectionError("the agent has closed the connection") from None
            received += more
