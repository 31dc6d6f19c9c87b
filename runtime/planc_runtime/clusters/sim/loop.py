"""The event loop of a simulation: virtual time, one order for everything, a gate per process.

It runs the callbacks of all processes in the order in which they became due (ties: in the order in
which they were scheduled) and moves the virtual time to the next one when nothing is left to do.
Nothing here waits: a simulated hour takes as long as its callbacks.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any, TypeVar

from planc_runtime.clusters.sim.connecting import Connecting
from planc_runtime.clusters.sim.process import PROCESS, Process
from planc_runtime.clusters.sim.scheduling import Callback
from planc_runtime.clusters.sim.tasks import SimFuture, SimTask, restart_numbering
from planc_runtime.clusters.sim.trouble import Livelock, ProcessGone, StandStill

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.network import Network

T = TypeVar("T")

LIVELOCK = 5_000_000
"""Callbacks at one instant of virtual time after which the simulation is taken to be stuck."""
QUANTUM = 1e-9
"""The least time that a timer in the future takes, so that rounding can't stop the clock."""
_PURGE_ABOVE = 256


class SimLoop(Connecting, asyncio.BaseEventLoop):
    """Run processes in virtual time. `kernel` and `controller` are set before it runs."""

    kernel: Process
    controller: Process
    network: Network

    def __init__(self) -> None:
        super().__init__()
        restart_numbering()
        self.now = 0.0
        self.processes: list[Process] = []
        """Those that live, the kernel's excepted."""
        self.active: Process | None = None
        self.switch: Callable[[Process], None] = lambda process: None
        """Called before another process runs than the one before."""
        self.livelock = LIVELOCK
        self.callbacks_run = 0
        self._due: deque[Callback] = deque()
        self._timers: list[tuple[float, int, Callback]] = []
        self._cancelled = 0
        self._sequence = 0
        self._task_number = 0
        self._stalls = 0
        self.set_debug(False)

    # --- scheduling ---------------------------------------------------------------------------

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
        handle = Callback(callback, args, self, context, process)
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
        start, clock = process.now(), process.machine.clock
        handle = self.at(start + clock.span(delay), callback, args, context, process)
        handle._when = clock.monotonic(start) + delay
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
        handle = self.at(due, callback, args, context, process)
        handle._when = when
        return handle

    def at(
        self,
        due: float,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        context: Context,
        process: Process,
    ) -> Callback:
        """Schedule for an instant of virtual time."""
        handle = Callback(callback, args, self, context, process)
        handle.due = due
        handle.queued = True
        self._sequence += 1
        heapq.heappush(self._timers, (due, self._sequence, handle))
        return handle

    def kernel_at(self, due: float, callback: Callable[..., object], *args: Any) -> Callback:
        """Schedule something that no process does and no gate holds back."""
        return self.at(due, callback, args, self.kernel.context, self.kernel)

    def timer_cancelled(self) -> None:
        self._cancelled += 1
        if self._cancelled > _PURGE_ABOVE and self._cancelled * 2 > len(self._timers):
            self.rearrange(lambda timer: None if timer._cancelled else timer.due)

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
        heapq.heapify(kept)
        self._timers = kept
        self._cancelled = sum(timer._cancelled for _, _, timer in kept)
        return out

    def retime(self, machine: object) -> None:
        """Move the timers of a machine whose clock has begun to run at another rate."""

        def due(timer: Callback) -> float:
            if timer.process.machine is machine and timer._when:
                clock = timer.process.machine.clock
                return max(clock.virtual(timer._when), self.now)
            return timer.due

        self.rearrange(due)

    # --- running ------------------------------------------------------------------------------

    def _run_once(self) -> None:
        """Run what is due now, then move the time on; returns when the loop was stopped."""
        due = self._due
        spins = 0
        while not self._stopping:  # type: ignore[attr-defined]
            spins += len(due)
            for _ in range(len(due)):
                handle = due.popleft()
                if handle._cancelled:
                    continue
                process = handle.process
                if process.blocked:
                    process.hold(handle)
                    continue
                if process is not self.active:
                    self._activate(process)
                try:
                    handle._context.run(handle._callback, *handle._args)
                except BaseException as trouble:
                    self._failed(handle, trouble)
            if not due:
                if not self._stopping and self._advance():  # type: ignore[attr-defined]
                    self.callbacks_run += spins
                    spins = 0
            elif spins > self.livelock:
                raise Livelock(self.now, due)

    def run_callback(self, handle: Callback) -> None:
        """Run one callback now, whatever its gate says."""
        if handle._cancelled:
            return
        if handle.process is not self.active:
            self._activate(handle.process)
        try:
            handle._context.run(handle._callback, *handle._args)
        except BaseException as trouble:
            self._failed(handle, trouble)

    def _activate(self, process: Process) -> None:
        if process is not self.kernel:
            self.switch(process)
            self.active = process

    def _advance(self) -> bool:
        """Make the next timers due; returns whether the time moved."""
        timers = self._timers
        while timers and timers[0][2]._cancelled:
            heapq.heappop(timers)[2].queued = False
            self._cancelled -= 1
        if not timers:
            raise StandStill
        instant = timers[0][0]
        moved = instant > self.now
        if moved:
            self.now = instant
        while timers and timers[0][0] <= instant:
            handle = heapq.heappop(timers)[2]
            handle.queued = False
            if handle._cancelled:
                self._cancelled -= 1
            else:
                self._due.append(handle)
        return moved

    def _failed(self, handle: Callback, trouble: BaseException) -> None:
        """A callback raised: the end of a node, a user's Ctrl-C, or a message for the log."""
        process = handle.process
        if isinstance(trouble, ProcessGone):
            return
        if isinstance(trouble, KeyboardInterrupt) or not process.is_node:
            if isinstance(trouble, (KeyboardInterrupt, SystemExit)):
                raise trouble
        elif isinstance(trouble, SystemExit):
            process.exit(exit_code(trouble))
            return
        context = {
            "message": f"Exception in callback {handle._callback!r}",
            "exception": trouble,
            "handle": handle,
        }
        handle._context.run(self.call_exception_handler, context)

    def drop(self, process: Process) -> None:
        """Forget everything that a dead process had scheduled."""
        self.rearrange(lambda timer: None if timer.process is process else timer.due)

    # --- tasks --------------------------------------------------------------------------------

    def create_future(self) -> asyncio.Future[Any]:
        return SimFuture(loop=self)

    def create_task(
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: object = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        self._task_number += 1
        label = f"Task-{self._task_number}" if name is None else str(name)
        task = SimTask(coro, loop=self, name=label, context=context)
        process = PROCESS.get() if context is None else context.get(PROCESS)
        task.process = process or self.controller
        return task

    def tasks_of(self, process: Process | None = None) -> list[SimTask[Any]]:
        """The unfinished tasks of a process, or of all living ones, in order of creation."""
        tasks = [task for task in asyncio.all_tasks(self) if isinstance(task, SimTask)]
        if process is None:
            return sorted((task for task in tasks if not task.process.dead), key=hash)
        return sorted((task for task in tasks if task.process is process), key=hash)

    # --- what the base class expects of a loop with a selector ------------------------------------

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        self.timer_cancelled()

    def _write_to_self(self) -> None:
        """Nothing sleeps that had to be woken."""

    def _process_events(self, event_list: list[Any]) -> None:
        """No selector, no events."""


def exit_code(trouble: SystemExit) -> int:
    """What the shell would see of `sys.exit(...)`."""
    if trouble.code is None:
        return 0
    return trouble.code & 0xFF if isinstance(trouble.code, int) else 1
