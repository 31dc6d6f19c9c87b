"""The event loop of a simulation: virtual time, one order for everything, a gate per process.

It runs the callbacks of all processes in the order in which they became due (ties: in the order in
which they were scheduled) and moves the virtual time to the next one when nothing is left to do.
Nothing here waits: a simulated hour takes as long as its callbacks.
"""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, copy_context
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, TypeVar

from planc_runtime.clusters.sim.connecting import Connecting
from planc_runtime.clusters.sim.inline import Inline
from planc_runtime.clusters.sim.machine import Machine
from planc_runtime.clusters.sim.modules import ModuleSwitch
from planc_runtime.clusters.sim.process import PROCESS, Process
from planc_runtime.clusters.sim.scheduling import Callback
from planc_runtime.clusters.sim.tasks import SimFuture, SimTask, restart_numbering
from planc_runtime.clusters.sim.trouble import Livelock, ProcessGone, StandStill, name_of

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.network import Network

T = TypeVar("T")

LIVELOCK = 5_000_000
"""Callbacks at one instant of virtual time after which the simulation is taken to be stuck."""
QUANTUM = 1e-9
"""The least time that a timer in the future takes, so that rounding can't stop the clock."""
COLLECT_EVERY = 5_000
"""Timers between two collections of young garbage; every tenth collection is a full one."""
FULL_COLLECTION_EVERY = 10
_PURGE_ABOVE = 256


class SimLoop(Connecting, Inline, asyncio.BaseEventLoop):
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
        self.modules = ModuleSwitch()
        self.livelock = LIVELOCK
        self._due: deque[Callback] = deque()
        self._timers: list[tuple[float, int, Callback]] = []
        self._cancelled = 0
        self._sequence = 0
        self._task_number = 0
        self._many_generators = _PURGE_ABOVE
        self._next_collection = COLLECT_EVERY
        self._collections = 0
        self._generators: dict[int, tuple[weakref.ref[Any], Process]] = {}
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
        handle = Callback(callback, args, context, process, due, True)
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
        return self.at(due, callback, args, context, process)

    def at(
        self,
        due: float,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        context: Context,
        process: Process,
    ) -> Callback:
        """Schedule for an instant of virtual time; one that has passed means now."""
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
        mine = [timer for _, _, timer in self._timers if timer.process.machine is machine]
        shown = {id(timer): timer.when() for timer in mine}
        change()

        def due(timer: Callback) -> float:
            if id(timer) in shown:
                return max(machine.clock.virtual(shown[id(timer)]), self.now)
            return timer.due

        self.rearrange(due)

    # --- running ------------------------------------------------------------------------------

    def _run_once(self) -> None:
        """Run what is due and move the time on, over and over, until the loop is stopped."""
        due, timers = self._due, self._timers
        spins = 0
        while not self._stopping:  # type: ignore[attr-defined]
            if due:
                handle = due.popleft()
                spins += 1
            else:
                handle = self._next_timer()
                if self._sequence > self._next_collection:
                    self._collect()
                if handle.due > self.now:
                    self.now = handle.due
                    spins = 0
                while timers and timers[0][0] <= self.now:
                    due.append(heappop(timers)[2])
                    due[-1].queued = False
                    self._cancelled -= due[-1].dropped
            if handle.dropped:
                continue
            process = handle.process
            if process.blocked:
                process.hold(handle)
                continue
            if process is not self.active:
                self._activate(process)
            try:
                handle.context.run(handle.call, *handle.args)
            except BaseException as trouble:
                self._failed(handle, trouble)
            if spins > self.livelock:
                raise Livelock(self.now, due)

    def run_callback(self, handle: Callback) -> None:
        """Run one callback now, whatever its gate says."""
        if handle.dropped:
            return
        if handle.process is not self.active:
            self._activate(handle.process)
        try:
            handle.context.run(handle.call, *handle.args)
        except BaseException as trouble:
            self._failed(handle, trouble)

    def _activate(self, process: Process) -> None:
        if process is not self.kernel:
            self.active = process
            self.modules.switch(process.space)

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

    def _failed(self, handle: Callback, trouble: BaseException) -> None:
        """A callback raised: the end of a node, a user's Ctrl-C, or a message for the log."""
        process = handle.process
        if isinstance(trouble, (ProcessGone, asyncio.CancelledError)):
            # asyncio's streams let the latter out of a done-callback of theirs (gh-109490).
            return
        if isinstance(trouble, KeyboardInterrupt) or not process.is_node:
            if isinstance(trouble, (KeyboardInterrupt, SystemExit)):
                raise trouble
        elif isinstance(trouble, SystemExit):
            process.exit(exit_code(trouble))
            return
        context = {"message": f"Exception in callback {name_of(handle)}", "exception": trouble}
        handle.context.run(self.call_exception_handler, context)

    def set_exception_handler(self, handler: Any) -> None:
        """Set that of the process whose code asks."""
        (PROCESS.get() or self.controller).exception_handler = handler

    def get_exception_handler(self) -> Any:
        return (PROCESS.get() or self.controller).exception_handler

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Tell the process that the trouble belongs to; a dead one is not told."""
        concerned = context.get("task") or context.get("future")
        process = getattr(concerned, "process", None) or PROCESS.get() or self.controller
        if not process.dead:
            self._exception_handler = process.exception_handler
            process.context.copy().run(super().call_exception_handler, context)

    def drop(self, process: Process) -> list[Callback]:
        """Take out every timer of a process that is about to be dead."""
        return self.rearrange(lambda timer: None if timer.process is process else timer.due)

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

    # --- asynchronous generators and garbage ----------------------------------------------------

    def _asyncgen_firstiter_hook(self, agen: Any) -> None:
        self._generators[id(agen)] = (weakref.ref(agen), PROCESS.get() or self.controller)
        if len(self._generators) > self._many_generators:
            self._generators = {
                key: kept for key, kept in self._generators.items() if kept[0]() is not None
            }
            self._many_generators = 2 * len(self._generators) + _PURGE_ABOVE

    def _asyncgen_finalizer_hook(self, agen: Any) -> None:
        """Close a generator that was dropped half-way, as its process; a dead one does nothing."""
        _, process = self._generators.pop(id(agen), (None, self.controller))
        if not process.dead and not self.is_closed():
            context = process.context.copy()
            self.call_soon(lambda: self.create_task(agen.aclose()), context=context)

    def _collect(self) -> None:
        """Collect garbage cycles at points that only the run decides.

        Collecting calls finalizers and drops weak references. The interpreter would do it when it
        has made so many objects, which depends on everything that it did before.
        """
        self._next_collection = self._sequence + COLLECT_EVERY
        self._collections += 1
        gc.collect(2 if self._collections % FULL_COLLECTION_EVERY == 0 else 1)

    def generators_of(self, process: Process) -> list[Any]:
        """The asynchronous generators that a process has begun and not finished."""
        alive = [(reference(), owner) for reference, owner in self._generators.values()]
        return [agen for agen, owner in alive if agen is not None and owner is process]

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
