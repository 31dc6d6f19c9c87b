"""A few nodes of the test service in a world, and a client to ask them: the stage of a test."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from planc_runtime.protocols.backend import World
from planc_runtime.protocols.evidence import Evidence
from planc_runtime.protocols.node import Launch, Node, NodeInfo, Peer, Placement

T = TypeVar("T")

PORTS = {"tcp": 7101, "udp": 7102}
ENTRY = "planc_runtime.testing.service:main"
READY_WITHIN = 20.0
"""Seconds; generous, because a loaded machine is no reason to accuse a backend."""
_TRIES = 20


class NoAnswer(Exception):
    """The node was asked and said nothing in time, or the connection broke."""


class Scene:
    """Use `await scene.start("n1", "n2")`, then `await scene.ask("n1", "echo hello")`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._client = world.host("client")
        self._launches: dict[str, Launch] = {}
        self._placements: dict[str, Placement] = {}

    async def start(self, *names: str, **launch: Any) -> dict[str, Evidence]:
        """Place and start nodes that know each other; return once all of them answer.

        `launch` replaces fields of their Launch.
        """
        self.place(*names, **launch)
        evidence = {name: await self.node(name).start(self._launches[name]) for name in names}
        for name in names:
            await self.ready(name)
        return evidence

    def place(self, *names: str, **launch: Any) -> None:
        for name in names:
            self._placements[name] = self.world.place(name, dict(PORTS))
        peers = tuple(
            Peer(p.name, p.address, p.ports, address6=p.address6) for p in self._placements.values()
        )
        for index, (name, place) in enumerate(self._placements.items(), 1):
            info = NodeInfo(
                name, place.address, place.ports, place.data, "cluster", index, peers,
                address6=place.address6,
            )  # fmt: skip
            self._launches[name] = replace(Launch(info, entry=ENTRY), **launch)

    async def again(self, name: str, **launch: Any) -> Evidence:
        """Start a new incarnation of a node that is down; return once it answers."""
        evidence = await self.node(name).start(replace(self._launches[name], **launch))
        await self.ready(name)
        return evidence

    def launch(self, name: str) -> Launch:
        return self._launches[name]

    def node(self, name: str) -> Node:
        return self.world.node(self._placements[name])

    def data(self, name: str) -> Path:
        return self._placements[name].data

    async def ready(self, name: str) -> None:
        """Wait until the node answers; ends early, with the log, when the node has ended."""
        deadline = self.world.now() + READY_WITHIN
        while self.world.now() < deadline:
            try:
                await self.ask(name, "echo ready", within=1.0)
                return
            except NoAnswer:
                await asyncio.sleep(0.02)
            if self.node(name).exit_status is not None:
                break
        log = self._placements[name].log
        words = log.read_text(errors="replace") if log.exists() else "no log"
        raise AssertionError(f"{name} did not come up; it is {self.node(name).state}:\n{words}")

    async def ask(self, name: str, request: str, *, within: float = READY_WITHIN) -> str:
        """Return what stands after `ok`, or the whole answer of an `error`.

        Raises NoAnswer when none came within so many seconds of the world's clock.
        """
        place = self._placements[name]
        try:
            async with asyncio.timeout(within):
                return await self.as_client(_converse(place, request))
        except (OSError, asyncio.IncompleteReadError) as trouble:
            raise NoAnswer(f"{name}: {trouble!r}") from None

    async def silent(self, name: str, request: str = "echo ping", *, within: float = 0.5) -> bool:
        """Tell whether the node leaves a request unanswered."""
        try:
            await self.ask(name, request, within=within)
        except NoAnswer:
            return True
        return False

    async def as_client(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the client's host, so that its links can be told from others."""
        return await asyncio.create_task(coroutine, context=self._client)

    async def settle(self) -> None:
        """Let everything that is under way arrive; half a second is ages between two nodes."""
        await asyncio.sleep(0.5)

    async def timed(self, name: str, request: str) -> float:
        """Return how many seconds of the world's clock the request took."""
        began = self.world.now()
        await self.ask(name, request)
        return self.world.now() - began

    async def fastest(self, name: str, request: str, below: float) -> float:
        """Return the seconds that the request took at best: what takes less was not held up.

        A busy machine may dawdle once, but a link that is late is late every time. Ends with the
        first that took less than `below`.
        """
        best = await self.timed(name, request)
        for _ in range(_TRIES):
            if best < below:
                break
            best = min(best, await self.timed(name, request))
        return best


async def _converse(place: Placement, request: str) -> str:
    reader, writer = await asyncio.open_connection(place.address, place.ports["tcp"])
    try:
        writer.write(request.encode() + b"\n")
        answer = (await reader.readuntil(b"\n")).decode().strip()
    finally:
        writer.close()
    return answer.removeprefix("ok").strip()
