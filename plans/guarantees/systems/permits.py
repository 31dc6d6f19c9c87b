"""Three permits for whoever comes."""

from __future__ import annotations

import asyncio
from typing import Any

from semaphore import PERMITS
from serving import Refused, serve


class Permits:
    def __init__(self, planted: frozenset[str]) -> None:
        self.planted = planted
        self.taken = 0

    async def take(self) -> bool:
        if self.taken == PERMITS:
            raise Refused("all are out")
        # Right: nothing comes between the look and the taking.
        if "looks_then_takes" in self.planted:
            await asyncio.sleep(0.01)
        self.taken += 1
        return True

    async def give(self) -> bool:
        # Right: only what is out can come back.
        if self.taken == 0 and "takes_anything_back" not in self.planted:
            raise Refused("none is out")
        self.taken -= 1
        return True


async def main(node: Any) -> None:
    """Hand out permits until stopped."""
    await serve(node, Permits(node.planted))
