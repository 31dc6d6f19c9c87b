"""Locks as leases: who has one may work for a while, and shows its token with every write.

A holder that sleeps through the end of its lease does not know. So every grant comes with a greater
token than those before it, and a file takes nothing under an older token than it has seen.
Kleppmann, "How to do distributed locking", 2016.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from serving import Refused, serve


class Locks:
    def __init__(self, planted: frozenset[str]) -> None:
        self.planted = planted
        self.leases: dict[str, tuple[str, float]] = {}
        self.tokens: dict[str, int] = {}
        self.files: dict[str, tuple[int, str]] = {}

    def now(self) -> float:
        # Right: a clock that nobody sets.
        return time.time() if "asks_the_wall_clock" in self.planted else time.monotonic()

    async def acquire(self, lock: str, owner: str, seconds: float) -> int:
        _, end = self.leases.get(lock, ("", 0.0))
        if end > self.now():
            raise Refused(f"{lock} is held")
        # Right: nothing comes between the look and the grant.
        if "looks_then_grants" in self.planted:
            await asyncio.sleep(0.01)
        self.leases[lock] = owner, self.now() + seconds
        self.tokens[lock] = self.tokens.get(lock, 0) + 1
        return self.tokens[lock]

    async def release(self, lock: str, owner: str) -> bool:
        # Right: only its holder gives a lock back.
        if self.leases.get(lock, ("", 0.0))[0] != owner and "anyone_releases" not in self.planted:
            raise Refused(f"{owner} does not hold {lock}")
        self.leases.pop(lock, None)
        # Right: tokens grow for ever.
        if "counts_anew" in self.planted:
            self.tokens.pop(lock, None)
        return True

    async def write(self, file: str, text: str, token: int) -> bool:
        newest, _ = self.files.get(file, (0, ""))
        # Right: a token that is older than one seen before belongs to a lease that is over.
        if token < newest and "takes_old_tokens" not in self.planted:
            raise Refused(f"token {token} is older than {newest}")
        self.files[file] = token, text
        return True


async def main(node: Any) -> None:
    """Serve the locks until stopped."""
    await serve(node, Locks(node.planted))
