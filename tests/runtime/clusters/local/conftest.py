"""Worlds of real processes for the tests, and ways to find what they leave behind."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.clusters.local.world import LocalWorld
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.node import Launch, NodeInfo, StopPolicy

MARK = "PLANC_TEST_MARK"

Run = Callable[[Callable[["Stage"], Awaitable[Any]]], Any]


class Stage:
    """A world with shorthands for nodes that are little programs."""

    def __init__(self, world: LocalWorld, mark: str) -> None:
        self.world = world
        self.mark = mark

    async def python(self, name: str, source: str, **launch: Any) -> Any:
        """Start a node that runs Python source text; return it."""
        return await self.program(name, sys.executable, "-c", source, **launch)

    async def shell(self, name: str, line: str, **launch: Any) -> Any:
        return await self.program(name, "sh", "-c", line, **launch)

    async def program(self, name: str, *argv: str, **launch: Any) -> Any:
        node = self.place(name)
        await node.start(self.launch(name, *argv, **launch))
        return node

    def place(self, name: str, **ports: int) -> Any:
        return self.world.node(self.world.place(name, ports))

    def launch(
        self, name: str, *argv: str, env: dict[str, str] | None = None,
        kill_after: float = 5.0, **more: Any,
    ) -> Launch:  # fmt: skip
        place = self.world._nodes[name].placement
        return Launch(
            NodeInfo(name, place.address, place.ports, place.data, "c", 1, ()),
            argv=argv or None,
            env={MARK: self.mark, **(env or {})},
            stop=StopPolicy(kill_after=kill_after),
            **more,
        )


@pytest.fixture
def mark() -> Iterator[str]:
    """A word in the environment of all processes of a test; nobody who has it may outlive it."""
    word = uuid.uuid4().hex
    yield word
    try:
        none_left(word, 5.0)
    finally:
        for pid in marked(word):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def run(tmp_path: Path, mark: str) -> Run:
    def in_world(main: Callable[[Stage], Awaitable[Any]]) -> Any:
        async def staged(world: Any) -> Any:
            return await main(Stage(world, mark))

        return LocalBackend().execute(Settings(1, tmp_path / "scenario"), staged)

    return in_world


def marked(word: str) -> list[int]:
    """The living processes that carry the mark in their environment."""
    wanted = f"{MARK}={word}".encode()
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            continue
        if wanted in environment.split(b"\0"):
            found.append(int(pid))
    return found


def wait_gone(pids: list[int], within: float) -> float:
    """Wait until all have ended; return the seconds it took, or fail naming who lives on."""
    began = time.monotonic()
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            left = max(0.0, began + within - time.monotonic())
            ready, _, _ = select.select([handle], [], [], left)
            assert ready, f"pid {pid} lives on: {Path(f'/proc/{pid}/cmdline').read_bytes()!r}"
        finally:
            os.close(handle)
    return time.monotonic() - began


def none_left(word: str, within: float) -> None:
    """Wait until nothing that carries the mark lives, whatever the dying may still fork."""
    began = time.monotonic()
    while left := marked(word):
        wait_gone(left, max(0.0, began + within - time.monotonic()))


async def line_in(log: Path, text: str, times: int = 1) -> None:
    """Wait until a node has written something: its log is a file, which cannot be awaited.

    Only whole lines count: an unbuffered print writes each of its words by itself.
    """
    await eventually(lambda: whole_lines(log).count(text) >= times)


def whole_lines(log: Path) -> str:
    """What a node has written so far, up to the end of its last line."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return text[: text.rfind("\n") + 1]


async def eventually(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def eventually_sync(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have worlds without a lab, on this machine's own network."""
    monkeypatch.setenv("PLANC_LOCAL_RUNG", "loopback")
