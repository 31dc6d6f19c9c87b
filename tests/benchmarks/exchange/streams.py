"""The exchange over asyncio's streams: one connection to each follower, one from the client."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from typing import Any

from exchange import FOLLOWERS, HEARTBEAT, OPERATION, QUORUM

HOST = "::1"
PORT = 7000

Counts = dict[str, int]


async def follow(reader: StreamReader, writer: StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(line)


class Leader:
    def __init__(self, counts: Counts) -> None:
        self.counts = counts
        self.acknowledged: dict[bytes, int] = {}
        self.followers: list[StreamWriter] = []
        self.client: Any = None

    async def connect(self) -> list[Any]:
        parts = []
        for number in range(1, FOLLOWERS + 1):
            reader, writer = await asyncio.open_connection(HOST, PORT + number)
            self.followers.append(writer)
            parts.append(self.listen(reader))
        return [*parts, self.heartbeats()]

    def tell_all(self, line: bytes) -> None:
        self.counts["messages"] += FOLLOWERS
        for writer in self.followers:
            writer.write(line)

    async def heartbeats(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            self.tell_all(b"beat\n")

    async def listen(self, reader: StreamReader) -> None:
        while line := await reader.readline():
            self.counts["messages"] += 1
            if line == b"beat\n":
                continue
            self.acknowledged[line] += 1
            if self.acknowledged[line] == QUORUM:
                self.counts["messages"] += 1
                self.client.write(line)
            if self.acknowledged[line] == FOLLOWERS:
                del self.acknowledged[line]

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.client = writer
        while line := await reader.readline():
            self.acknowledged[line] = 0
            self.tell_all(line)


async def operations(writer: StreamWriter, counts: Counts) -> None:
    number = 0
    while True:
        await asyncio.sleep(OPERATION)
        number += 1
        counts["messages"] += 1
        writer.write(b"%d\n" % number)


async def replies(reader: StreamReader, counts: Counts) -> None:
    while await reader.readline():
        counts["operations"] += 1


async def exchange(seconds: float) -> Counts:
    """Run for so many seconds of the loop's time."""
    counts = {"messages": 0, "operations": 0}
    servers = [
        await asyncio.start_server(follow, HOST, PORT + number)
        for number in range(1, FOLLOWERS + 1)
    ]
    leader = Leader(counts)
    servers.append(await asyncio.start_server(leader.serve, HOST, PORT))
    parts = await leader.connect()
    reader, writer = await asyncio.open_connection(HOST, PORT)
    tasks = [
        asyncio.ensure_future(part)
        for part in [*parts, operations(writer, counts), replies(reader, counts)]
    ]
    await asyncio.sleep(seconds)
    writer.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for writer in leader.followers:
        writer.close()
    for server in servers:
        server.close()
    await asyncio.sleep(1)
    return counts
