"""One node of a Kademlia network: the library from PyPI, with a line protocol to ask it.

SET key value   -> OK, or NO when no other node is known that could keep it
GET key         -> the value, or NONE
KNOWN           -> how many nodes it knows
"""

from __future__ import annotations

import asyncio
from typing import Any

from kademlia.network import Server

RPC_TIMEOUT = 1.0
"""Seconds until a node that does not answer counts as gone; the library waits for five."""


class Lines:
    def __init__(self, server: Server) -> None:
        self.server = server

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(f"{await self.answer(line.decode().split())}\n".encode())
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def answer(self, words: list[str]) -> str:
        match words:
            case ["SET", key, value]:
                return "OK" if await self.server.set(key, value) else "NO"
            case ["GET", key]:
                return str(await self.server.get(key) or "NONE")
            case ["KNOWN"]:
                return str(len(self.server.bootstrappable_neighbors()))
        return "WHAT"


async def main(node: Any) -> None:
    """Join the network through its first node and answer until cancelled."""
    # Right: a value is kept by the nodes nearest to it, several of them.
    server = Server(alpha=1 if "no_replicas" in node.planted else 3, **_replicas(node))
    await server.listen(node.ports["udp"], interface=node.address)
    server.protocol._wait_timeout = RPC_TIMEOUT
    first = node.peers[0]
    if node.name != first.name:
        await server.bootstrap([(first.address, first.ports["udp"])])
    lines = await asyncio.start_server(Lines(server).serve, node.address, node.ports["lines"])
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        lines.close()
        server.stop()


def _replicas(node: Any) -> dict[str, int]:
    return {"ksize": 1} if "no_replicas" in node.planted else {}
