"""A node of the simulation, as the engine handles it."""

from __future__ import annotations

import asyncio
import signal
import traceback
from typing import TYPE_CHECKING

from planc_runtime.clusters.sim.life import Life, Main
from planc_runtime.clusters.sim.machine import Machine
from planc_runtime.clusters.sim.modules import resolve
from planc_runtime.errors import CannotRun, NotSupported, StepFailed
from planc_runtime.protocols.evidence import Evidence, installed, skipped
from planc_runtime.protocols.node import Launch, NodeState, Placement, StopPolicy

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.world import SimWorld


class SimNode:
    def __init__(self, world: SimWorld, placement: Placement, machine: Machine) -> None:
        self._world = world
        self._placement = placement
        self.machine = machine
        self.life: Life | None = None
        """The last incarnation, dead or alive."""
        self._lives = 0
        self._policy = StopPolicy()
        self._asked = NodeState.CRASHED

    @property
    def placement(self) -> Placement:
        return self._placement

    @property
    def state(self) -> NodeState:
        if self.life is None:
            return NodeState.CREATED
        if self.life.dead:
            return self._asked
        return NodeState.PAUSED if self.life.pauses else NodeState.RUNNING

    @property
    def exit_status(self) -> int | None:
        if self.life is None or not self.life.exited.done():
            return None
        return self.life.exited.result()

    @property
    def running(self) -> Life | None:
        return None if self.life is None or self.life.dead else self.life

    async def start(self, launch: Launch) -> Evidence:
        """Start a new incarnation; see `Node.start`."""
        if self.running is not None:
            return skipped(f"{self._placement.name} runs already", pid=self.running.pid)
        if launch.entry is None:
            raise NotSupported(
                "sim",
                f"run the program of node {self._placement.name!r}",
                help='give its service a `python "module:main"` entry, or run --on local',
            )
        self._lives += 1
        self._policy, self._asked = launch.stop, NodeState.CRASHED
        write_files(launch, self._placement)
        life = self.life = self._world.new_life(self, self._lives, launch)
        main = self._load(life, launch.entry)
        if main is not None:
            life.begin(main, launch.info)
        self._world.report("started", self._placement.name, pid=life.pid)
        return installed(f"process {life.pid} runs since {self._world.now():.3f} s", pid=life.pid)

    def _load(self, life: Life, entry: str) -> Main | None:
        """Import the program in its process; one that fails at import dies of it."""
        module = entry.partition(":")[0]
        try:
            with self._world.loop.modules.acting_as(life.space):
                main: Main = life.context.copy().run(resolve, entry)
                return main
        except ModuleNotFoundError as missing:
            if missing.name is None or not (module + ".").startswith(missing.name + "."):
                life.say(traceback.format_exc())
                life.exit(1)
                return None
            life.exit(1)
            raise CannotRun(
                f"node {self._placement.name!r}: there is no module {missing.name!r}",
                help="the module of a `python` entry is looked for beside the plan",
            ) from None
        except AttributeError as trouble:
            if trouble.__traceback__ is None or trouble.__traceback__.tb_next is None:
                raise
            life.say(traceback.format_exc())
            life.exit(1)
            raise CannotRun(f"node {self._placement.name!r}: {trouble}") from None
        except (KeyboardInterrupt, NotSupported):
            raise
        except BaseException:
            life.say(traceback.format_exc())
            life.exit(1)
            return None

    async def stop(self) -> Evidence:
        """End it as its StopPolicy says; see `Node.stop`."""
        life = self.running
        if life is None:
            return self._down_already()
        self._asked = NodeState.STOPPED
        asked_at = self._world.now()
        life.signal(signal.Signals[self._policy.signal])
        await asyncio.wait([life.exited], timeout=self._policy.kill_after)
        forced = not life.exited.done()
        if forced:
            life.exit(-signal.SIGKILL)
        means = self._policy.signal + (" and SIGKILL" if forced else "")
        spent = self._world.now() - asked_at
        return self._ended(life, f"{spent:.3f} s after {means}", signal=means)

    async def kill(self) -> Evidence:
        """SIGKILL; see `Node.kill`."""
        life = self.running
        if life is None:
            return self._down_already()
        self._asked = NodeState.CRASHED
        life.exit(-signal.SIGKILL)
        return self._ended(life, "by SIGKILL", signal="SIGKILL")

    async def wait_exit(self) -> int:
        """Wait until the current incarnation ends, for whatever reason."""
        if self.life is None:
            raise StepFailed(f"node {self._placement.name!r} was never started")
        return await asyncio.shield(self.life.exited)

    def _down_already(self) -> Evidence:
        return skipped(f"{self._placement.name} was {self.state.value} already")

    def _ended(self, life: Life, how: str, signal: str) -> Evidence:
        tasks, resources = life.ended_with
        return installed(
            f"process {life.pid} gone at {self._world.now():.3f} s, {how}: {tasks} tasks and"
            f" {resources} sockets and files ended with it",
            pid=life.pid,
            tasks=tasks,
            resources=resources,
            signal=signal,
            status=life.exited.result(),
        )


def write_files(launch: Launch, placement: Placement) -> None:
    """Write the files that the service declares, before every start; raises CannotRun."""
    data = placement.data.resolve()
    for name, text in launch.files.items():
        path = (data / name).resolve()
        if not path.is_relative_to(data):
            raise CannotRun(f"file {name!r} of node {placement.name!r} lies outside its folder")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as trouble:
            raise CannotRun(
                f"cannot write file {name!r} of node {placement.name!r}: {trouble.strerror}"
            ) from None
