"""Coverage of one plan: what its nodes and the test process left, combined.

Every scenario leaves data files below its `coverage/` folder: those of the processes that ended,
and those that were saved while they ran, because a node that is killed says no last word. A file
that was cut short by such a death is left out and named; the rest still counts. Contexts tell
which scenario covered a line.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from coverage import Coverage, CoverageData
from coverage.exceptions import CoverageException

from planc_runtime.report.jsonl import remove_tree
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
    with tempfile.TemporaryDirectory(dir=plan.folder, prefix=".coverage.") as scratch:
        combined = CoverageData(str(Path(scratch) / "combined"))
        unreadable = [path for each, path in files if not _add(combined, each.name, path)]
        combined.write()
        percent = _write(plan, Path(scratch), combined)
    if percent is None:
        return None
    html = plan.folder / FOLDER / "index.html"
    return Measured(percent, plan.folder / "coverage.xml", html, unreadable)


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


def _add(combined: CoverageData, scenario: str, path: Path) -> bool:
    """Add one file under the scenario's context; False when it can't be read."""
    try:
        part = CoverageData(str(path))
        part.read()
        labelled = _labelled(part, scenario)
        combined.update(labelled)
    except CoverageException:
        return False
    return True


def _labelled(part: CoverageData, scenario: str) -> CoverageData:
    """Return the same measurements under the scenario's name, whatever context they had."""
    labelled = CoverageData(no_disk=True)
    labelled.set_context(scenario)
    files = part.measured_files()
    if part.has_arcs():
        labelled.add_arcs({name: part.arcs(name) or [] for name in files})
    else:
        labelled.add_lines({name: part.lines(name) or [] for name in files})
    tracers = {name: tracer for name in files if (tracer := part.file_tracer(name))}
    labelled.add_file_tracers(tracers)
    return labelled


def _write(plan: PlanReport, scratch: Path, combined: CoverageData) -> float | None:
    reader = Coverage(data_file=combined.data_filename(), config_file=False, messages=False)
    reader.load()
    try:
        reader.xml_report(outfile=str(scratch / "coverage.xml"), ignore_errors=True)
        percent = reader.html_report(
            directory=str(scratch / "html"),
            ignore_errors=True,
            show_contexts=True,
            title=f"Coverage of {plan.title}",
        )
    except CoverageException:
        return None
    shutil.copyfile(scratch / "coverage.xml", scratch / "ready.xml")
    (scratch / "ready.xml").replace(plan.folder / "coverage.xml")
    remove_tree(plan.folder / FOLDER)
    (scratch / "html").replace(plan.folder / FOLDER)
    return percent
