"""The pages: reports/index.html and one page per plan. Python decides, the templates lay out.

Everything that comes from a plan, a node or a log is escaped by Jinja's autoescape, and the pages
forbid scripts and foreign content altogether: a report is often opened from a build server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from planc_runtime.history.summary import FaultSummary, ScenarioSummary
from planc_runtime.report.measured import Measured
from planc_runtime.report.model import GRAVEST_FIRST, PlanReport, RunReport, ScenarioReport
from planc_runtime.report.text import seconds


@dataclass(frozen=True)
class Link:
    text: str
    href: str


@dataclass(frozen=True)
class Bar:
    """A fault on the scenario's time line, in percent of its length."""

    fault: FaultSummary
    left: float
    width: float


@dataclass(frozen=True)
class ScenarioView:
    summary: ScenarioSummary
    anchor: str
    wall: str
    simulated: str
    """Duration on the controller's clock, where that is not the wall's."""
    bars: Sequence[Bar]
    logs: Sequence[tuple[str, Link | None]]
    links: Sequence[Link]


@dataclass(frozen=True)
class PlanView:
    plan: PlanReport
    href: str
    """Of its page, relative to the reports' folder."""
    root: str
    """The way back from its page to the reports' folder: "../../"."""
    wall: str
    scenarios: Sequence[ScenarioView]
    links: Sequence[Link]
    coverage: str


def view(plan: PlanReport, measured: Measured | None) -> PlanView:
    """Decide everything that the plan's page shows."""
    return PlanView(
        plan=plan,
        href=f"{quote(plan.key)}/index.html",
        root="../" * (plan.key.count("/") + 1),
        wall=seconds(sum(each.summary.wall for each in plan.scenarios)),
        scenarios=[_scenario(plan, each) for each in plan.scenarios],
        links=_present(plan.folder, plan.folder, _PLAN_FILES),
        coverage="" if measured is None else f"{measured.percent:.0f} %",
    )


def render_plan(view: PlanView) -> str:
    return _environment().get_template("plan.html.j2").render(view=view)


def render_index(run: RunReport, views: Sequence[PlanView]) -> str:
    tiles = [(verdict, run.counts[verdict]) for verdict in GRAVEST_FIRST if run.counts[verdict]]
    template = _environment().get_template("index.html.j2")
    return template.render(run=run, views=views, tiles=tiles)


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


def _scenario(plan: PlanReport, scenario: ScenarioReport) -> ScenarioView:
    summary = scenario.summary
    virtual = abs(summary.duration - summary.wall) > 0.5 and summary.duration > 0
    return ScenarioView(
        summary=summary,
        anchor=quote(scenario.name, safe=""),
        wall=seconds(summary.wall),
        simulated=seconds(summary.duration) if virtual else "",
        bars=_bars(summary),
        logs=[(node.name, _log(plan, scenario, node.log)) for node in summary.nodes],
        links=_present(plan.folder, scenario.folder, _SCENARIO_FILES),
    )


def _bars(summary: ScenarioSummary) -> list[Bar]:
    length = max([summary.duration, *(f.end or f.start for f in summary.faults)], default=0.0)
    if length <= 0:
        return []
    bars = []
    for fault in summary.faults:
        end = length if fault.end is None else fault.end
        left = 100 * fault.start / length
        bars.append(Bar(fault, round(left, 2), round(max(100 * end / length - left, 0.6), 2)))
    return bars


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


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("planc_runtime.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["seconds"] = seconds
    environment.filters["rate"] = lambda value: "–" if value is None else f"{value:,.1f}/s"
    environment.filters["number"] = lambda value: f"{value:,}"
    return environment
