"""What the simulated loop schedules: callbacks that know whose they are and when they are due.

asyncio's own handles carry a context but no owner, and its timer heap breaks ties arbitrarily. Here
every callback belongs to one process, so that a kill can drop it and a pause can hold it back, and
it carries the virtual instant it is due at, apart from the time that its owner's clock will show.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.process import Process


class Callback:
    """A callback of one process; what `call_soon` and `call_at` return.

    It has the methods of asyncio's handles without being one: millions are made, and theirs cost
    several times as much to make.
    """

    __slots__ = ("args", "call", "context", "dropped", "due", "process", "queued")

    def __init__(
        self,
        call: Callable[..., object],
        args: tuple[Any, ...],
        context: Context,
        process: Process,
        due: float,
        queued: bool,
    ) -> None:
        self.call = call
        self.args = args
        self.context = context
        self.process = process
        self.due = due
        self.queued = queued
        """Whether it stands in the loop's heap of timers."""
        self.dropped = False

    def cancel(self) -> None:
        if self.dropped:
            return
        self.dropped = True
        # A cancelled timer may wait long; what it would have called need not live so long.
        self.call = _nothing
        self.args = ()
        if self.queued:
            self.process.loop.timer_cancelled()

    def cancelled(self) -> bool:
        return self.dropped

    def when(self) -> float:
        """The time that the owner's monotonic clock will show."""
        return self.process.machine.clock.monotonic(self.due)

    def __repr__(self) -> str:
        return f"<callback of {self.process.name} due at {self.due:.6f} s: {self.call!r}>"


class Timer(Callback):
    """A callback due when its owner's clock shows a time, however fast that clock runs."""

    __slots__ = ()


def _nothing() -> None:
    """Stand in for the callback of a cancelled timer."""
