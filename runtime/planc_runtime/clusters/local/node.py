"""One node of a local world: the book-keeping around its incarnations."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path

from planc_runtime.clusters.local import launching
from planc_runtime.clusters.local.control import Control, Exit, Incarnation
from planc_runtime.clusters.machine.conditions import Conditions
from planc_runtime.errors import CannotRun, StepFailed
from planc_runtime.protocols.evidence import Evidence, indeterminate, installed, skipped
from planc_runtime.protocols.node import Launch, NodeState, Placement, StopPolicy

SAVING = 2.0
"""Seconds that a kill waits, at most, for coverage data to be written."""


class LocalNode:
    def __init__(
        self,
        placement: Placement,
        control: Control,
        directory: Path,
        require_free: Callable[[Placement], None],
        files: dict[str, str | None] | None = None,
        led: dict[str, str] | None = None,
    ) -> None:
        self._placement = placement
        self._control = control
        self._directory = directory
        self._require_free = require_free
        self._files = files
        self._led = led
        self.lives: list[Incarnation] = []
        self._life: Incarnation | None = None
        self._policy = StopPolicy()
        self._asked: NodeState = NodeState.CRASHED
        """What the end of the current incarnation means, if it comes because we asked for it."""
        self._starting = asyncio.Lock()
        self.pauses = 0
        """How many pauses are in force."""
        self.machine = Conditions()
        """The troubles of the machine it runs on, from one incarnation to the next."""

    @property
    def placement(self) -> Placement:
        return self._placement

    @property
    def life(self) -> Incarnation | None:
        """The incarnation that runs now."""
        return None if self._life is None or self._life.ended.done() else self._life

    @property
    def state(self) -> NodeState:
        if self._life is None:
            return NodeState.CREATED
        if self._life.ended.done():
            by_itself = self._life.ended.result().milliseconds is None
            return NodeState.CRASHED if by_itself else self._asked
        return NodeState.PAUSED if self.pauses else NodeState.RUNNING

    @property
    def exit_status(self) -> int | None:
        if self._life is None or not self._life.ended.done():
            return None
        return self._life.ended.result().status

    async def start(self, launch: Launch) -> Evidence:
        """Start a new incarnation; see `Node.start`."""
        async with self._starting:
            if self.life is not None:
                return skipped(f"{self._placement.name} runs already", pid=self._pid())
            argv = self._prepare(launch)
            began = time.monotonic()
            self._life = await self._begin(launch, argv)
            took = (time.monotonic() - began) * 1000
        self.lives.append(self._life)
        self._policy = launch.stop
        self._asked, self.pauses = NodeState.CRASHED, 0
        return installed(f"pid {self._pid()} runs after {took:.0f} ms", pid=self._pid(), argv=argv)

    def _prepare(self, launch: Launch) -> list[str]:
        """Do what must be right before a process is made; return its arguments."""
        place = self._placement
        argv = launching.command(launch, place)
        if launch.stop.signal not in signal.Signals.__members__:
            raise CannotRun(f"there is no signal {launch.stop.signal!r} to stop a node with")
        self._require_free(place)
        launching.write_files(launch, place)
        return argv

    async def _begin(self, launch: Launch, argv: list[str]) -> Incarnation:
        place = self._placement
        key = f"{place.name}#{len(self.lives) + 1}"
        env = launching.environment(launch, self._directory)
        folder = launch.cwd or place.data
        try:
            return await self._control.start(
                key,
                argv,
                env,
                folder,
                place.log,
                launch.coverage,
                self.machine.states(),
                self._files,
                self._led,
            )
        except CannotRun as trouble:
            raise CannotRun(f"node {place.name!r}: {trouble.message}") from None

    async def stop(self) -> Evidence:
        """End it as its StopPolicy says; see `Node.stop`."""
        life = self.life
        if life is None:
            return self._down_already()
        self._asked = NodeState.STOPPED
        number = signal.Signals[self._policy.signal]
        await self._control.tell(
            life, "stop", signal=int(number), kill_after=self._policy.kill_after
        )
        end = await asyncio.shield(life.ended)
        took = "SIGKILL" if end.forced else number.name
        return self._ended(end, took)

    async def kill(self) -> Evidence:
        """SIGKILL everything the node started; see `Node.kill`."""
        life = self.life
        if life is None:
            return self._down_already()
        self._asked = NodeState.CRASHED
        await self._control.tell(life, "kill", save=SAVING)
        return self._ended(await asyncio.shield(life.ended), "SIGKILL")

    async def wait_exit(self) -> int:
        """Wait until the current incarnation ends, for whatever reason."""
        if self._life is None:
            raise StepFailed(f"node {self._placement.name!r} was never started")
        return (await asyncio.shield(self._life.ended)).status

    def _pid(self) -> int:
        assert self._life is not None
        return self._life.started.result().pid

    def _down_already(self) -> Evidence:
        return skipped(f"{self._placement.name} was {self.state.value} already")

    def _ended(self, end: Exit, means: str) -> Evidence:
        if end.lost:
            return indeterminate(f"the warden of {self._placement.name} died; its nodes with it")
        if end.milliseconds is None:
            name = self._placement.name
            return skipped(f"{name} had ended by itself, with status {end.status}")
        pids = ", ".join(map(str, end.pids))
        return installed(
            f"{'pids' if len(end.pids) > 1 else 'pid'} {pids} gone {end.milliseconds:.0f} ms "
            f"after {self._first_signal()}" + (" and SIGKILL" if end.forced else ""),
            pids=list(end.pids),
            milliseconds=end.milliseconds,
            signal=means,
            status=end.status,
        )

    def _first_signal(self) -> str:
        return self._policy.signal if self._asked is NodeState.STOPPED else "SIGKILL"
