"""A run or over block: load and troubles side by side, for a time, and everything mended after.

Statements of the block are collected while the scenario's body goes through it; they begin when
the body leaves it. Whatever ends the block, time or trouble, its faults are healed on the way out.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from planc_runtime.engine.conditions import Monitor
from planc_runtime.engine.load import drive_workload
from planc_runtime.engine.nodes.bringup import first_of
from planc_runtime.engine.nodes.texts import number
from planc_runtime.engine.stage import DrivenBlock
from planc_runtime.faults.ledger import finished
from planc_runtime.faults.perform import Performer
from planc_runtime.plan.actions import Action
from planc_runtime.plan.nouns import Workload
from planc_runtime.plan.spot import Spot, here
from planc_runtime.workloads import Load

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage


class Block:
    """Plays `Timeline` for the scenario's body."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._planned: list[tuple[float, tuple[Action, ...]]] = []
        self._conditions: list[tuple[Any, bool, Spot]] = []

    def at(self, seconds: Any, *actions: Action) -> None:
        self._planned.append((number(seconds, self._stage.scope()), actions))

    def do(self, *actions: Action) -> None:
        self._planned.append((0.0, actions))

    def always(self, condition: Any) -> None:
        self._conditions.append((condition, True, here()))

    def never(self, condition: Any) -> None:
        self._conditions.append((condition, False, here()))

    async def carry_out(
        self, workloads: Sequence[Workload], seconds: float | None, rate: Any
    ) -> None:
        """Drive, trouble, watch; return when the time is over and all is mended."""
        stage = self._stage
        monitors = [Monitor(c, wanted, stage, spot) for c, wanted, spot in self._conditions]
        running = Running(stage, stage.world.now() + (math.inf if seconds is None else seconds))
        stage.workloads += workloads
        record = DrivenBlock(stage.world.now(), 0.0, [], driven=bool(workloads))
        try:
            async with asyncio.TaskGroup() as group:
                running.group = group
                for monitor in monitors:
                    running.spawn(monitor.watch())
                for begin, actions in self._planned:
                    running.spawn(running.at(begin, actions))
                loads = [
                    group.create_task(drive_workload(w, stage, seconds=seconds, rate=rate))
                    for w in workloads
                ]
                await self._until_over(running, loads, seconds)
                record.end = stage.world.now()
                for monitor in monitors:
                    await monitor.once()
                running.stop()
                # What is under way at the end finds a mended system.
                await finished(running.performer.heal_opened())
            record.loads = [task.result() for task in loads]
        except BaseExceptionGroup as troubles:
            raise first_of(troubles) from None
        finally:
            record.end = record.end or stage.world.now()
            stage.blocks.append(record)
            for monitor in monitors:
                monitor.judge()
            await finished(running.performer.heal_opened())

    async def _until_over(
        self, running: Running, loads: Sequence[asyncio.Task[Load]], seconds: float | None
    ) -> None:
        """Without a duration a block lasts until its load and its statements are done."""
        if seconds is not None:
            await asyncio.sleep(seconds)
            return
        await running.planned_done(self._planned)
        if loads:
            await asyncio.wait(loads)


class Running:
    """The tasks of a block that is under way."""

    def __init__(self, stage: Stage, until: float) -> None:
        self._stage = stage
        self._tasks: dict[asyncio.Task[None], None] = {}
        # A dict, not a set: they are cancelled in an order that is the same in every run.
        self._done = 0
        self._progress = asyncio.Event()
        self.group: asyncio.TaskGroup | None = None
        self.performer: Performer = stage.performer(self.spawn, until)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        assert self.group is not None
        task = self.group.create_task(work)
        self._tasks[task] = None
        task.add_done_callback(lambda done: self._tasks.pop(done, None))

    async def at(self, begin: float, actions: Sequence[Action]) -> None:
        await asyncio.sleep(begin)
        for action in actions:
            self._stage.tell("step", **_step(action, self._stage))
            await self.performer.perform(action)
        self._done += 1
        self._progress.set()

    async def planned_done(self, planned: Sequence[object]) -> None:
        while self._done < len(planned):
            self._progress.clear()
            await self._progress.wait()

    def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()


def _step(action: Action, stage: Stage) -> dict[str, str]:
    line = stage.line(action.spot)
    return {"line": str(line), "text": action.describe()}


@asynccontextmanager
async def block(
    stage: Stage, workloads: Sequence[Workload], seconds: Any, rate: Any
) -> AsyncIterator[Block]:
    """Collect the statements of a block, then carry them out."""
    collected = Block(stage)
    yield collected
    # What repeats goes on for longer; what has a moment keeps it.
    stretch = stage.options.stretch
    length = None if seconds is None else number(seconds, stage.scope()) * stretch
    await collected.carry_out(workloads, length, rate)
