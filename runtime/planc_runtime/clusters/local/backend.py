"""The backend `local`: a scenario in a real asyncio loop, its nodes real processes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from planc_runtime.clusters.local.world import LocalWorld
from planc_runtime.protocols.backend import Settings, World

T = TypeVar("T")


class LocalBackend:
    name = "local"

    def execute(self, settings: Settings, main: Callable[[World], Awaitable[T]]) -> T:
        """Run `main(world)`; the world is closed on every path out, Ctrl-C included."""
        return asyncio.run(_in_world(settings, main))


async def _in_world(settings: Settings, main: Callable[[World], Awaitable[T]]) -> T:
    world = await LocalWorld.open(settings)
    try:
        return await main(world)
    finally:
        await world.close()
