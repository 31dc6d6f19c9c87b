"""Replicas that apply one log in one order, each at its own pace: sequential, not linearizable.

The first node puts all writes in order. Every replica fetches that order and applies it; it answers
reads from what it has, and a write when it has applied it itself. So who stays with one replica
sees its own writes and never goes back in time, and still may see an old value.
Attiya and Welch, "Sequential consistency versus linearizability", 1994.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from serving import serve

PERIOD = 0.05
"""Seconds between two looks at the log."""


class Replica:
    def __init__(self, node: Any) -> None:
        self.planted: frozenset[str] = node.planted
        first = min(node.peers, key=lambda peer: peer.name)
        self.log: list[tuple[str, str]] | None = [] if first.name == node.name else None
        self.http = httpx.AsyncClient(base_url=f"http://{first.address}:{first.ports['http']}")
        self.values: dict[str, str] = {}
        self.applied = 0
        self.news = asyncio.Condition()

    async def read(self, k: str) -> str | None:
        return self.values.get(k)

    async def write(self, k: str, v: str) -> bool:
        place: int = await self.ask("order", k=k, v=v)
        # Right: whoever wrote finds what it wrote.
        if "answers_early" not in self.planted:
            async with self.news:
                await self.news.wait_for(lambda: self.applied >= place)
        return True

    async def order(self, k: str, v: str) -> int:
        assert self.log is not None
        self.log.append((k, v))
        return len(self.log)

    async def after(self, place: int) -> list[tuple[str, str]]:
        assert self.log is not None
        return self.log[place:]

    async def follow(self) -> None:
        while True:
            await asyncio.sleep(PERIOD)
            try:
                news = await self.ask("after", place=self.applied)
            except httpx.HTTPError:
                continue
            # Right: in the order of the log.
            for k, v in reversed(news) if "applies_in_any_order" in self.planted else news:
                self.values[k] = v
            async with self.news:
                self.applied += len(news)
                self.news.notify_all()

    async def ask(self, name: str, **arguments: Any) -> Any:
        if self.log is not None:
            return await getattr(self, name)(**arguments)
        return (await self.http.post(f"/{name}", json=arguments)).raise_for_status().json()


async def main(node: Any) -> None:
    """Serve a replica until it is stopped."""
    replica = Replica(node)
    following = asyncio.create_task(replica.follow())
    try:
        await serve(node, replica)
    finally:
        following.cancel()
