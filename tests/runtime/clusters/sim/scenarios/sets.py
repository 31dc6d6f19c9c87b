"""Nodes that loop over sets of strings and of objects, and tell what they saw."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from planc_runtime.clusters.sim import SimBackend
from planc_runtime.protocols.backend import Settings, World
from planc_runtime.protocols.node import Launch, NodeInfo

PROGRAMS = Path(__file__).parent / "programs"


async def scenario(world: World) -> None:
    place = world.place("n1", {})
    info = NodeInfo("n1", place.address, place.ports, place.data, "sets", 1, ())
    await world.node(place).start(Launch(info, entry="set_node:main", path=(PROGRAMS,)))
    await asyncio.sleep(10)
    print(place.log.read_text())


if __name__ == "__main__":
    SimBackend().execute(Settings(int(sys.argv[2]), Path(sys.argv[1])), scenario)
