"""What the pages show, decided: one view per scenario and per plan. The templates lay out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from planc_runtime.history.summary import ExpectationSummary, FaultSummary, ScenarioSummary
from planc_runtime.report import cycle, metric, picture, source
from planc_runtime.report.drawing import Shares, drawing, shares_of
from planc_runtime.report.exposure import Exposure, Hit, exposure, hits
from planc_runtime.report.lanes import Scene, class_of, read_scene
from planc_runtime.report.measured import Measured
from planc_runtime.report.model import GRAVEST_FIRST, PlanReport, ScenarioReport
from planc_runtime.report.sentences import Sentences, sentences
from planc_runtime.report.text import seconds


@dataclass(frozen=True)
class Link:
    text: str
    href: str


@dataclass(frozen=True)
class FaultRow:
    fault: FaultSummary
    family: str
    role: str
    """What its targets were when it came."""


@dataclass(frozen=True)
class Proof:
    """The picture of one failed expectation: bars, or a cycle, or neither."""

    expectation: ExpectationSummary
    bars: picture.Picture | None
    graph: cycle.Graph | None


@dataclass(frozen=True)
class ScenarioView:
    summary: ScenarioSummary
    anchor: str
    number: int
    open: bool
    wall: str
    simulated: str
    """Duration in virtual time, on the simulator."""
    sentences: Sentences
    proofs: Sequence[Proof]
    charts: Sequence[metric.Chart]
    faults: Sequence[FaultRow]
    source: Sequence[source.Line]
    states: Mapping[str, str]
    packed: str
    """What its time line is drawn from; empty where the page holds too many scenarios."""
    logs: Sequence[tuple[str, Link | None]]
    links: Sequence[Link]
    hits: Sequence[Hit]


@dataclass(frozen=True)
class PlanView:
    plan: PlanReport
    href: str
    """Of its page, relative to the reports' folder."""
    root: str
    """The way back from its page to the reports' folder: "../../"."""
    wall: str
    scenarios: Sequence[ScenarioView]
    tiles: Sequence[tuple[str, int]]
    source: Sequence[source.Line]
    exposure: Exposure
    links: Sequence[Link]
    coverage: str


def view(plan: PlanReport, measured: Measured | None) -> PlanView:
    """Decide everything that the plan's page shows."""
    shares = shares_of(plan)
    scenarios = [
        _scenario(plan, each, shares, number) for number, each in enumerate(plan.scenarios)
    ]
    found = [hit for each in scenarios for hit in each.hits]
    return PlanView(
        plan=plan,
        href=f"{quote(plan.key)}/index.html",
        root="../" * (plan.key.count("/") + 1),
        wall=seconds(sum(each.summary.wall for each in plan.scenarios)),
        scenarios=scenarios,
        tiles=[(v, plan.counts[v]) for v in GRAVEST_FIRST if plan.counts[v]],
        source=_whole(plan, scenarios),
        exposure=exposure(found, [each.summary for each in plan.scenarios]),
        links=_present(plan.folder, plan.folder, _PLAN_FILES),
        coverage="" if measured is None else f"{measured.percent:.0f} %",
    )


_PLAN_FILES = (
    ("junit.xml", "JUnit"),
    ("summary.json", "summary"),
    ("history.jsonl", "history"),
    ("events.jsonl", "events"),
    ("coverage/index.html", "coverage"),
    ("coverage.xml", "coverage XML"),
)
_SCENARIO_FILES = (
    ("summary.json", "summary"),
    ("history.jsonl", "history"),
    ("events.jsonl", "events"),
    ("data", "data of the nodes"),
)


def _scenario(
    plan: PlanReport, scenario: ScenarioReport, shares: Shares, number: int
) -> ScenarioView:
    summary, folder = scenario.summary, scenario.folder
    scene = read_scene(folder, summary)
    states = source.states(summary, scene.reached)
    virtual = summary.backend == "sim" and summary.duration > 0
    return ScenarioView(
        summary=summary,
        anchor=quote(scenario.name, safe=""),
        number=number,
        open=scenario.name in shares.opened,
        wall=seconds(summary.wall),
        simulated=seconds(summary.duration) if virtual else "",
        sentences=sentences(summary, scene),
        proofs=[_proof(each, summary) for each in summary.expectations if each.evidence],
        charts=metric.charts(summary.expectations, summary.faults, scene.length),
        faults=[_fault_row(fault, scene) for fault in summary.faults],
        source=_excerpt(folder, summary, states),
        states=states,
        packed=drawing(scenario, scene, shares) if scenario.name in shares.drawn else "",
        logs=[(node.name, _log(plan, scenario, node.log)) for node in summary.nodes],
        links=_present(plan.folder, folder, _SCENARIO_FILES),
        hits=hits(summary, scene),
    )


def _proof(expectation: ExpectationSummary, summary: ScenarioSummary) -> Proof:
    evidence = expectation.data.get("evidence")
    if not isinstance(evidence, dict):
        return Proof(expectation, None, None)
    graph = cycle.draw(evidence)
    bars = None if graph else picture.draw(evidence, summary.faults)
    return Proof(expectation, bars, graph)


def _fault_row(fault: FaultSummary, scene: Scene) -> FaultRow:
    roles = []
    for target in fault.targets:
        lane = scene.lane(target)
        segment = lane.at(fault.start) if lane else None
        roles.append(segment.role if segment else "")
    return FaultRow(fault, class_of(fault), ", ".join(dict.fromkeys(filter(None, roles))))


# --- the plan's text ------------------------------------------------------------------------------


def _name(summary: ScenarioSummary) -> str:
    """Return the plan's file as its lines are called by: "first.plan"."""
    return summary.line.rpartition(":")[0] or Path(summary.source).name


def _notes(summaries: Sequence[ScenarioSummary]) -> dict[str, list[str]]:
    notes: dict[str, list[str]] = {}
    for summary in summaries:
        for expectation in summary.expectations:
            said = notes.setdefault(expectation.line, [])
            if expectation.measured and expectation.measured not in said:
                said.append(expectation.measured)
        for fault in summary.faults:
            said = notes.setdefault(fault.line, [])
            on = f"on {', '.join(fault.targets)}" if fault.targets else str(fault.hold)
            if on not in said:
                said.append(on)
    return notes


def _excerpt(
    folder: Path, summary: ScenarioSummary, states: Mapping[str, str]
) -> Sequence[source.Line]:
    """Return the scenario's own lines of the plan."""
    lines = source.read_source(folder)
    first = source.number_of(summary.line)
    if not lines or not 0 < first <= len(lines):
        return ()
    begin, end = source.extent(lines, first)
    every = source.marked(lines, _name(summary), states, _notes([summary]))
    return every[begin - 1 : end]


def _whole(plan: PlanReport, scenarios: Sequence[ScenarioView]) -> Sequence[source.Line]:
    """Return the whole plan, each line with the gravest state that any scenario gave it."""
    for scenario in plan.scenarios:
        lines = source.read_source(scenario.folder)
        if lines:
            found = source.worst(each.states for each in scenarios)
            return source.marked(lines, _name(scenario.summary), found, {})
    return ()


# --- links ----------------------------------------------------------------------------------------


def _log(plan: PlanReport, scenario: ScenarioReport, log: str) -> Link | None:
    """Link a log that exists inside the scenario's folder, and nothing else."""
    path = scenario.folder / log
    inside = path.resolve().is_relative_to(scenario.folder.resolve())
    if not log or not inside or not path.is_file():
        return None
    return Link("log", _href(plan.folder, path))


def _present(base: Path, folder: Path, files: Sequence[tuple[str, str]]) -> list[Link]:
    return [Link(text, _href(base, folder / name)) for name, text in files if _has(folder / name)]


def _has(path: Path) -> bool:
    return path.exists() and (path.is_dir() or path.stat().st_size > 0)


def _href(base: Path, path: Path) -> str:
    return quote(path.relative_to(base).as_posix())
