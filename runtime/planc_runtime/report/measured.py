"""Coverage of one plan: what its nodes and the test process left, combined.

Every scenario leaves data files below its `coverage/` folder: those of the processes that ended,
and those that were saved while they ran, because a node that is killed says no last word. A file
that was cut short by such a death is left out and named; the rest still counts. Contexts tell
which scenario covered a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from planc_runtime.report.model import PlanReport, ScenarioReport

FOLDER = "coverage"


@dataclass
class Measured:
    percent: float
    xml: Path
    html: Path
    unreadable: list[Path] = field(default_factory=list)


def measure(plan: PlanReport) -> Measured | None:
    """Write coverage.xml and coverage/index.html; None when nothing was measured."""
    files = [(each, path) for each in plan.scenarios for path in _data_files(each)]
    if not files:
        return None
    # Most runs measure nothing, and need not wait for `coverage`.
    from planc_runtime.report.combined import combine, read

    found = [(each.name, path, read(path)) for each, path in files]
    folder = plan.folder / FOLDER
    percent = combine(plan, folder, [(name, part) for name, _, part in found if part is not None])
    if percent is None:
        return None
    unreadable = [path for _, path, part in found if part is None]
    return Measured(percent, plan.folder / "coverage.xml", folder / "index.html", unreadable)


def _data_files(scenario: ScenarioReport) -> Iterator[Path]:
    folder = scenario.folder / FOLDER
    if folder.is_dir():
        yield from sorted(path for path in folder.rglob("*") if _is_data(path))


def _is_data(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(15) == b"SQLite format 3"
    except OSError:
        return False
