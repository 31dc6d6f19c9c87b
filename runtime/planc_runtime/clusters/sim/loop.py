"""The event loop of a simulation: virtual time, one order for everything, a gate per process.

It runs the callbacks of all processes in the order in which they became due (ties: in the order in
which they were scheduled) and moves the virtual time to the next one when nothing is left to do.
Nothing here waits: a simulated hour takes as long as its callbacks.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine, Generator
from contextvars import Context
from heapq import heappop
from typing import TYPE_CHECKING, Any, TypeVar

from planc_runtime.clusters.sim.callbacks import Callback
from planc_runtime.clusters.sim.connecting import Connecting
from planc_runtime.clusters.sim.generators import Generators
from planc_runtime.clusters.sim.inline import Inline
from planc_runtime.clusters.sim.modules import ModuleSwitch
from planc_runtime.clusters.sim.process import PROCESS, Process
from planc_runtime.clusters.sim.schedule import Schedule
from planc_runtime.clusters.sim.tasks import SimFuture, SimTask, restart_numbering
from planc_runtime.clusters.sim.trouble import Livelock, ProcessGone, name_of

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.network import Network

T = TypeVar("T")

LIVELOCK = 5_000_000
"""Callbacks at one instant of virtual time after which the simulation is taken to be stuck."""
COLLECT_EVERY = 5_000
"""Timers between two collections of young garbage; every tenth collection is a full one."""
FULL_COLLECTION_EVERY = 10


class SimLoop(Schedule, Connecting, Inline, Generators, asyncio.BaseEventLoop):
    """Run processes in virtual time. `kernel` and `controller` are set before it runs."""

    kernel: Process
    controller: Process
    network: Network

    def __init__(self) -> None:
        super().__init__()
        restart_numbering()
        self.processes: list[Process] = []
        """Those that live, the kernel's excepted."""
        self.active: Process | None = None
        self.modules = ModuleSwitch()
        self.livelock = LIVELOCK
        self._task_number = 0
        self._next_collection = COLLECT_EVERY
        self._collections = 0
        self.set_debug(False)

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

    def _failed(self, handle: Callback, trouble: BaseException) -> None:
        """A callback raised: the end of a node, a user's Ctrl-C, or a message for the log."""
        process = handle.process
        if isinstance(trouble, (ProcessGone, asyncio.CancelledError)):
            # The streams of Python 3.11 let the latter out of a done-callback of theirs.
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

    def _collect(self) -> None:
        """Collect garbage cycles at points that only the run decides.

        Collecting calls finalizers and drops weak references. The interpreter would do it when it
        has made so many objects, which depends on everything that it did before.
        """
        self._next_collection = self._sequence + COLLECT_EVERY
        self._collections += 1
        gc.collect(2 if self._collections % FULL_COLLECTION_EVERY == 0 else 1)

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
