"""The backend `docker`: a scenario in a real asyncio loop, its nodes containers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from planc_runtime.clusters.docker import options
from planc_runtime.clusters.docker.world import DockerWorld
from planc_runtime.protocols.backend import Settings, World

T = TypeVar("T")


class DockerBackend:
    name = "docker"

    def __init__(self, chosen: options.Options | None = None) -> None:
        self._options = chosen

    def execute(self, settings: Settings, main: Callable[[World], Awaitable[T]]) -> T:
        """Run `main(world)`; the world is closed on every path out, Ctrl-C included."""
        chosen = self._options or options.read(Path.cwd())
        return asyncio.run(_in_world(settings, chosen, main))


async def _in_world(
    settings: Settings, chosen: options.Options, main: Callable[[World], Awaitable[T]]
) -> T:
    world = await DockerWorld.open(settings, chosen)
    try:
        return await main(world)
    finally:
        await world.close()
