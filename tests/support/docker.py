"""Nodes that are containers, and what their tests need; without an engine those are skipped."""

from __future__ import annotations

import asyncio
import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.docker import finding
from planc_runtime.clusters.docker.node import DockerNode
from planc_runtime.clusters.docker.world import DockerWorld
from planc_runtime.engine.nodes.needs import REQUIRE_SYSTEMS
from planc_runtime.protocols.node import Launch, NodeInfo, StopPolicy

_examined = functools.cache(finding.examine)


def require_engine() -> None:
    """Skip, or fail where nothing may be skipped, when there is no engine."""
    found = _examined()
    if not found["carries"]:
        words = f"{found['missing']}; {found['remedy']}"
        (pytest.fail if os.environ.get(REQUIRE_SYSTEMS) == "1" else pytest.skip)(words)


WITHIN = 60.0


class Stage:
    """A world in which programs run that are written in a line or two."""

    def __init__(self, world: DockerWorld) -> None:
        self.world = world

    def place(self, name: str) -> DockerNode:
        return self.world.node(self.world.place(name, {"tcp": 7101}))

    async def python(self, name: str, source: str, **launch: Any) -> DockerNode:
        """Start a Python program that says `up` when it is, and wait for that."""
        node = self.place(name)
        await self.begin(node, (sys.executable, "-u", "-c", source), **launch)
        await line_in(node.placement.log, "up")
        return node

    async def begin(self, node: DockerNode, argv: tuple[str, ...], **launch: Any) -> None:
        place = node.placement
        info = NodeInfo(place.name, place.address, place.ports, place.data, "c", 1, ())
        policy = StopPolicy(kill_after=launch.pop("kill_after", 5.0))
        await node.start(Launch(info, argv=argv, stop=policy, **launch))


Run = Callable[..., Any]


async def line_in(log: Path, word: str) -> None:
    """Wait for a line with a word in it; whole lines only, since some are written in parts."""
    async with asyncio.timeout(WITHIN):
        while word not in _whole_lines(log):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def _whole_lines(log: Path) -> str:
    text = log.read_text() if log.exists() else ""
    return text[: text.rfind("\n") + 1]
