"""One node of a Kademlia network: the library from PyPI, with a line protocol to ask it.

SET key value   -> OK, or NO when no other node is known that could keep it
GET key         -> the value, or NONE
KNOWN           -> how many nodes of its own zone its routing table holds, and how many others

A node joins through whoever it was told of, and does so again and again: the library forgets who
did not answer once, and by itself looks for lost neighbours once in an hour.
"""

from __future__ import annotations

import asyncio
import copy
import random
from typing import Any

from kademlia.network import Server
from kademlia.utils import digest

RPC_TIMEOUT = 0.5
"""Seconds until a node that does not answer counts as gone; the library waits for five."""
HASTE = 0.05
"""The same of a planted bug: enough for this network while nothing slows it."""
REPLICAS = 8
"""Nodes that keep a value: Kademlia's k. The library's twenty would be all of this network."""
REJOIN = 2.0
"""Seconds between two visits to somebody this node was told of at its start."""


class Lines:
    def __init__(self, server: Server, node: Any) -> None:
        self.server = server
        self.storing = copy.copy(server)
        # Right: a value is kept by the nodes nearest to it, several of them.
        self.storing.ksize = 1 if "no_replicas" in node.planted else REPLICAS
        self.forgetful = "forgetful" in node.planted
        own = {p.zone for p in node.peers if p.name == node.name}
        self.near = {p.address for p in node.peers if p.zone in own}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(f"{await self.answer(line.decode().split())}\n".encode())
                await writer.drain()
        except (ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    async def answer(self, words: list[str]) -> str:
        match words:
            case ["SET", key, value]:
                return "OK" if await self._store(key, value) else "NO"
            case ["GET", key]:
                return str(await self.server.get(key) or "NONE")
            case ["KNOWN"]:
                buckets = self.server.protocol.router.buckets
                known = [contact.ip for bucket in buckets for contact in bucket.get_nodes()]
                near = sum(address in self.near for address in known)
                return f"{near} {len(known) - near}"
        return "WHAT"

    async def _store(self, key: str, value: str) -> bool:
        # Right: what is acknowledged lies where it will be looked for.
        if self.forgetful:
            return True
        return bool(await self.storing.set(key, value))


async def main(node: Any) -> None:
    """Join the network and answer until cancelled."""
    # The name decides where a node stands among the keys, so that a seed always kills the same.
    server = Server(ksize=REPLICAS, node_id=digest(node.name))
    await server.listen(node.ports["udp"], interface=node.address)
    server.protocol._wait_timeout = HASTE if "hasty" in node.planted else RPC_TIMEOUT
    lines = await asyncio.start_server(Lines(server, node).serve, node.address, node.ports["lines"])
    try:
        await _keep_joining(server, node)
    finally:
        lines.close()
        server.stop()


async def _keep_joining(server: Server, node: Any) -> None:
    draw = random.Random(node.seed)
    others = [(p.address, p.ports["udp"]) for p in node.peers if p.name != node.name]
    through = others[:1]
    while True:
        await server.bootstrap(through)
        # Right: whom it has lost it finds again. Before it knows anybody it cannot stop, either.
        if "joins_once" in node.planted and server.bootstrappable_neighbors():
            await asyncio.get_running_loop().create_future()
        await asyncio.sleep(REJOIN * draw.uniform(0.5, 1))
        through = draw.sample(others, 2)
