"""How often a scenario fails that should pass: the rate, and how sure one can be of it.

The interval is Wilson's (1927): unlike the textbook one it stays inside [0, 1] and says something
sensible after no failure at all, which is the usual case here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from planc.cli.running.events import Outcome

Z_95 = 1.959963984540054
"""Quantile of the normal distribution for a two-sided interval of 95 %."""


@dataclass(frozen=True, slots=True)
class Flakes:
    line: str
    title: str
    runs: int
    failures: int

    @property
    def rate(self) -> float:
        return self.failures / self.runs if self.runs else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.failures, self.runs)


def wilson(hits: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """Return Wilson's score interval for a proportion; (0, 1) when nothing was tried."""
    if trials == 0:
        return (0.0, 1.0)
    share = hits / trials
    weight = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / weight
    spread = z / weight * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return (max(0.0, centre - spread), min(1.0, centre + spread))


def flakes(outcomes: Iterable[Outcome]) -> list[Flakes]:
    """Count the runs of each scenario; skipped ones did not run."""
    runs: dict[tuple[str, str, str], list[bool]] = {}
    for outcome in outcomes:
        if outcome.verdict != "skipped":
            key = (outcome.plan, outcome.line, outcome.title)
            runs.setdefault(key, []).append(outcome.green)
    return [
        Flakes(line, title, len(greens), greens.count(False))
        for (_, line, title), greens in runs.items()
    ]
