"""When things are due: the queue of callbacks that are, and the heap of those that will be.

Every callback has a place in one order: by the instant it is due at, then by when it was scheduled.
What a process asks for is due by the clock of its machine; what the network brings is not.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any

from planc_runtime.clusters.sim.callbacks import Callback, Timer
from planc_runtime.clusters.sim.machine import Machine
from planc_runtime.clusters.sim.process import PROCESS, Process
from planc_runtime.clusters.sim.trouble import StandStill

if TYPE_CHECKING:

    class _Base(asyncio.BaseEventLoop):
        kernel: Process
        controller: Process
else:
    _Base = object

QUANTUM = 1e-9
"""The least time that a timer in the future takes, so that rounding can't stop the clock."""
_PURGE_ABOVE = 256


class Schedule(_Base):
    """Mixed into SimLoop. `now` is the virtual time in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self._due: deque[Callback] = deque()
        self._timers: list[tuple[float, int, Callback]] = []
        self._cancelled = 0
        self._sequence = 0

    def time(self) -> float:
        """The monotonic clock of the machine whose code asks."""
        process = PROCESS.get() or self.controller
        return process.machine.clock.monotonic(process.now())

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> Callback:
        if context is None:
            context = copy_context()
        process = context.get(PROCESS) or self.controller
        handle = Callback(callback, args, context, process, self.now, False)
        self._due.append(handle)
        return handle

    call_soon_threadsafe = call_soon  # type: ignore[assignment]

    def call_later(  # type: ignore[override]
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> Callback:
        if context is None:
            context = copy_context()
        process = context.get(PROCESS) or self.controller
        start = process.busy_until
        if start < self.now:
            start = self.now
        clock = process.machine.clock
        due = start + (clock.span(delay) if clock.drift else delay)
        handle = Timer(callback, args, context, process, due, True)
        self._sequence += 1
        heappush(self._timers, (due, self._sequence, handle))
        return handle

    def call_at(  # type: ignore[override]
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> Callback:
        if context is None:
            context = copy_context()
        process = context.get(PROCESS) or self.controller
        due = process.machine.clock.virtual(when)
        if due <= self.now and when > process.monotonic():
            due = self.now + QUANTUM
        handle = Timer(callback, args, context, process, due, True)
        self._sequence += 1
        heappush(self._timers, (due, self._sequence, handle))
        return handle

    def at(
        self,
        due: float,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        context: Context,
        process: Process,
    ) -> Callback:
        """Schedule for an instant of virtual time, as a network does; a past one means now."""
        handle = Callback(callback, args, context, process, due, True)
        self._sequence += 1
        heappush(self._timers, (due, self._sequence, handle))
        return handle

    def kernel_at(self, due: float, callback: Callable[..., object], *args: Any) -> Callback:
        """Schedule something that no process does and no gate holds back."""
        return self.at(due, callback, args, self.kernel.context, self.kernel)

    def timer_cancelled(self) -> None:
        self._cancelled += 1
        if self._cancelled > _PURGE_ABOVE and self._cancelled * 2 > len(self._timers):
            self.rearrange(lambda timer: None if timer.dropped else timer.due)

    def rearrange(self, due: Callable[[Callback], float | None]) -> list[Callback]:
        """Ask for each timer when it is due now; None takes it out. Returns those taken out."""
        kept: list[tuple[float, int, Callback]] = []
        out: list[Callback] = []
        for _, sequence, timer in sorted(self._timers):
            instant = due(timer)
            if instant is None:
                timer.queued = False
                out.append(timer)
            else:
                timer.due = instant
                kept.append((instant, sequence, timer))
        heapify(kept)
        self._timers[:] = kept
        self._cancelled = sum(timer.dropped for _, _, timer in kept)
        return out

    def retime(self, machine: Machine, change: Callable[[], None]) -> None:
        """Change the rate of a machine's clock; its timers keep the times that it will show."""
        shown = {
            id(timer): timer.when()
            for _, _, timer in self._timers
            if isinstance(timer, Timer) and timer.process.machine is machine
        }
        change()

        def due(timer: Callback) -> float:
            if id(timer) in shown:
                return max(machine.clock.virtual(shown[id(timer)]), self.now)
            return timer.due

        self.rearrange(due)

    def drop(self, process: Process) -> list[Callback]:
        """Take out every timer of a process that is about to be dead."""
        return self.rearrange(lambda timer: None if timer.process is process else timer.due)

    def _next_timer(self) -> Callback:
        """Take the timer that is due next; raises StandStill when there is none."""
        timers = self._timers
        while timers:
            handle = heappop(timers)[2]
            handle.queued = False
            if not handle.dropped:
                return handle
            self._cancelled -= 1
        raise StandStill
