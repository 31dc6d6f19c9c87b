"""One node of a world of containers: the book-keeping around its incarnations."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from planc_runtime.clusters.docker.container import Container, status_of
from planc_runtime.clusters.docker.engine import Engine
from planc_runtime.clusters.docker.holders import Holders
from planc_runtime.clusters.docker.recipes import Recipes
from planc_runtime.clusters.local import launching
from planc_runtime.clusters.machine.conditions import Conditions, State
from planc_runtime.errors import CannotRun, StepFailed
from planc_runtime.protocols.evidence import Evidence, indeterminate, installed, skipped
from planc_runtime.protocols.node import Launch, NodeState, Placement, StopPolicy

PERIOD = 100_000
"""Microseconds in which a control group may use up its share of a core: the kernel's default."""
_GONE_WITHIN = 10.0
"""Seconds in which the engine must tell of the end of a container that was killed."""


class Incarnation:
    """One life of a node, from the start of its container to the end of it."""

    def __init__(self) -> None:
        self.pid = 0
        """Of the container's first process, as the engine's machine has it."""
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.asked: NodeState | None = None
        """What its end means, if it comes because we asked for it."""


class Hands(NamedTuple):
    """What the lab does to a container, by the number of its first process."""

    tell: Callable[[int, State], Awaitable[State]]
    """Lay or lift a trouble; returns what was read back."""
    forget: Callable[[int], Awaitable[State]]
    """Let go of one that has ended; returns what its calls have met."""


class DockerNode:
    def __init__(
        self,
        placement: Placement,
        engine: Engine,
        recipes: Recipes,
        holders: Holders,
        hands: Hands,
    ) -> None:
        self._placement = placement
        self._engine = engine
        self._recipes = recipes
        self._holders = holders
        self._hands = hands
        self._starting = asyncio.Lock()
        self._policy = StopPolicy()
        self._life: Incarnation | None = None
        self.container: Container | None = None
        self.pauses = 0
        """How many pauses are in force."""
        self.met: Counter[str] = Counter()
        """What the watched calls of lives that have ended have met."""
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
            return self._life.asked or NodeState.CRASHED
        return NodeState.PAUSED if self.pauses else NodeState.RUNNING

    @property
    def exit_status(self) -> int | None:
        if self._life is None or not self._life.ended.done():
            return None
        return self._life.ended.result()

    async def start(self, launch: Launch) -> Evidence:
        """Start a new incarnation; see `Node.start`."""
        async with self._starting:
            if self.life is not None:
                return skipped(f"{self._placement.name} runs already")
            if launch.stop.signal not in signal.Signals.__members__:
                raise CannotRun(f"there is no signal {launch.stop.signal!r} to stop a node with")
            began = time.monotonic()
            life = await self._begin(launch)
            self._policy, self.pauses = launch.stop, 0
        await self._burden(life)
        assert self.container is not None
        return installed(
            f"container {self.container.id[:12]} runs after "
            f"{(time.monotonic() - began) * 1000:.0f} ms, its first process is {life.pid}",
            pid=life.pid,
            container=self.container.id,
            image=self.container.recipe.image,
        )

    async def _begin(self, launch: Launch) -> Incarnation:
        holder = await self._holders.of(self._placement.name)
        recipe = self._recipes.make(launch, self._placement, holder)
        launching.write_files(launch, self._placement)
        if self.container is None or self.container.recipe != recipe:
            if self.container is not None:
                await self.container.remove()
                self.container = None
            self.container = await Container.make(self._engine, recipe)
        before, self._life = self._life, Incarnation()
        try:
            self._life.pid = await self.container.start(self._placement.log)
        except BaseException:
            self._life = before
            raise
        return self._life

    async def _burden(self, life: Incarnation) -> None:
        """Lay the troubles of the machine on a life that has just begun."""
        for state in self.machine.states():
            if state["what"] == "cpu":
                await self.grant_cpu()
            else:
                await self._hands.tell(life.pid, state)

    async def grant_cpu(self) -> int:
        """Grant the share of a core that the rules in force come to; return the quota in us."""
        share = self.machine.cpu()["share"]
        # The kernel grants no less than a millisecond; 0 would leave it as it is, -1 lifts it.
        quota = -1 if share is None else max(1000, round(share * PERIOD))
        assert self.container is not None
        await self.container.update(cpu_quota=quota, cpu_period=PERIOD)
        return quota

    async def stop(self) -> Evidence:
        """End it as its StopPolicy says; see `Node.stop`."""
        return await self._end(NodeState.STOPPED, self._policy.signal, self._policy.kill_after)

    async def kill(self) -> Evidence:
        """SIGKILL to the container's first process, whose end takes all others along."""
        return await self._end(NodeState.CRASHED, "SIGKILL", _GONE_WITHIN)

    async def wait_exit(self) -> int:
        """Wait until the current incarnation ends, for whatever reason."""
        if self._life is None:
            raise StepFailed(f"node {self._placement.name!r} was never started")
        return await asyncio.shield(self._life.ended)

    async def died(self, code: int) -> None:
        """Take note of what the engine tells: the container has ended."""
        life = self.life
        if life is not None:
            assert self.container is not None
            await self.container.heard()
            self.met.update(await self._hands.forget(life.pid))
            if not life.ended.done():
                life.ended.set_result(status_of(code))

    async def _end(self, meaning: NodeState, name: str, within: float) -> Evidence:
        life, container = self.life, self.container
        if life is None or container is None:
            return skipped(f"{self._placement.name} was {self.state.value} already")
        began = time.monotonic()
        life.asked = meaning
        if not await container.signal(name):
            life.asked = None
            status = await asyncio.shield(life.ended)
            return skipped(f"{self._placement.name} had ended by itself, with status {status}")
        forced = not await _within(life, within)
        if forced:
            await container.signal("SIGKILL")
            if not await _within(life, _GONE_WITHIN):
                return indeterminate(f"{self._placement.name} is not seen to end after SIGKILL")
        took = (time.monotonic() - began) * 1000
        return installed(
            f"container {container.id[:12]} ended with status {life.ended.result()}, {took:.0f} ms "
            f"after {name}" + (" and SIGKILL" if forced else ""),
            container=container.id,
            milliseconds=took,
            signal="SIGKILL" if forced else name,
            status=life.ended.result(),
        )


async def _within(life: Incarnation, seconds: float) -> bool:
    done, _ = await asyncio.wait([asyncio.shield(life.ended)], timeout=seconds)
    return bool(done)
