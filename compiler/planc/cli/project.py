"""What the verbs want of the compiler: a project, its plans, and what compiling them gives.

The verbs talk to the pipeline through this module alone, so that none of them repeats how
diagnostics are shown or how a path that does not exist is explained.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planc.cli.console import colored
from planc.cli.errors import UsageError, suggestion

if TYPE_CHECKING:
    from planc.config import Config
    from planc.diagnostics import Diagnostic
    from planc.diff import Snapshot
    from planc.pipeline import Drift, PlanResult, Result
    from planc.source import Span


@dataclass(frozen=True)
class CompiledScenario:
    title: str
    test: str
    """The name of its function in the module."""
    line: int
    tags: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    catches: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    """Abilities of a backend."""
    cases: int = 0
    """Tests that it becomes; 0 without a table."""


@dataclass(frozen=True)
class CompiledPlan:
    key: str
    """Its folder below the reports': "consensus/first"."""
    title: str
    source: str
    module: Path
    tags: tuple[str, ...]
    scenarios: tuple[CompiledScenario, ...]

    @property
    def bugs(self) -> tuple[str, ...]:
        """Return every planted bug that a scenario claims to catch, in order of appearance."""
        return tuple(dict.fromkeys(bug for each in self.scenarios for bug in each.catches))


@dataclass(frozen=True)
class Compiled:
    plans: tuple[CompiledPlan, ...]

    @property
    def modules(self) -> list[Path]:
        return [plan.module for plan in self.plans]

    @property
    def bugs(self) -> list[str]:
        return list(dict.fromkeys(bug for plan in self.plans for bug in plan.bugs))

    def require_modules(self) -> None:
        """Raise UsageError when there is nothing to run; pytest would look for tests of its own."""
        if not self.plans:
            raise UsageError(
                "no scenario stands in what was named",
                "a library runs with the plans that `use` it: name one of those, or their folder",
            )

    def require_plant(self, bug: str) -> None:
        """Raise UsageError when no scenario claims to catch this bug."""
        if bug not in self.bugs:
            raise UsageError(
                f"no scenario of these plans catches `{bug}`",
                suggestion(bug, self.bugs, f"they catch: {', '.join(self.bugs) or 'nothing'}"),
            )


class Project:
    """A folder with plans, found from where the user stands."""

    def __init__(self, root: Path, config: Config) -> None:
        self.root = root
        self.config = config

    @classmethod
    def find(cls, start: Path | None = None) -> Project:
        """Find the project at or above a folder; raises UsageError for a bad planc.yaml."""
        from planc.config import ConfigError, find_root, load_config

        root = find_root(start or ".")
        try:
            return cls(Path(root), load_config(root))
        except ConfigError as error:
            raise UsageError(str(error)) from error

    @classmethod
    def of(cls, paths: Sequence[str]) -> Project:
        """Find the project of what was named, which may lie elsewhere."""
        first = Path(paths[0]) if paths else Path(".")
        return cls.find(first if first.exists() else None)

    def files(self, paths: Sequence[str]) -> list[Path]:
        """Return the plan files that were named, or all of the project."""
        from planc.cli.paths import plan_files

        if paths:
            return plan_files(paths)
        return plan_files([os.path.relpath(self.root / self.config.plans)])

    def reports(self, wanted: Path | None) -> Path:
        """Return the absolute path of the reports' folder."""
        return wanted.absolute() if wanted is not None else self.root / self.config.reports

    def check(self, paths: Sequence[str], on: Sequence[str] = ()) -> Result:
        """Say what is wrong; with backends named, also what they can't do on this machine."""
        from planc import pipeline

        machine = None
        if on:
            from planc.cli.machine import ThisMachine

            machine = ThisMachine(self.root)
        return pipeline.check(self.files(paths), root=self.root, on=on, machine=machine)

    def generate(self, paths: Sequence[str]) -> Result:
        """Compile in memory."""
        from planc import pipeline

        return pipeline.compile(self.files(paths), root=self.root)

    def compile(self, paths: Sequence[str], output_format: str) -> Compiled | None:
        """Write the modules; None when there are errors, which have been shown."""
        result = self.generate(paths)
        if not result.has_errors:
            put_in_place(result)
        show(result, output_format)
        return None if result.has_errors else compiled(result)


def put_in_place(result: Result) -> list[Drift]:
    """Write what has changed; what could not be written becomes a finding of the result."""
    from planc import pipeline

    try:
        return pipeline.write(result)
    except pipeline.OutputError as error:
        result.add(error.diagnostics)
        return []


def show(result: Result, output_format: str) -> None:
    """Print what was found, in the format that was asked for."""
    from planc.cli.parser import DOCUMENTS

    if result.clean and output_format not in DOCUMENTS:
        return
    from planc.diagnostics.render import render
    from planc.source import load

    diagnostics = result.diagnostics
    paths = {span.path for each in diagnostics for span in _spans(each)}
    root = Path(result.root)
    sources = {path: load(root / path, root) for path in paths}
    text = render(diagnostics, sources, output_format, color=colored(sys.stdout))
    print(text, end="")


def _spans(diagnostic: Diagnostic) -> Iterable[Span]:
    yield diagnostic.span
    yield from (related.span for related in diagnostic.related)


def resolved(project: Project, paths: Sequence[str]) -> Snapshot | None:
    """Return the resolved plans for those who read them; None when some have errors, now shown."""
    from planc.pipeline.snapshots import snapshot

    root = project.root.absolute()
    files = [os.path.relpath(path.absolute(), root).replace(os.sep, "/")
             for path in project.files(paths)]  # fmt: skip
    outside = [path for path in files if path.startswith("../")]
    if outside:
        raise UsageError(f"`{outside[0]}` lies outside the project", "name plans of this project")
    found = snapshot(str(root), files)
    if not found.broken:
        return found
    from planc.diagnostics import Diagnostics
    from planc.diagnostics.render import render

    wrong = Diagnostics(each for held in found.broken.values() for each in held)
    print(render(wrong, found.sources, color=colored(sys.stderr)), end="", file=sys.stderr)
    return None


def compiled(result: Result) -> Compiled:
    """Return what the verbs want to know of the plans; libraries have no tests and drop out."""
    return Compiled(tuple(_plan(result, plan) for plan in result.plans if plan.index is not None))


def _plan(result: Result, plan: PlanResult) -> CompiledPlan:
    index, output = plan.index or {}, plan.output or ""
    scenarios = tuple(
        CompiledScenario(
            title=row["title"],
            test=row["test"],
            line=row["line"],
            tags=tuple(row["tags"]),
            covers=tuple(row["covers"]),
            catches=tuple(row["catches"]),
            needs=tuple(row["abilities"]),
            cases=len(row["cases"]),
        )
        for row in index["scenarios"]
    )
    return CompiledPlan(
        key=key_of(plan.path),
        title=index["title"],
        source=plan.path,
        module=Path(result.root, output),
        tags=tuple(index["tags"]),
        scenarios=scenarios,
    )


def key_of(path: str) -> str:
    """Return a plan's folder below the reports: its path without its root folder and suffix."""
    inside = path.partition("/")[2] or path
    return inside.removesuffix(".plan")
