"""Twenty nodes of the Kademlia library over UDP; six are killed; every value is still found."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from planc_runtime.clusters.sim import SimBackend
from planc_runtime.protocols.backend import Settings, World
from planc_runtime.protocols.node import Launch, NodeInfo, Peer

SIZE, KEYS = 20, 50


async def scenario(world: World) -> None:
    places = [world.place(f"n{number}", {"udp": 7000}) for number in range(1, SIZE + 1)]
    peers = tuple(Peer(place.name, place.address, place.ports) for place in places)
    for index, place in enumerate(places, 1):
        info = NodeInfo(
            place.name, place.address, place.ports, place.data, "ring", index, peers,
            {"size": SIZE, "keys": KEYS},
        )  # fmt: skip
        path = (Path(__file__).parent / "programs",)
        await world.node(place).start(Launch(info, entry="kademlia_node:main", path=path))
    await asyncio.sleep(10)
    for place in places[14:]:
        await world.node(place).kill()
    await asyncio.sleep(300)
    print("ended at", world.now())
    for place in places:
        print(place.name, place.log.read_text(), end="")
    found = sum(int(place.log.read_text().count("found v")) for place in places)
    print(f"found {found} of {KEYS}")


if __name__ == "__main__":
    SimBackend().execute(Settings(int(sys.argv[2]), Path(sys.argv[1])), scenario)
