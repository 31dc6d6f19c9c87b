"""Worlds on each rung that this machine carries."""

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


@pytest.fixture(params=["userns", "root"])
def rung(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Force a rung; skip where it does not carry."""
    found = rungs.attempt(request.param)
    if not found.abilities:
        pytest.skip(f"the rung {request.param} is refused here: {found.missing['partition']}")
    monkeypatch.setenv(rungs.VARIABLE, request.param)
    return str(request.param)


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the best rung with a network of its own; skip where there is none."""
    if not rungs.find().abilities:
        pytest.skip("this machine allows no network lab; `planc doctor` says why")


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Run an async function of a scene in a fresh local world."""

    def run(main: Callable[[Scene], Awaitable[Any]]) -> Any:
        async def in_world(world: Any) -> Any:
            async with asyncio.timeout(60.0):
                return await main(Scene(world))

        return LocalBackend().execute(Settings(seed=3, directory=tmp_path), in_world)

    return run
