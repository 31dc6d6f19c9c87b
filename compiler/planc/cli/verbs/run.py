"""`planc run`: compile the plans, run the tests, show the verdicts."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from planc.cli import CLEAN, FINDINGS, INCONCLUSIVE
from planc.cli.console import rich_console, width_of_text
from planc.cli.errors import UsageError
from planc.cli.parser import Parser, factor, whole_number
from planc.cli.project import Compiled, Project
from planc.cli.running import verdicts
from planc.cli.running.display import watching
from planc.cli.running.events import Outcome
from planc.cli.running.gating import catalogue, pass_gates
from planc.cli.running.profile import choose, complete, gates_of
from planc.cli.running.session import Ended, Session, Settings, stopping

if TYPE_CHECKING:
    import argparse

LOG = "pytest.log"
MANY = 5
"""Files whose paths are still listed one by one."""
TAIL = 40
"""Lines of pytest's own output that are shown when it could not run."""
INTERRUPTED = 2
NO_TESTS = 5
"""pytest's exit statuses: somebody stopped it; nothing was selected."""


def main(arguments: Sequence[str]) -> int:
    own, extra = split(arguments)
    options = _parser().read(own)
    project = Project.of(options.paths)
    profile = choose(project.config, options.profile)
    complete(options, project.config, profile)
    if options.n:
        require_xdist()
    compiled = project.compile(options.paths, options.output_format)
    if compiled is None:
        return FINDINGS
    compiled.require_modules()
    settings = _settings(options, project, compiled, extra)
    wanted, rows = gates_of(project.config, profile), catalogue(project)
    with opened_log(settings.reports) as log, watching() as watcher:
        session = Session(settings, watcher, log)
        with stopping(session.stop):
            ended = session.run()
    status = conclude(ended, settings, compiled, repeat=options.repeat)
    return pass_gates(
        project,
        wanted,
        rows,
        options.profile,
        compiled,
        ended.outcomes,
        settings.reports,
        rich_console(width=width_of_text()),
        status,
    )


def split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return planc's arguments and, from behind `--`, pytest's."""
    own = list(arguments)
    if "--" not in own:
        return own, []
    at = own.index("--")
    return own[:at], own[at + 1 :]


def require_xdist() -> None:
    """Raise UsageError where tests can't be run in several processes."""
    if importlib.util.find_spec("xdist") is None:
        raise UsageError("`-n` needs pytest-xdist", "python -m pip install pytest-xdist")


def _parser() -> Parser:
    parser = Parser("run", "Compile plans, run their scenarios, report.")
    parser.paths()
    parser.backend()
    parser.add_argument("--profile", metavar="NAME", help="a profile of planc.yaml")
    parser.add_argument("--seed", type=whole_number(0), help="replay the run of this seed")
    parser.add_argument("-k", metavar="EXPR", help="only scenarios whose test name matches")
    parser.add_argument("-m", metavar="EXPR", help="only scenarios with these tags")
    parser.add_argument("-x", action="store_true", help="stop at the first failure")
    parser.add_argument("-n", metavar="N", help="run in N processes (needs pytest-xdist)")
    parser.add_argument(
        "--repeat", type=whole_number(1), metavar="N", help="N times; shows flake rates"
    )
    parser.add_argument(
        "--stretch", type=factor, metavar="F", help="load and troubles last F times as long"
    )
    parser.add_argument("--reports", type=Path, metavar="DIR")
    parser.add_argument("--plant", metavar="BUG", help="switch a planted bug on")
    parser.add_argument(
        "--new-baseline", action="store_true", help="forget the runs kept as a baseline"
    )
    parser.switch("--coverage", "measure the nodes' Python code", default=None)
    parser.output_format()
    return parser


def _settings(
    options: argparse.Namespace, project: Project, compiled: Compiled, extra: Sequence[str]
) -> Settings:
    if options.plant:
        compiled.require_plant(options.plant)
    return Settings(
        modules=compiled.modules,
        reports=project.reports(options.reports),
        backend=options.on,
        root=project.root,
        seed=options.seed,
        plant=options.plant,
        repeat=options.repeat,
        stretch=options.stretch,
        new_baseline=options.new_baseline,
        coverage=options.coverage,
        extra=[*pytest_options(options), *extra],
    )


def pytest_options(options: argparse.Namespace) -> list[str]:
    chosen = [
        part for name in "kmn" if (value := getattr(options, name)) for part in (f"-{name}", value)
    ]
    return [*chosen, "-x"] if options.x else chosen


def opened_log(reports: Path) -> IO[bytes]:
    """Open the file that pytest's own output goes to; proves that the reports can be written."""
    try:
        reports.mkdir(parents=True, exist_ok=True)
        return (reports / LOG).open("wb")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(
            f"the reports can't be written: {shown(Path(error.filename or reports))}: {reason}",
            "write them elsewhere: --reports DIR",
        ) from error


def conclude(ended: Ended, settings: Settings, compiled: Compiled, repeat: int) -> int:
    """Show what came out and return planc's exit status."""
    if not ended.progress.finished:
        _assemble(settings)
    if ended.progress.running or not ended.progress.finished:
        _add_unfinished(ended, settings, compiled)
    outcomes = sorted(ended.outcomes, key=place_in_plan)
    console = rich_console(width=width_of_text())
    if outcomes:
        verdicts.show_failures(console, outcomes, settings.reports)
        console.print()
        table = verdicts.show_table if repeat == 1 else verdicts.show_flakes
        table(console, outcomes)
        _show_paths(ended, settings, compiled)
    return status_of(ended, settings)


def _assemble(settings: Settings) -> None:
    """Make the reports of a run that died before it could."""
    command = [sys.executable, "-m", "planc_runtime.report", str(settings.reports)]
    subprocess.run(command, check=False, capture_output=True, cwd=settings.root)


def _add_unfinished(ended: Ended, settings: Settings, compiled: Compiled) -> None:
    """Add the scenarios that were running when the run ended: they did not say how they ended."""
    if ended.progress.expected is not None:
        known = {outcome.folder for outcome in ended.outcomes}
        left = verdicts.left_behind(settings.reports, [plan.key for plan in compiled.plans])
        ended.outcomes.extend(each for each in left if each.folder not in known)


def _show_paths(ended: Ended, settings: Settings, compiled: Compiled) -> None:
    print()
    print(f"{verdicts.totals(ended.outcomes)} in {ended.wall:.1f} s", end="")
    print(f" on {settings.backend}, {verdicts.seeds(ended.outcomes)}")
    print(f"report: {shown(settings.reports / 'index.html')}")
    files = [settings.reports / plan.key / "junit.xml" for plan in compiled.plans]
    files = [path for path in files if path.exists()]
    if len(files) > MANY:
        print(f"junit:  {shown(settings.reports)}/*/**/junit.xml ({len(files)} files)")
        return
    for path in files:
        print(f"junit:  {shown(path)}")


def place_in_plan(outcome: Outcome) -> tuple[str, int]:
    """Order outcomes as the plans do; several processes finish them in any order."""
    line = outcome.line.rpartition(":")[2]
    return outcome.plan, int(line) if line.isdecimal() else 0


def status_of(ended: Ended, settings: Settings) -> int:
    """Return the exit status of a run; raises UsageError when it could not run to its end."""
    if ended.progress.trouble:
        raise UsageError(ended.progress.trouble, ended.progress.help)
    if ended.interrupted or (ended.status == INTERRUPTED and ended.progress.running):
        raise UsageError("the run was interrupted", "everything it had started was cleaned up")
    if ended.status == NO_TESTS:
        raise UsageError("no scenario was selected", "`planc list` shows names, tags and bugs")
    if ended.status == 0:
        return CLEAN
    if ended.status == 1 and ended.outcomes:
        not_green = {each.verdict for each in ended.outcomes} - {"passed", "skipped"}
        return INCONCLUSIVE if not_green == {"inconclusive"} else FINDINGS
    if ended.status < 0:
        raise UsageError(
            f"the run was killed by {_signal_name(-ended.status)}", _log_help(settings)
        )
    print(_tail(settings.reports / LOG), file=sys.stderr)
    raise UsageError(f"pytest could not run (exit status {ended.status})", _log_help(settings))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _log_help(settings: Settings) -> str:
    return f"its output is in {shown(settings.reports / LOG)}"


def _tail(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-TAIL:])


def shown(path: Path) -> str:
    """Return a path as the user would type it: relative where that is shorter."""
    relative = os.path.relpath(path)
    return relative if len(relative) < len(str(path)) else str(path)
