"""A stage for tests of the simulator: programs as text, nodes that run them, a world around."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from planc_runtime.clusters.sim import SimBackend
from planc_runtime.clusters.sim.node import SimNode
from planc_runtime.clusters.sim.world import SimWorld
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.node import Launch, NodeInfo, StopPolicy

T = TypeVar("T")

ECHO = """
    import asyncio

    async def answer(reader, writer):
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    async def main(node):
        server = await asyncio.start_server(answer, node.address, node.ports["main"])
        await server.serve_forever()
"""


class Stage:
    """Write programs, run scenarios. `world` is there while one runs."""

    world: SimWorld

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "programs"
        self.programs.mkdir()
        self.runs = 0

    def program(self, name: str, source: str) -> str:
        """Write a module; returns the entry that runs its main."""
        (self.programs / f"{name}.py").write_text(textwrap.dedent(source))
        return f"{name}:main"

    def run(self, scenario: Callable[[], Awaitable[T]], seed: int = 7) -> T:
        """Run a scenario in a world of its own."""
        self.runs += 1

        async def main(world: Any) -> T:
            self.world = world
            return await scenario()

        directory = self.folder / f"run{self.runs}"
        return SimBackend().execute(Settings(seed, directory), main)

    def node(self, name: str) -> SimNode:
        if name not in self.world.network.machines:
            self.world.place(name, {"main": 7000})
        return self.world._nodes[name]

    async def start(self, name: str, source: str = ECHO, **launch: Any) -> SimNode:
        """Start a node with a program; a second call is a new incarnation."""
        node = self.node(name)
        place = node.placement
        entry = launch.pop("entry", None) or self.program(f"program_{name}", source)
        params = launch.pop("params", {})
        info = NodeInfo(name, place.address, place.ports, place.data, "test", 1, (), params)
        stop = launch.pop("stop", StopPolicy())
        await node.start(Launch(info, entry=entry, path=(self.programs,), stop=stop, **launch))
        await asyncio.sleep(0.01)
        return node

    def log(self, name: str) -> str:
        return self.node(name).placement.log.read_text()

    async def ask(self, name: str, line: str) -> str:
        """Send a line to a node on a new connection and wait for its answer."""
        reader, writer = await asyncio.open_connection(name, 7000)
        writer.write(line.encode() + b"\n")
        answer = await reader.readline()
        writer.close()
        return answer.decode().rstrip("\n")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)
