"""Keys that can be watched: every write is an event with a revision, told in that order."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from serving import serve

KEPT = 5
"""Events that a forgetful server keeps."""


class Events:
    def __init__(self, planted: frozenset[str]) -> None:
        self.planted = planted
        self.log: list[dict[str, Any]] = []
        self.first = 1

    async def write(self, k: str, v: str) -> int:
        revision = self.first + len(self.log)
        self.log.append({"key": k, "value": v, "revision": revision})
        # Right: what a watcher may still ask for is kept.
        if "forgets_events" in self.planted and len(self.log) > KEPT:
            self.log.pop(0)
            self.first += 1
        return revision

    async def since(self, revision: int) -> list[dict[str, Any]]:
        """Return the events after a revision, waiting a moment for the first of them."""
        for _ in range(20):
            if self.first + len(self.log) > revision + 1:
                break
            await asyncio.sleep(0.01)
        # Right: from the one after `revision` on, which was told already.
        told = revision if "tells_twice" in self.planted else revision + 1
        found = self.log[max(told - self.first, 0) :]
        # Right: in the order of their revisions.
        return found[::-1] if "newest_first" in self.planted else found


class Watcher:
    """A client that remembers how far it was told, and asks again from there."""

    def __init__(self, endpoint: Any) -> None:
        self.http = httpx.AsyncClient(base_url=f"http://{endpoint.address}:{endpoint.port}")
        self.revision = 0

    async def watch(self) -> list[dict[str, Any]]:
        answer = await self.http.post("/since", json={"revision": self.revision}, timeout=2)
        events: list[dict[str, Any]] = answer.raise_for_status().json()
        self.revision = max([self.revision, *(event["revision"] for event in events)])
        return events

    async def close(self) -> None:
        await self.http.aclose()


async def main(node: Any) -> None:
    """Serve the events until stopped."""
    await serve(node, Events(node.planted))
