"""A process of the simulation: one incarnation of a node, a load client, or the controller.

Whatever code schedules, opens or draws belongs to the process in whose context it runs; that is all
that tells nodes apart. A process runs freely unless its gate is shut (`blocked`): it is paused, a
blocking call or a throttled processor keeps it busy, or it is dead.
"""

from __future__ import annotations

import contextvars
import random
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from planc_runtime.clusters.sim.callbacks import Callback

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.loop import SimLoop
    from planc_runtime.clusters.sim.machine import Machine
    from planc_runtime.clusters.sim.modules import PrivateState


class Resource(Protocol):
    """Something that the kernel closes when its process is gone."""

    def release(self) -> None: ...


class Process:
    """One run of a program on a machine. See the module's text for `blocked`."""

    is_node = False

    def __init__(self, name: str, machine: Machine, loop: SimLoop, seed: str, pid: int) -> None:
        self.name = name
        self.machine = machine
        self.loop = loop
        self.pid = pid
        self.random = random.Random(f"{seed}/random")
        self.entropy = random.Random(f"{seed}/entropy")
        """What the operating system's generator gives: apart, so that seeding can't touch it."""
        self.blocked = False
        self.dead = False
        self.pauses = 0
        self.cost = 0.0
        """Virtual seconds that each callback takes; above zero while the processor is throttled."""
        self.busy_until = 0.0
        self.held: deque[Callback] = deque()
        self.handlers: dict[int, Any] = {}
        """What `signal.getsignal` answers."""
        self.last_uuid = 0
        self.exception_handler: Any = None
        self.space: PrivateState | None = None
        """Its own modules and variables; a process without sees those of the test's interpreter."""
        self.resources: dict[Resource, None] = {}
        self.signals: dict[int, Callable[[], object]] = {}
        """Signal number -> what the program asked to be called."""
        self._draining = False
        self.context = contextvars.copy_context()
        self.context.run(self.enter)

    def enter(self) -> None:
        """Make the running context one of this process."""
        PROCESS.set(self)

    def now(self) -> float:
        """Virtual time as this process sees it: ahead of the world's while a call blocks it."""
        now = self.loop.now
        return self.busy_until if self.busy_until > now else now

    def monotonic(self) -> float:
        return self.machine.clock.monotonic(self.now())

    def wall(self) -> float:
        return self.machine.clock.wall(self.now())

    def occupy(self, seconds: float) -> None:
        """Spend time in a blocking call: nothing else of this process runs meanwhile."""
        if seconds > 0:
            self.busy_until = self.now() + seconds
            self.blocked = True
            self._drain_soon()

    def adopt(self, resource: Resource) -> None:
        self.resources[resource] = None

    def disown(self, resource: Resource) -> None:
        self.resources.pop(resource, None)

    def pause(self) -> None:
        self.pauses += 1
        self.blocked = True

    def resume(self) -> None:
        self.pauses -= 1
        self._drain_soon()

    def throttle(self, cost: float) -> None:
        self.cost = cost
        self.blocked = True
        self._drain_soon()

    def deliver(self, number: int) -> None:
        """Take a signal. Only nodes do."""
        raise SystemExit(-number)

    def exit(self, status: int) -> None:
        """End by itself. Only nodes do."""
        raise SystemExit(status)

    def end(self) -> None:
        """Be gone at once: whatever was scheduled is dropped, the kernel closes what was open."""
        self.dead = self.blocked = True
        self.held.clear()
        for resource in list(self.resources):
            resource.release()
        self.resources.clear()

    def hold(self, callback: Callback) -> None:
        """Keep a callback that is due until the gate opens; of a dead process nothing is kept."""
        if not self.dead:
            self.held.append(callback)
            self._drain_soon()

    def _drain_soon(self) -> None:
        if not (self._draining or self.pauses or self.dead):
            self._draining = True
            self.loop.kernel_at(max(self.busy_until, self.loop.now), self._drain)

    def _drain(self) -> None:
        """Run what was held, one by one, for as long as nothing shuts the gate again."""
        self._draining = False
        while not (self.dead or self.pauses):
            if self.busy_until > self.loop.now:
                self._drain_soon()
                return
            if not self.held:
                self.blocked = self.cost > 0
                return
            self.loop.run_callback(self.held.popleft())
            if self.cost:
                self.occupy(self.cost)


PROCESS: contextvars.ContextVar[Process | None] = contextvars.ContextVar("process", default=None)


def current() -> Process | None:
    """The process whose code runs now; None outside a simulation."""
    return PROCESS.get()
