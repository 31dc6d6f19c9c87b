"""Worlds that were told before their nodes began what would befall the disks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.protocols.backend import Settings


def in_watched_world(folder: Path, trouble: str, scenario: Callable[[Any], Awaitable[Any]]) -> Any:
    """Run a scenario in a world that may lay this trouble; skip where no world can."""
    reasons: list[str] = []

    async def main(world: Any) -> Any:
        if trouble in world.abilities:
            return await scenario(world)
        reasons.append(world.missing[trouble])
        return None

    answer = LocalBackend().execute(Settings(1, folder, troubles=frozenset({trouble})), main)
    if reasons:
        pytest.skip(reasons[0])
    return answer
