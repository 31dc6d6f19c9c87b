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
from planc.cli.running.catches import catches_in
from planc.cli.running.events import Outcome
from planc.cli.running.matrix import HEALTHY, build
from planc.cli.running.matrix_table import show
from planc.cli.running.session import Ended, Session, Settings, Silent, stopping
from planc.cli.running.verdicts import totals
from planc.cli.verbs.run import LOG, opened_log, shown

if TYPE_CHECKING:
    import argparse

NOTHING_LEFT = 5
"""pytest's exit status when it selected nothing: every scenario of this bug is skipped."""


def main(arguments: Sequence[str]) -> int:
    options = _parser().read(arguments)
    project = Project.of(options.paths)
    options.on = options.on or project.config.backend
    compiled = project.compile(options.paths, options.output_format)
    if compiled is None:
        return FINDINGS
    compiled.require_modules()
    folder = project.reports(options.reports) / "mutate"
    runs = run_all(compiled, options, project.root, folder)
    matrix = build(compiled, runs, lambda bug, outcome: catches_in(folder / bug / outcome.folder))
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
