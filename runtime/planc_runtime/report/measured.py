"""Coverage of one plan: what its nodes and the test process left, combined.

Every scenario leaves data files below its `coverage/` folder: those of the processes that ended,
and those that were saved while they ran, because a node that is killed says no last word. A file
that was cut short by such a death is left out and named; the rest still counts. Contexts tell
which scenario covered a line.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from coverage import Coverage, CoverageData
from coverage.exceptions import CoverageException, CoverageWarning

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
    read = [(each.name, path, _read(path)) for each, path in files]
    parts = [(name, part) for name, _, part in read if part is not None]
    # Branches and lines can't be mixed: one measurement without branches takes them from all.
    branches = all(part.has_arcs() for _, part in parts)
    with tempfile.TemporaryDirectory(dir=plan.folder, prefix=".coverage.") as scratch:
        combined = CoverageData(str(Path(scratch) / "combined"))
        for name, part in parts:
            combined.update(_labelled(part, name, branches))
        combined.write()
        percent = _write(plan, Path(scratch), combined)
    if percent is None:
        return None
    html = plan.folder / FOLDER / "index.html"
    unreadable = [path for _, path, part in read if part is None]
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


def _read(path: Path) -> CoverageData | None:
    """Return the measurements of one process, or None when the file was cut short."""
    part = CoverageData(str(path))
    try:
        part.read()
        for name in part.measured_files():
            part.lines(name)
    except CoverageException:
        return None
    return part


def _labelled(part: CoverageData, scenario: str, branches: bool) -> CoverageData:
    """Return the same measurements under the scenario's name, whatever context they had."""
    labelled = CoverageData(no_disk=True)
    labelled.set_context(scenario)
    files = part.measured_files()
    if branches:
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
        with warnings.catch_warnings():
            # A node may have run code that is gone by now; the rest is still worth a report.
            warnings.simplefilter("ignore", CoverageWarning)
            reader.xml_report(outfile=str(scratch / "coverage.xml"), ignore_errors=True)
            percent = reader.html_report(
                directory=str(scratch / "html"),
                ignore_errors=True,
                show_contexts=True,
                title=f"Coverage of {plan.title}",
            )
    except CoverageException:
        return None
    (scratch / "coverage.xml").replace(plan.folder / "coverage.xml")
    remove_tree(plan.folder / FOLDER)
    (scratch / "html").replace(plan.folder / FOLDER)
    return percent
