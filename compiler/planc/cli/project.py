"""What the verbs want of the compiler: a project, its plans, and what compiling them gives.

The verbs talk to the pipeline through this module alone, so that none of them repeats how
diagnostics are shown or how a path that does not exist is explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planc.cli.errors import UsageError, suggestion


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


@dataclass(frozen=True)
class CompiledPlan:
    key: str
    """Its folder below the reports': "consensus/first"."""
    title: str
    source: str
    module: Path
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

    def require_plant(self, bug: str) -> None:
        """Raise UsageError when no scenario claims to catch this bug."""
        if bug not in self.bugs:
            raise UsageError(
                f"no scenario of these plans catches `{bug}`",
                suggestion(bug, self.bugs, f"they catch: {', '.join(self.bugs) or 'nothing'}"),
            )


class Project:
    """A folder with plans, found from where the user stands."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def find(cls) -> Project:
        raise NotImplementedError

    def compile(self, paths: Sequence[str], output_format: str, backend: str) -> Compiled | None:
        raise NotImplementedError
