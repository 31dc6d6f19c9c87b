"""A run as the reports see it: plans, each with its scenarios, each with its folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from planc_runtime.history.summary import ScenarioSummary, ScenarioVerdict

GRAVEST_FIRST = (
    ScenarioVerdict.FAILED,
    ScenarioVerdict.ERROR,
    ScenarioVerdict.INTERRUPTED,
    ScenarioVerdict.INCONCLUSIVE,
    ScenarioVerdict.PASSED,
    ScenarioVerdict.SKIPPED,
)
"""The verdict over several scenarios is the first of these that any of them has."""

GREEN = frozenset({ScenarioVerdict.PASSED, ScenarioVerdict.SKIPPED})


@dataclass(frozen=True)
class ScenarioReport:
    summary: ScenarioSummary
    folder: Path

    @property
    def name(self) -> str:
        """The folder's name: unique among the scenarios of its plan."""
        return self.folder.name

    @property
    def green(self) -> bool:
        return self.summary.verdict in GREEN


@dataclass(frozen=True)
class PlanReport:
    key: str
    """Its place below the reports' folder: "consensus/first"."""
    folder: Path
    scenarios: tuple[ScenarioReport, ...]

    @property
    def title(self) -> str:
        return self._first.plan_title or self.key

    @property
    def source(self) -> str:
        return self._first.source

    @property
    def owner(self) -> str:
        return self._first.owner

    @cached_property
    def verdict(self) -> ScenarioVerdict:
        return gravest(self.scenarios)

    @cached_property
    def counts(self) -> Counter[ScenarioVerdict]:
        return count(self.scenarios)

    @cached_property
    def covers(self) -> tuple[str, ...]:
        return tuple(sorted({row for each in self.scenarios for row in each.summary.covers}))

    @property
    def _first(self) -> ScenarioSummary:
        """Any scenario that got far enough to know its plan's title speaks for all of them."""
        known = (each.summary for each in self.scenarios if each.summary.plan_title)
        return next(known, self.scenarios[0].summary)


@dataclass(frozen=True)
class RunReport:
    folder: Path
    plans: tuple[PlanReport, ...]

    @cached_property
    def scenarios(self) -> tuple[ScenarioReport, ...]:
        return tuple(scenario for plan in self.plans for scenario in plan.scenarios)

    @cached_property
    def verdict(self) -> ScenarioVerdict:
        return gravest(self.scenarios)

    @cached_property
    def counts(self) -> Counter[ScenarioVerdict]:
        return count(self.scenarios)


def gravest(scenarios: Iterable[ScenarioReport]) -> ScenarioVerdict:
    """Return the verdict over all of them; nothing at all proves nothing."""
    seen = {scenario.summary.verdict for scenario in scenarios}
    return next((v for v in GRAVEST_FIRST if v in seen), ScenarioVerdict.INCONCLUSIVE)


def count(scenarios: Iterable[ScenarioReport]) -> Counter[ScenarioVerdict]:
    return Counter(scenario.summary.verdict for scenario in scenarios)
