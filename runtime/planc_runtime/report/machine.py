"""summary.json of a plan and of a run: the same facts for programs."""

from __future__ import annotations

from pydantic import Field

from planc_runtime.history.summary import Record, ScenarioSummary, ScenarioVerdict
from planc_runtime.report.model import PlanReport, RunReport


class PlanSummary(Record):
    plan: str
    title: str
    source: str
    owner: str = ""
    verdict: ScenarioVerdict
    counts: dict[str, int]
    covers: list[str] = Field(default_factory=list)
    scenarios: list[ScenarioSummary] = Field(default_factory=list)


class ScenarioLine(Record):
    """A scenario in the run's summary; all of it stands in its plan's."""

    folder: str
    """Relative to the reports' folder."""
    title: str
    test: str
    line: str
    backend: str
    seed: int
    verdict: ScenarioVerdict
    because: str
    duration: float
    wall: float
    replay: str


class PlanLine(Record):
    plan: str
    title: str
    source: str
    verdict: ScenarioVerdict
    scenarios: list[ScenarioLine]


class RunSummary(Record):
    verdict: ScenarioVerdict
    counts: dict[str, int]
    plans: list[PlanLine]


def plan_summary(plan: PlanReport) -> PlanSummary:
    return PlanSummary(
        plan=plan.key,
        title=plan.title,
        source=plan.source,
        owner=plan.owner,
        verdict=plan.verdict,
        counts={verdict.value: number for verdict, number in sorted(plan.counts.items())},
        covers=list(plan.covers),
        scenarios=[scenario.summary for scenario in plan.scenarios],
    )


def run_summary(run: RunReport) -> RunSummary:
    return RunSummary(
        verdict=run.verdict,
        counts={verdict.value: number for verdict, number in sorted(run.counts.items())},
        plans=[_plan_line(run, plan) for plan in run.plans],
    )


def _plan_line(run: RunReport, plan: PlanReport) -> PlanLine:
    lines = [
        ScenarioLine(
            folder=scenario.folder.relative_to(run.folder).as_posix(),
            **scenario.summary.model_dump(include=set(ScenarioLine.model_fields) - {"folder"}),
        )
        for scenario in plan.scenarios
    ]
    return PlanLine(
        plan=plan.key, title=plan.title, source=plan.source, verdict=plan.verdict, scenarios=lines
    )
