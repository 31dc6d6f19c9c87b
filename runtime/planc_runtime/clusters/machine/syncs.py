"""A slow or failing disk, as far as programs see one: what happens to their calls that sync.

All of them pass here, at a cost of some microseconds, since the filter that catches them cannot be
installed later. Data written through a descriptor that syncs by itself (O_SYNC) or by io_uring is
not seen: if nothing was, the fault is not proved.
"""

from __future__ import annotations

import contextlib
import errno
import heapq
import time
from collections.abc import Callable

from planc_runtime.clusters.machine import calls
from planc_runtime.clusters.machine.desk import Desk
from planc_runtime.clusters.machine.seccomp import Call


class Syncs:
    """What becomes of the calls that sync, of one incarnation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.told: Callable[[Call], None] = lambda call: None
        """Called with a call that is about to be carried out."""
        desk.handle(calls.SYNCS, self._admit)
        self._delay = 0.0
        self._fails = False
        self._waiting: list[tuple[float, int]] = []
        """When which thread's call is due."""
        self._calls: dict[int, tuple[Call, float]] = {}
        """The call that each thread waits in, and when it is due."""
        self.seen = 0
        self.delayed = 0
        self.failed = 0

    def set(self, delay: float, fails: bool) -> None:
        """Say what befalls the calls from now on; those that wait are let go at once.

        Nothing of a fault may be left when it has been healed.
        """
        self._delay, self._fails = delay, fails
        for thread in list(self._calls):
            self._finish(thread)
        self._waiting.clear()

    def patience(self) -> float | None:
        """Return in how many seconds the next delayed call is due."""
        return max(0.0, self._waiting[0][0] - time.monotonic()) if self._waiting else None

    def _admit(self, call: Call) -> None:
        self.seen += 1
        if self._delay <= 0:
            self._answer(call)
            return
        due = time.monotonic() + self._delay
        if (again := self._calls.get(call.thread)) is not None and _same(again[0], call):
            # A signal interrupted the wait and the kernel begins anew: the delay does not.
            due = again[1]
            self.seen -= 1
        self._calls[call.thread] = call, due
        heapq.heappush(self._waiting, (due, call.thread))

    def finish_due(self) -> None:
        """Answer what has waited for long enough."""
        now = time.monotonic()
        while self._waiting and self._waiting[0][0] <= now:
            due, thread = heapq.heappop(self._waiting)
            if thread in self._calls and self._calls[thread][1] <= due:
                self.delayed += self._finish(thread)

    def end(self) -> None:
        """Count the calls in which the node has died: the delay held them to the last."""
        now = time.monotonic()
        self.delayed += sum(due > now for _, due in self._calls.values())
        self._calls.clear()
        self._waiting.clear()

    def _finish(self, thread: int) -> bool:
        call, _ = self._calls.pop(thread)
        return self._answer(call)

    def _answer(self, call: Call) -> bool:
        if not self._fails:
            with contextlib.suppress(OSError):
                # It raises when the caller has gone.
                self.told(call)
        answered = self._desk.answer(call, errno.EIO if self._fails else 0)
        self.failed += answered and self._fails
        return answered


def _same(one: Call, other: Call) -> bool:
    return (one.number, one.arguments) == (other.number, other.arguments)
