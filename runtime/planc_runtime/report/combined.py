"""What `coverage` makes of the measurements of one plan's processes: one, and its reports."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

from coverage import Coverage, CoverageData
from coverage.exceptions import CoverageException, CoverageWarning

from planc_runtime.report.jsonl import remove_tree
from planc_runtime.report.model import PlanReport


def combine(
    plan: PlanReport, folder: Path, parts: Sequence[tuple[str, CoverageData]]
) -> float | None:
    """Write the reports of all parts, each with its scenario's name; return percents covered."""
    # Branches and lines can't be mixed: one measurement without branches takes them from all.
    branches = all(part.has_arcs() for _, part in parts)
    with tempfile.TemporaryDirectory(dir=plan.folder, prefix=".coverage.") as scratch:
        combined = CoverageData(str(Path(scratch) / "combined"))
        for name, part in parts:
            combined.update(_labelled(part, name, branches))
        combined.write()
        return _write(plan, folder, Path(scratch), combined)


def read(path: Path) -> CoverageData | None:
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


def _write(plan: PlanReport, folder: Path, scratch: Path, combined: CoverageData) -> float | None:
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
    remove_tree(folder)
    (scratch / "html").replace(folder)
    return percent
