"""Worlds on the rung `redirect`, wherever the tests run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.lab import rungs
from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.protocols.backend import Settings
from planc_runtime.testing.scene import Scene

Play = Callable[[Callable[[Scene], Awaitable[Any]]], Any]


@pytest.fixture(autouse=True)
def redirect(monkeypatch: pytest.MonkeyPatch) -> None:
    found = rungs.attempt("redirect")
    if not found.abilities:
        pytest.skip(f"connections cannot be led here: {found.missing['partition']}")
    monkeypatch.setenv(rungs.VARIABLE, "redirect")


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Run an async function of a scene in a fresh world."""

    def run(main: Callable[[Scene], Awaitable[Any]]) -> Any:
        async def in_world(world: Any) -> Any:
            async with asyncio.timeout(60.0):
                return await main(Scene(world))

        return LocalBackend().execute(Settings(seed=3, directory=tmp_path), in_world)

    return run
