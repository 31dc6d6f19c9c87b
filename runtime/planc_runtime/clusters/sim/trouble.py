"""Ways in which a simulation can come to a halt, and how it tells its reader why."""

from __future__ import annotations

import asyncio
import linecache
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from planc_runtime.errors import Inconclusive

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.callbacks import Callback
    from planc_runtime.clusters.sim.tasks import SimTask

_SHOWN = 40


class ProcessGone(BaseException):
    """Unwinds the code of a process that has just ended itself (`os._exit`, SIGKILL to itself)."""


class StandStill(BaseException):
    """Nothing is scheduled any more; the backend turns it into a Deadlock with its tasks."""


class Deadlock(Inconclusive):
    """Every task waits for something that nothing can bring about."""

    def __init__(self, now: float, tasks: Iterable[SimTask[Any]]) -> None:
        waiting = [describe(task) for task in tasks]
        lines = waiting[:_SHOWN]
        if len(waiting) > _SHOWN:
            lines.append(f"... and {len(waiting) - _SHOWN} more")
        super().__init__(
            f"the simulation is deadlocked at {now:.6f} s: nothing is scheduled and "
            f"{len(waiting)} tasks wait\n" + "\n".join(f"  {line}" for line in lines),
            help="a task waits for an event, a queue or a reply that nobody will send;"
            " give the wait a timeout",
        )
        self.waiting = tuple(waiting)


class Livelock(Inconclusive):
    """Callbacks run without end while the virtual time stands still."""

    def __init__(self, now: float, due: Iterable[Callback]) -> None:
        owners = Counter(f"{one.process.name}: {name_of(one)}" for one in due)
        busiest = "\n".join(f"  {count} x {owner}" for owner, count in owners.most_common(10))
        super().__init__(
            f"the simulation does not advance beyond {now:.6f} s; what keeps it busy:\n{busiest}",
            help="a loop that only awaits sleep(0) spins for ever in virtual time; wait for an"
            " event or for a time above zero",
        )


def describe(task: SimTask[Any]) -> str:
    """One line: whose task, which coroutine, and where it waits."""
    coroutine = task.get_coro()
    name = getattr(coroutine, "__qualname__", type(coroutine).__name__)
    path, line = waiting_at(coroutine)
    code = linecache.getline(path, line).strip()
    return f"{task.process.name}: {task.get_name()} {name} waits at {path}:{line}  {code}".rstrip()


def waiting_at(coroutine: Any) -> tuple[str, int]:
    """The innermost line of the user's own code, beneath which only asyncio waits."""
    place = ("?", 0)
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        if frame is None:
            break
        path = frame.f_code.co_filename
        if place == ("?", 0) or not path.startswith(_LIBRARY):
            place = (path, frame.f_lineno)
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
    return place


def name_of(callback: Callback) -> str:
    """The name of the function that a callback calls, of its coroutine when it steps a task."""
    function = callback.call
    owner = getattr(function, "__self__", None)
    if isinstance(owner, asyncio.Task):
        return str(getattr(owner.get_coro(), "__qualname__", owner.get_name()))
    return str(getattr(function, "__qualname__", function))


_LIBRARY = asyncio.__file__.rpartition("asyncio")[0]
