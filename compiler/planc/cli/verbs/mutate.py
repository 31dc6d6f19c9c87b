"""`planc mutate`: do the scenarios catch the bugs they say they catch?

One healthy run, then one run per planted bug, as many at a time as there are cores. Each run has
reports of its own below reports/mutate/.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from planc.cli import CLEAN, FINDINGS
from planc.cli.console import rich_console
from planc.cli.errors import UsageError
from planc.cli.parser import Parser, whole_number
from planc.cli.project import Compiled, Project
from planc.cli.running import matrix_files
from planc.cli.running.display import STYLE
from planc.cli.running.events import Outcome
from planc.cli.running.matrix import HEALTHY, Cell, Matrix, build
from planc.cli.running.session import Ended, Session, Settings, Silent, stopping
from planc.cli.running.verdicts import totals
from planc.cli.verbs.run import LOG, opened_log, shown

if TYPE_CHECKING:
    import argparse

    from rich.console import Console
    from rich.text import Text

NOTHING_LEFT = 5
"""pytest's exit status when it selected nothing: every scenario of this bug is skipped."""
SIGN = {
    Cell.CAUGHT: ("✓", "green"),
    Cell.MISSED: ("✗", "bold red"),
    Cell.UNPROVEN: ("?", "yellow"),
    Cell.SKIPPED: ("-", "bright_black"),
    Cell.NOT_CLAIMED: ("·", "bright_black"),
}
ROOM = 60
"""Columns of the terminal that are left to the scenarios' titles."""


def main(arguments: Sequence[str]) -> int:
    options = _parser().read(arguments)
    project = Project.of(options.paths)
    options.on = options.on or project.config.backend
    compiled = project.compile(options.paths, options.output_format)
    if compiled is None:
        return FINDINGS
    folder = project.reports(options.reports) / "mutate"
    runs = run_all(compiled, options, project.root, folder)
    matrix = build(compiled, runs)
    show(rich_console(), matrix)
    for path in matrix_files.write(matrix, folder):
        print(f"report: {shown(path)}")
    return FINDINGS if matrix.findings else CLEAN


def _parser() -> Parser:
    parser = Parser("mutate", "Run scenarios against the bugs they claim to catch.")
    parser.paths()
    parser.backend()
    parser.add_argument("--seed", type=whole_number(0), help="of every run")
    parser.add_argument(
        "-n", type=whole_number(1), default=None, metavar="N", help="runs at the same time"
    )
    parser.add_argument("--reports", type=Path, metavar="DIR")
    parser.output_format()
    return parser


def run_all(
    compiled: Compiled, options: argparse.Namespace, root: Path, folder: Path
) -> dict[str, Sequence[Outcome]]:
    """Run everything once healthy, and once per bug the plans that claim to catch it."""
    bugs = (HEALTHY, *compiled.bugs)
    settings = [_settings(compiled, bug, options, root, folder) for bug in bugs]
    # Real processes share the machine's time: side by side they would disturb each other.
    workers = options.n or ((os.cpu_count() or 1) if options.on == "sim" else 1)
    runs = _Runs()
    with ThreadPoolExecutor(workers) as pool, stopping(runs.stop):
        futures = [pool.submit(runs.run, each) for each in settings]
        ended = [future.result() for future in futures]
    if runs.stopped:
        raise UsageError("the runs were interrupted", "everything they had started was cleaned up")
    return {bug: done.outcomes for bug, done in zip(bugs, ended, strict=True)}


def _settings(
    compiled: Compiled, bug: str, options: argparse.Namespace, root: Path, folder: Path
) -> Settings:
    return Settings(
        modules=[plan.module for plan in compiled.plans if bug == HEALTHY or bug in plan.bugs],
        reports=folder / (bug or "healthy"),
        backend=options.on,
        root=root,
        seed=options.seed,
        plant=bug or None,
    )


class _Runs:
    """Several sessions at the same time that stop together."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.stopped = False
        self.lock = threading.Lock()

    def run(self, settings: Settings) -> Ended:
        with opened_log(settings.reports) as log:
            session = Session(settings, Silent(), log)
            self.sessions.append(session)
            if self.stopped:
                raise UsageError("the runs were interrupted")
            ended = session.run()
        self._tell(settings, ended)
        return ended

    def stop(self) -> None:
        self.stopped = True
        for session in self.sessions:
            session.stop()

    def _tell(self, settings: Settings, ended: Ended) -> None:
        name = f"with {settings.plant} planted" if settings.plant else "healthy"
        result = totals(ended.outcomes) or "no scenario ran"
        with self.lock:
            print(f"ran {name}: {result} ({ended.wall:.1f} s)", flush=True)
            if ended.status not in (0, 1, NOTHING_LEFT) and not ended.outcomes:
                print(
                    f"  {ended.progress.trouble or 'pytest could not run'}; its output is in"
                    f" {shown(settings.reports / LOG)}"
                )


def show(console: Console, matrix: Matrix) -> None:
    console.print()
    show_table(console, matrix)
    console.print()
    for remark in matrix.remarks:
        console.print(f"note: {remark}", style="bright_black", soft_wrap=True)
    for finding in matrix.findings:
        console.print(f"finding: {finding}", style="bold red", soft_wrap=True)
    if not matrix.findings:
        console.print("every planted bug is caught by the scenarios that claim it", style="green")


def show_table(console: Console, matrix: Matrix) -> None:
    """Print the matrix; where the bugs' names need too much room, by number, with a legend."""
    from rich.table import Table
    from rich.text import Text

    named = sum(max(len(bug), 8) + 2 for bug in matrix.bugs) <= console.width - ROOM
    heads = list(matrix.bugs) if named else [str(n + 1) for n in range(len(matrix.bugs))]
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    left = console.width - 16 - sum(max(len(head), 2) + 2 for head in heads)
    table.add_column(
        "scenario",
        overflow="fold" if named else "ellipsis",
        no_wrap=not named,
        max_width=None if named else max(left, 20),
    )
    table.add_column("healthy", no_wrap=True, min_width=12)
    for head in heads:
        table.add_column(head, no_wrap=True, min_width=max(len(head), 2))
    for row in matrix.rows:
        cells = [sign(row.cell(bug), named) for bug in matrix.bugs]
        verdict = Text(row.healthy_verdict, STYLE.get(row.healthy_verdict, ""))
        table.add_row(Text(f"{row.line}  {row.title}"), verdict, *cells)
    console.print(table)
    if not named:
        console.print()
        console.print("  ".join(f"{mark} {cell}" for cell, (mark, _) in SIGN.items() if cell))
        for head, bug in zip(heads, matrix.bugs, strict=True):
            console.print(f"{head:>4}  {bug}")


def sign(cell: Cell, in_words: bool) -> Text:
    from rich.text import Text

    mark, style = SIGN[cell]
    loud = cell.upper() if cell is Cell.MISSED else cell.value
    return Text((loud or mark) if in_words else mark, style)
