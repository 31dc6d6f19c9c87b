"""Conditions over time: eventually, stays, always, never, wait until.

All of them look again with every observation, never by the clock alone. What cannot be evaluated
(a node is down, nobody leads) is neither true nor false: `eventually` goes on waiting, `always` and
`never` let it pass, and a condition that could never be looked at proves nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planc_runtime.history.verdict import Result, Verdict
from planc_runtime.plan.expr import Expr, describe, evaluate
from planc_runtime.plan.scope import Missing, Scope
from planc_runtime.plan.show import show
from planc_runtime.plan.spot import Spot

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage


@dataclass(frozen=True, slots=True)
class Look:
    """One evaluation: whether it holds (None: that cannot be said), and what was seen."""

    holds: bool | None
    seen: Sequence[str] = ()


async def look(condition: Any, stage: Stage, since: float) -> Look:
    """Evaluate a condition against what is known now."""
    scope = stage.scope()
    scope.since = since
    try:
        value = await evaluate(condition, scope)
    except Missing as missing:
        return Look(None, _witness(condition, scope) or [missing.message])
    return Look(bool(value), _witness(condition, scope))


def _witness(condition: Any, scope: Scope) -> list[str]:
    if isinstance(condition, Expr):
        with contextlib.suppress(Missing):
            return list(dict.fromkeys(condition.witness(scope)))
    return [f"the condition is {show(condition)}"]


async def becomes_true(
    condition: Any, within: float, stage: Stage, since: float
) -> tuple[float | None, Look]:
    """Wait until a condition holds; return after how many seconds, or None, and the last look."""
    clock = stage.world.now
    began = clock()
    last = await look(condition, stage, since)
    while not last.holds:
        left = began + within - clock()
        if left <= 0:
            return None, last
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(left):
                await stage.observed()
        last = await look(condition, stage, since)
    return clock() - began, last


_AT_ONCE = 0.0005
"""Seconds that nobody calls a wait."""


async def eventually(condition: Any, within: float, stage: Stage) -> Verdict:
    """Judge whether a condition comes true in time."""
    after, last = await becomes_true(condition, within, stage, stage.world.now())
    wanted = f"true within {within:g} s: {describe(condition)}"
    if after is not None:
        told = f"true after {after:.3f} s" if after >= _AT_ONCE else "true at once"
        return Verdict(Result.PASSED, told, wanted)
    return Verdict(Result.FAILED, f"not true after {within:g} s", wanted, last.seen)


async def stays(condition: Any, seconds: float, stage: Stage) -> Verdict:
    """Judge whether a condition holds from now on for so many seconds."""
    monitor = Monitor(condition, True, stage, None)
    try:
        async with asyncio.timeout(seconds):
            await monitor.watch(until_broken=True)
    except TimeoutError:
        pass
    return monitor.verdict(f"true for {seconds:g} s: {describe(condition)}")


@dataclass(slots=True)
class Monitor:
    """Looks at an `always` or a `never` with every observation."""

    condition: Any
    wanted: bool
    """True for `always`, False for `never`."""
    stage: Stage
    spot: Spot | None
    since: float = field(init=False)
    looks: int = 0
    broken: Look | None = None
    broken_at: float = 0.0
    unknown: Sequence[str] = ()

    def __post_init__(self) -> None:
        self.since = self.stage.world.now()

    async def watch(self, *, until_broken: bool = False) -> None:
        """Look until cancelled; the first violation stays the evidence."""
        while True:
            await self.once()
            if self.broken is not None and until_broken:
                return
            await self.stage.observed()

    async def once(self) -> None:
        found = await look(self.condition, self.stage, self.since)
        if found.holds is None:
            self.unknown = found.seen
            return
        self.looks += 1
        if found.holds is not self.wanted and self.broken is None:
            self.broken, self.broken_at = found, self.stage.world.now()

    def verdict(self, wanted: str = "") -> Verdict:
        word = "always" if self.wanted else "never"
        wanted = wanted or f"{word} {describe(self.condition)}"
        if self.broken is not None:
            held = f"it {'did not hold' if self.wanted else 'held'} at {self.broken_at:.3f} s"
            return Verdict(Result.FAILED, held, wanted, self.broken.seen)
        if not self.looks:
            return Verdict(Result.INCONCLUSIVE, "it could never be looked at", wanted, self.unknown)
        count = f"{self.looks:,} observation{'s' if self.looks > 1 else ''}"
        told = f"true in all of {count}" if self.wanted else f"true in none of {count}"
        return Verdict(Result.PASSED, told, wanted)

    def judge(self) -> None:
        """Record the verdict among the scenario's expectations."""
        word = "always" if self.wanted else "never"
        self.stage.judged(self.spot, f"{word} {describe(self.condition)}", self.verdict())
