"""Transactions over lists: each works on a snapshot, and is checked when it commits.

It may commit if nothing that it read or wrote has been changed since its snapshot. Where only what
it wrote is looked at, that is snapshot isolation, and two transactions may each miss what the other
one did (write skew). Kung and Robinson 1981; Berenson et al. 1995.
"""

from __future__ import annotations

import asyncio
from typing import Any

from serving import Refused, serve

STEP = 0.004
"""Seconds that a step takes, in which others take theirs."""
Step = list[Any]


class Database:
    def __init__(self, node: Any) -> None:
        self.planted: frozenset[str] = node.planted
        self.snapshots: bool = node.params["isolation"] == "snapshot"
        self.lists: dict[str, list[int]] = {}
        self.changed: dict[str, int] = {}
        self.commits = 0
        self.unfinished: dict[str, list[int]] = {}

    async def txn(self, steps: list[Step]) -> list[Step]:
        """Do steps [f, key, value], f being "append" or "r"; return them with what was read."""
        started, view = self.commits, dict(self.lists)
        answer, written = [], set()
        for f, key, value in steps:
            await asyncio.sleep(STEP)
            # Right: what is not committed is nobody else's to see.
            if "shows_unfinished_work" in self.planted:
                view[key] = self.unfinished.get(key, view.get(key, []))
            if f == "append":
                view[key] = [*view.get(key, []), value]
                self.unfinished[key] = view[key]
                written.add(key)
            answer.append([f, key, value if f == "append" else view.get(key)])
        self.commit(started, {key for _, key, _ in steps}, written, view)
        return answer

    def commit(
        self, started: int, used: set[str], written: set[str], view: dict[str, list[int]]
    ) -> None:
        # Right: what was read must still be so, unless only snapshots are promised.
        checked = written if self.snapshots or "checks_only_writes" in self.planted else used
        # Right: what was written must not have been written by another one meanwhile.
        checked = set() if "checks_nothing" in self.planted else checked
        if any(self.changed.get(key, 0) > started for key in checked):
            raise Refused("somebody else was quicker")
        self.commits += 1
        for key in written:
            self.lists[key] = view[key]
            self.changed[key] = self.commits


async def main(node: Any) -> None:
    """Serve the database until it is stopped."""
    await serve(node, Database(node))
