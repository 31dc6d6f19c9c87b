"""The project's own Raft store, five nodes of it, under 100 writes a second over HTTP."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from exchange import OPERATION
from planc_runtime.clusters.sim.world import SimWorld
from planc_runtime.protocols.node import Launch, NodeInfo, Peer

SYSTEMS = Path(__file__).parents[3] / "plans" / "consensus" / "systems"
SIZE = 5
CONNECTIONS = 8
PORT = 8000
PARAMETERS = {
    "election_timeout": 0.3,
    "heartbeat": 0.05,
    "request_timeout": 1.0,
    "snapshot_every": 1000,
    "batch": 64,
    "members": 0,
}


class Connection:
    """As little of an HTTP client as asking takes, so that the store is what is measured."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, address: str) -> Connection:
        return cls(*await asyncio.open_connection(address, PORT))

    async def ask(self, method: str, path: str, content: Any = None) -> tuple[int, Any]:
        body = b"" if content is None else json.dumps(content).encode()
        head = f"{method} {path} HTTP/1.1\r\nhost: raft\r\ncontent-length: {len(body)}\r\n\r\n"
        self.writer.write(head.encode() + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.partition(b"content-length:")[2].partition(b"\r\n")[0])
        status = int(answer.split(b" ", 2)[1])
        return status, json.loads(await self.reader.readexactly(length) or b"null")


async def exchange(world: SimWorld, seconds: float) -> dict[str, int]:
    """Write for so many seconds of the world's time."""
    places = [world.place(f"n{number}", {"http": PORT}) for number in range(1, SIZE + 1)]
    peers = tuple(Peer(place.name, place.address, place.ports) for place in places)
    for index, place in enumerate(places, 1):
        info = NodeInfo(
            place.name, place.address, place.ports, place.data, "raft", index, peers, PARAMETERS
        )
        launch = Launch(info, entry="raft_kv.server:main", path=(SYSTEMS,))
        await world.node(place).start(launch)
    leader = await find_leader([place.address for place in places])
    connections: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        connections.put_nowait(await Connection.open(leader))
    counts = {"operations": 0}

    async def write(number: int) -> None:
        connection = await connections.get()
        status, _ = await connection.ask("PUT", f"/kv/k{number % 20}", {"value": number})
        counts["operations"] += status == 200
        connections.put_nowait(connection)

    writes = []
    for number in range(int(seconds / OPERATION)):
        writes.append(asyncio.ensure_future(write(number)))
        await asyncio.sleep(OPERATION)
    await asyncio.gather(*writes)
    if counts["operations"] != len(writes):
        raise RuntimeError(f"only {counts['operations']} of {len(writes)} writes succeeded")
    return {"messages": world.network.packets(), **counts}


async def find_leader(addresses: list[str]) -> str:
    while True:
        await asyncio.sleep(0.5)
        for address in addresses:
            _, status = await (await Connection.open(address)).ask("GET", "/status")
            if status["role"] == "leader":
                return address
