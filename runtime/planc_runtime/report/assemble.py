"""The body of reporting: read the scenarios' folders, write everything that is made from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from planc_runtime.files import write_whole
from planc_runtime.history.summary import Record
from planc_runtime.report import gates, html, junit, machine, markdown, trends
from planc_runtime.report.collect import read_run
from planc_runtime.report.files import probe, reporting
from planc_runtime.report.jsonl import join_lines, remove_tree
from planc_runtime.report.measured import measure
from planc_runtime.report.model import PlanReport, RunReport

INDEX = "index.html"


@dataclass(frozen=True)
class Assembled:
    run: RunReport
    index: Path


def begin(reports: Path, plans: Iterable[str]) -> None:
    """Prepare the folder for a run of these plans (their keys).

    What an earlier run left of them goes, so that what stands there is one run's, and so do the
    gates that run was held to; other plans stay. Raises CannotRun when the folder can't be written.
    """
    with reporting(reports):
        probe(reports)
        remove_tree(reports / gates.FILE)
        for key in plans:
            folder = reports / key
            if not folder.resolve().is_relative_to(reports.resolve()) or folder == reports:
                continue
            for name in ("scenarios", "coverage", *_FILES):
                remove_tree(folder / name)


_FILES = (
    "coverage.xml",
    "events.jsonl",
    "history.jsonl",
    "index.html",
    "junit.xml",
    "summary.json",
)


def assemble(reports: Path) -> Assembled:
    """Write the reports of every plan and the pages over all of them.

    Raises CannotRun when something can't be written; files already written stay whole.
    """
    with reporting(reports):
        run = read_run(reports)
        judged = gates.read(reports)
        views = [_assemble_plan(plan, judged) for plan in run.plans]
        summary, told = _json(machine.run_summary(run)), markdown.render(run)
        if judged is not None:
            summary = gates.in_json(summary, judged)
            told = gates.in_markdown(told, judged)
        write_whole(reports / "summary.json", summary)
        write_whole(reports / "summary.md", told)
        known = trends.remember(reports, run.plans)
        write_whole(reports / INDEX, html.render_index(run, views, known, judged))
    return Assembled(run, reports / INDEX)


def _assemble_plan(plan: PlanReport, judged: gates.Gates | None) -> html.PlanView:
    join_lines(plan)
    measured = measure(plan)
    write_whole(plan.folder / "junit.xml", junit.render(plan))
    write_whole(plan.folder / "summary.json", _json(machine.plan_summary(plan)))
    view = html.view(plan, measured)
    write_whole(plan.folder / INDEX, html.render_plan(view, judged))
    return view


def _json(record: Record) -> str:
    return record.model_dump_json(indent=2) + "\n"
