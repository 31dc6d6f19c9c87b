"""Plan coverage: which faults have hit whom in which role and state, and which rows are covered.

Code coverage says which lines ran; this says which situations did. A plan that crashes only
followers has never seen its leader die, whatever its code coverage is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from planc_runtime.history.summary import ScenarioSummary, ScenarioVerdict
from planc_runtime.protocols.evidence import Hold
from planc_runtime.report.lanes import Scene, class_of
from planc_runtime.report.model import GRAVEST_FIRST

LINKS = "links"
"""Stands for a role where a fault names no node."""
GONE = ("down", "paused")
"""States that come last in a table."""


@dataclass(frozen=True, slots=True)
class Hit:
    kind: str
    family: str
    role: str
    loaded: bool
    """Whether clients were at work at that time."""
    scenario: str


@dataclass(slots=True)
class Cell:
    loaded: int = 0
    idle: int = 0
    scenarios: set[str] = field(default_factory=set)

    @property
    def hits(self) -> int:
        return self.loaded + self.idle


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the catalogue, with the scenarios that say that they cover it."""

    id: str
    verdict: ScenarioVerdict
    scenarios: Sequence[str]


@dataclass(slots=True)
class Exposure:
    roles: list[str]
    kinds: list[tuple[str, str]]
    """Family and kind."""
    cells: dict[tuple[str, str], Cell]
    rows: list[Row]

    @property
    def covered(self) -> int:
        return sum(row.verdict is ScenarioVerdict.PASSED for row in self.rows)

    @property
    def situations(self) -> int:
        """How many pairs of a fault and a role were seen."""
        return sum(cell.hits > 0 for cell in self.cells.values())


def hits(summary: ScenarioSummary, scene: Scene) -> list[Hit]:
    """Return every meeting of a fault that took hold with a node, and what the node was then."""
    found = []
    for fault in summary.faults:
        if fault.hold is not Hold.INSTALLED:
            continue
        kind = fault.kind or fault.name.split(" ", 1)[0]
        loaded = _loaded(scene, fault.start)
        for target in fault.targets or [LINKS]:
            lane = scene.lane(target)
            segment = lane.at(fault.start) if lane else None
            role = segment.role if segment else LINKS if lane is None else "down"
            found.append(Hit(kind, class_of(fault), role, loaded, summary.title))
    return found


def _loaded(scene: Scene, at: float) -> bool:
    """Say whether a workload ran at a moment."""
    running = 0
    for moment in scene.moments:
        if moment.kind == "workload" and moment.at <= at:
            running += 1 if moment.text.endswith(": start") else -1
    return running > 0


def exposure(found: Iterable[Hit], summaries: Iterable[ScenarioSummary]) -> Exposure:
    cells: dict[tuple[str, str], Cell] = {}
    families: dict[str, str] = {}
    for hit in found:
        cell = cells.setdefault((hit.kind, hit.role), Cell())
        families[hit.kind] = hit.family
        cell.scenarios.add(hit.scenario)
        if hit.loaded:
            cell.loaded += 1
        else:
            cell.idle += 1
    roles = sorted({role for _, role in cells}, key=lambda r: (r in GONE, r != "leader", r))
    kinds = sorted((family, kind) for kind, family in families.items())
    return Exposure(roles, kinds, cells, _rows(summaries))


def _rows(summaries: Iterable[ScenarioSummary]) -> list[Row]:
    by_row: dict[str, list[ScenarioSummary]] = {}
    for summary in summaries:
        for row in summary.covers:
            by_row.setdefault(row, []).append(summary)
    rows = []
    for row, covering in sorted(by_row.items()):
        seen = {summary.verdict for summary in covering}
        verdict = next(verdict for verdict in GRAVEST_FIRST if verdict in seen)
        rows.append(Row(row, verdict, list(dict.fromkeys(each.title for each in covering))))
    return rows
