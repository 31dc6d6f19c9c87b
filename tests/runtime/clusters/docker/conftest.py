"""A world of containers, on the engine of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.docker.backend import DockerBackend
from planc_runtime.clusters.docker.options import Options
from planc_runtime.protocols.backend import Settings
from support.docker import Run, Stage, require_engine


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run an async function in a world of containers."""
    require_engine()

    def execute(
        main: Callable[[Stage], Awaitable[Any]],
        options: Options | None = None,
        troubles: Iterable[str] = (),
    ) -> Any:
        async def staged(world: Any) -> Any:
            async with asyncio.timeout(60):
                return await main(Stage(world))

        settings = Settings(seed=1, directory=tmp_path, troubles=frozenset(troubles))
        backend = DockerBackend(options or Options())
        return backend.execute(settings, staged)

    return execute
