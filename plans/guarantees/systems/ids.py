"""Ids given out by nodes that never ask each other: time, node, number within a millisecond."""

from __future__ import annotations

import time
from typing import Any

from serving import serve

NODES = 16
PER_MILLISECOND = 64


class Ids:
    def __init__(self, node: Any) -> None:
        self.planted: frozenset[str] = node.planted
        # Right: each node has a number of its own.
        self.number = 0 if "all_are_one" in self.planted else node.index
        self.moment = 0
        self.within = 0

    async def issue(self) -> int:
        now = int(time.time() * 1000)
        # Right: a clock that was set back does not bring old moments back.
        if now > self.moment or (now < self.moment and "follows_the_clock" in self.planted):
            self.moment, self.within = now, 0
        else:
            self.within += 1
            if self.within == PER_MILLISECOND:
                self.moment, self.within = self.moment + 1, 0
        return (self.moment * NODES + self.number) * PER_MILLISECOND + self.within


async def main(node: Any) -> None:
    """Give out ids until stopped."""
    await serve(node, Ids(node))
