"""The exchange between six simulated machines of planc: followers are nodes, over the network."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from exchange import FOLLOWERS, streams
from planc_runtime.protocols.backend import World
from planc_runtime.protocols.node import Launch, NodeInfo


async def follower_main(node: NodeInfo) -> None:
    server = await asyncio.start_server(streams.follow, node.address, node.ports["peer"])
    await server.serve_forever()


class FarLeader(streams.Leader):
    addresses: tuple[str, ...] = ()

    async def connect(self) -> list[Any]:
        parts = []
        for address in self.addresses:
            reader, writer = await asyncio.open_connection(address, streams.PORT)
            self.followers.append(writer)
            parts.append(self.listen(reader))
        return [*parts, self.heartbeats()]


async def exchange(world: World, seconds: float) -> streams.Counts:
    """Run for so many seconds of the world's time; the leader runs on a machine of its own."""
    placements = [
        world.place(f"n{number}", {"peer": streams.PORT}) for number in range(1, FOLLOWERS + 1)
    ]
    for index, place in enumerate(placements, 1):
        info = NodeInfo(place.name, place.address, place.ports, place.data, "cluster", index, ())
        path = (Path(__file__).parent.parent,)
        await world.node(place).start(Launch(info, entry="exchange.nodes:follower_main", path=path))
    await asyncio.sleep(0.1)
    counts = {"messages": 0, "operations": 0}
    leader = FarLeader(counts)
    leader.addresses = tuple(place.address for place in placements)
    host = world.host("leader")
    serving = asyncio.Event()
    leading = host.run(asyncio.create_task, lead(leader, serving))
    await serving.wait()
    reader, writer = await asyncio.open_connection("leader", streams.PORT)
    parts = [streams.operations(writer, counts), streams.replies(reader, counts)]
    running = asyncio.gather(*parts)
    await asyncio.sleep(seconds)
    running.cancel()
    leading.cancel()
    await asyncio.gather(running, leading, return_exceptions=True)
    return counts


async def lead(leader: FarLeader, serving: asyncio.Event) -> None:
    server = await asyncio.start_server(leader.serve, None, streams.PORT)
    parts = await leader.connect()
    serving.set()
    await asyncio.gather(*parts, server.serve_forever())
