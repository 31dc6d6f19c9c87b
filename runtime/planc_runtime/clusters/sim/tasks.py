"""Tasks and futures whose hash is their number of appearance.

`asyncio.wait`, `TaskGroup` and `all_tasks` keep tasks in sets. The default hash is an address in
memory, so the order of such a set differs from one run of the interpreter to the next; with these
classes it is a function of the run.
"""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.process import Process

T = TypeVar("T")

_numbers = itertools.count(1)


def restart_numbering() -> None:
    """Begin at one again, as every simulation must."""
    global _numbers
    _numbers = itertools.count(1)


class SimFuture(asyncio.Future[T]):
    __slots__ = ("_number",)

    def __hash__(self) -> int:
        try:
            return self._number  # type: ignore[has-type, no-any-return]
        except AttributeError:
            self._number = next(_numbers)
            return self._number


class SimTask(asyncio.Task[T]):
    __slots__ = ("_number", "process")
    process: Process

    def __hash__(self) -> int:
        try:
            return self._number  # type: ignore[has-type, no-any-return]
        except AttributeError:
            self._number = next(_numbers)
            return self._number


def silence(task: asyncio.Task[Any]) -> None:
    """Keep a task that will never run again from complaining when it is collected."""
    task._log_destroy_pending = False  # type: ignore[attr-defined]
