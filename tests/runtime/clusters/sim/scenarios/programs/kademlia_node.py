"""A node of the Kademlia ring: joins, stores its share of the keys, looks up another share."""

from __future__ import annotations

import asyncio
import random

from kademlia.network import Server

from planc_runtime.protocols.node import NodeInfo


async def main(node: NodeInfo) -> None:
    server = Server()
    await server.listen(node.ports["udp"], interface=node.address)
    if node.index > 1:
        await asyncio.sleep(random.uniform(0.1, 0.5))
        await server.bootstrap([(node.peers[0].address, node.peers[0].ports["udp"])])
    await asyncio.sleep(5)
    for key in range(node.index, node.params["keys"] + 1, node.params["size"]):
        await server.set(f"k{key}", f"v{key}")
    await asyncio.sleep(30)
    survivors = 14
    for key in range(node.index, node.params["keys"] + 1, survivors):
        value = await server.get(f"k{key}")
        print(f"found {value}" if value == f"v{key}" else f"lost k{key}", random.random())
    await asyncio.Future()
