"""Sets that grow and counters that count on every node, and agree by gossip (CRDTs).

A node takes every change at once, alone if it has to. What it knows it tells the others again and
again; sets are united, and of a counter's parts, one of each node, the greater is kept.
Shapiro et al., "Conflict-free replicated data types", 2011.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

import httpx
from serving import serve

PERIOD = 0.2
"""Seconds between two rounds of gossip."""


class Gossip:
    def __init__(self, node: Any) -> None:
        self.planted: frozenset[str] = node.planted
        self.name: str = node.name
        self.sets: defaultdict[str, set[str]] = defaultdict(set)
        self.counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.others = [f"http://{p.address}:{p.ports['http']}" for p in node.peers
                       if p.name != node.name]  # fmt: skip
        self.http = httpx.AsyncClient(timeout=1)

    async def add(self, k: str, element: str) -> bool:
        self.sets[k].add(element)
        return True

    async def elements(self, k: str) -> list[str]:
        return sorted(self.sets[k])

    async def increment(self, k: str, amount: int) -> bool:
        parts = self.counts[k]
        parts[self.name] = parts.get(self.name, 0) + amount
        return True

    async def count(self, k: str) -> int:
        return sum(self.counts[k].values())

    async def hear(self, sets: dict[str, list[str]], counts: dict[str, dict[str, int]]) -> bool:
        for k, found in sets.items():
            # Right: both sides' elements.
            if "last_one_is_right" in self.planted:
                self.sets[k] = set(found)
            self.sets[k] |= set(found)
        for k, parts in counts.items():
            for name, count in parts.items():
                mine = self.counts[k].get(name, 0)
                # Right: a part is heard of many times, and counted once.
                self.counts[k][name] = (
                    mine + count if "adds_what_it_hears" in self.planted else max(mine, count)
                )
        return True

    async def gossip(self) -> None:
        while True:
            await asyncio.sleep(PERIOD)
            told = {"sets": {k: sorted(v) for k, v in self.sets.items()}, "counts": self.counts}
            for other in list(self.others):
                try:
                    await self.http.post(f"{other}/hear", json=told)
                except httpx.HTTPError:
                    # Right: who was not there may be there the next time.
                    if "gives_up" in self.planted:
                        self.others.remove(other)


async def main(node: Any) -> None:
    """Keep sets and counters until stopped."""
    gossip = Gossip(node)
    rounds = asyncio.create_task(gossip.gossip())
    try:
        await serve(node, gossip)
    finally:
        rounds.cancel()
