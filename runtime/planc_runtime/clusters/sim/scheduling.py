"""What the simulated loop schedules: callbacks that know whose they are and when they are due.

asyncio's own handles carry a context but no owner, and its timer heap breaks ties arbitrarily. Here
every callback belongs to one process, so that a kill can drop it and a pause can hold it back, and
every timer carries the virtual instant it is due at, apart from the time that its owner's clock
will show then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.loop import SimLoop
    from planc_runtime.clusters.sim.process import Process


class Callback(asyncio.TimerHandle):
    """A callback of one process; one class serves `call_soon` and `call_at` alike.

    The constructor does not call its base's, which would look up the debug mode and copy a context
    for each of millions of handles.
    """

    __slots__ = ("due", "process", "queued")
    _callback: Callable[..., object]
    _args: tuple[Any, ...]
    _cancelled: bool

    def __init__(
        self,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        loop: SimLoop,
        context: Context,
        process: Process,
    ) -> None:
        self._callback = callback
        self._args = args
        self._loop = loop
        self._context = context
        self._cancelled = False
        self._repr = None
        self._source_traceback = None
        self._scheduled = False
        self._when = self.due = 0.0
        self.process = process
        self.queued = False
        """Whether it stands in the loop's heap of timers."""

    def cancel(self) -> None:
        if self._cancelled:
            return
        self._cancelled = True
        self._callback = _nothing
        self._args = ()
        if self.queued:
            self._loop.timer_cancelled()

    def __hash__(self) -> int:
        return object.__hash__(self)

    def __eq__(self, other: object) -> bool:
        return self is other


def _nothing() -> None:
    """Stand in for the callback of a cancelled timer, so that the real one is not kept alive."""
