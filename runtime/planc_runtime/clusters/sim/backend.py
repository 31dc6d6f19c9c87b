"""The backend `sim`: a scenario as a function of its plan, its code and its seed."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from planc_runtime.clusters.sim.loop import SimLoop
from planc_runtime.clusters.sim.patches import install
from planc_runtime.clusters.sim.tasks import silence
from planc_runtime.clusters.sim.trouble import Deadlock, StandStill
from planc_runtime.clusters.sim.world import SimWorld
from planc_runtime.protocols.backend import Settings, World

T = TypeVar("T")

_ATTEMPTS = 3
"""How often a deadlocked scenario is cancelled, each time in the hope that it tidies up."""


class SimBackend:
    name = "sim"

    def execute(self, settings: Settings, main: Callable[[World], Awaitable[T]]) -> T:
        """Run `main(world)` in virtual time.

        Raises Deadlock when nothing is scheduled while main still waits (main is cancelled first,
        so that it can tidy up), and Livelock when virtual time does not advance.
        """
        with install(), _garbage_in_turn():
            return _execute(settings, main)


def _execute(settings: Settings, main: Callable[[World], Awaitable[T]]) -> T:
    """Make a world, run `main` in it, and keep nothing of it."""
    loop = SimLoop()
    world = SimWorld(settings, loop)
    sys.meta_path.insert(0, loop.modules)
    try:
        return loop.controller.context.copy().run(_run, loop, world, main)
    finally:
        loop.modules.switch(None)
        loop.controller.context.copy().run(_dispose, loop, world)
        sys.meta_path.remove(loop.modules)


def _run(loop: SimLoop, world: SimWorld, main: Callable[[World], Awaitable[T]]) -> T:
    """Run the loop until main is done; when the loop itself fails, cancel main and go on."""
    task = loop.create_task(_in_world(world, main), name="scenario")
    trouble: BaseException | None = None
    for _ in range(_ATTEMPTS):
        try:
            result = loop.run_until_complete(task)
        except StandStill:
            trouble = trouble or Deadlock(loop.now, loop.tasks_of())
        except BaseException as failure:
            if task.done():
                raise trouble or failure from None
            trouble = trouble or failure
        else:
            if trouble is None:
                return result
            break
        task.cancel()
    assert trouble is not None
    raise trouble


async def _in_world(world: SimWorld, main: Callable[[World], Awaitable[T]]) -> T:
    try:
        return await main(world)
    finally:
        await world.close()
        await _cancel_rest(world.loop)


async def _cancel_rest(loop: SimLoop) -> None:
    """Cancel what the scenario left running, as asyncio.run does."""
    rest = [task for task in loop.tasks_of() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


@contextmanager
def _garbage_in_turn() -> Iterator[None]:
    """Leave it to the loop when garbage is collected; what was there before is not looked at.

    What the run itself leaves is collected at once: thawed, it would count as long-lived, and of
    two hundred repeats the worlds would pile up.
    """
    enabled = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()
        if enabled:
            gc.enable()


def _dispose(loop: SimLoop, world: SimWorld) -> None:
    for task in loop.tasks_of():
        silence(task)
    loop.close()
    world.bury()
