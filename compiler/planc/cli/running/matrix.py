"""Scenario by planted bug: what each claims to catch, and what it caught.

A scenario is run healthy first. Where that is not green, what it does with a bug proves nothing.
Then every bug is switched on in turn; only `failed` counts as caught: `inconclusive` is not a
catch, because nothing was proven, and neither is an error, because nothing was judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from planc.cli.project import Compiled
from planc.cli.running.catches import Catch, in_order
from planc.cli.running.events import Outcome

HEALTHY = ""
"""Stands for no bug at all."""


class Cell(StrEnum):
    CAUGHT = "caught"
    MISSED = "missed"
    """The scenario passed although the bug was there: a failure of the plan."""
    UNPROVEN = "unproven"
    """Inconclusive, an error, or not run at all."""
    SKIPPED = "skipped"
    NOT_CLAIMED = ""


@dataclass
class Row:
    plan: str
    line: str
    title: str
    claims: tuple[str, ...]
    healthy: list[Outcome] = field(default_factory=list)
    planted: dict[str, list[Outcome]] = field(default_factory=dict)
    broken: dict[str, list[Catch]] = field(default_factory=dict)
    """By bug: the expectations that did not hold, of all cases of the scenario."""

    def cell(self, bug: str) -> Cell:
        """Judge one bug. Of several cases of a scenario one that catches it is enough."""
        if bug not in self.claims:
            return Cell.NOT_CLAIMED
        seen = {outcome.verdict for outcome in self.planted.get(bug, [])}
        if "failed" in seen:
            return Cell.CAUGHT
        if seen and seen <= {"skipped"}:
            return Cell.SKIPPED
        if "passed" in seen and seen <= {"passed", "skipped"}:
            return Cell.MISSED
        return Cell.UNPROVEN

    def caught_by(self, bug: str) -> list[Catch]:
        """Return the expectations that caught a bug, guarantees first."""
        return in_order(self.broken.get(bug, [])) if self.cell(bug) is Cell.CAUGHT else []

    @property
    def place(self) -> str:
        return f"{self.line}  `{self.title}`"

    @property
    def healthy_verdict(self) -> str:
        """Return the gravest verdict of the healthy run; "not run" when there is none."""
        order = ("failed", "error", "interrupted", "inconclusive", "passed", "skipped")
        seen = {outcome.verdict for outcome in self.healthy}
        return next((verdict for verdict in order if verdict in seen), "not run")

    @property
    def skipped(self) -> bool:
        return self.healthy_verdict == "skipped"


@dataclass
class Matrix:
    bugs: Sequence[str]
    rows: Sequence[Row]

    @property
    def findings(self) -> list[str]:
        """Return what is wrong, a sentence each; empty when the plans keep their promises."""
        return [sentence for row in self.rows for sentence in self._findings_of(row)]

    @property
    def remarks(self) -> list[str]:
        """Return what a reviewer should look at, a sentence each, and what is no failure.

        Scenarios that claim to catch nothing: nothing shows that they can fail. And bugs that no
        scenario catches by a guarantee: nothing shows that a plan would notice the harm they do.
        """
        silent = [f"{row.place} catches nothing" for row in self.rows if not row.claims]
        return silent + [words for bug in self.bugs if (words := self._met_by_chance(bug))]

    def _met_by_chance(self, bug: str) -> str:
        """Return what to ask about a bug that no guarantee caught; nothing of others."""
        catches = [catch for row in self.rows for catch in row.caught_by(bug)]
        if not catches or any(catch.is_safety for catch in catches):
            return ""
        kinds = " and ".join(dict.fromkeys(catch.kind for catch in catches))
        first = f"{catches[0].line}  `{catches[0].text}`"
        return f"no guarantee catches `{bug}`, only {kinds} ({first}): is that what it breaks?"

    def _findings_of(self, row: Row) -> Iterable[str]:
        where = row.place
        if row.healthy_verdict not in ("passed", "skipped"):
            yield f"{where} is not green on the healthy system: {row.healthy_verdict}"
        if row.skipped:
            return
        for bug in row.claims:
            match row.cell(bug):
                case Cell.MISSED:
                    yield f"{where} passes although `{bug}` is planted"
                case Cell.UNPROVEN:
                    yield f"{where} proves nothing about `{bug}`: {_why(row, bug)}"


Evidence = Callable[[str, Outcome], Sequence[Catch]]
"""What did not hold in a run with this bug that ended so."""


def build(
    compiled: Compiled,
    runs: Mapping[str, Sequence[Outcome]],
    evidence: Evidence = lambda bug, outcome: (),
) -> Matrix:
    """Return the matrix of these runs: bug -> outcomes, HEALTHY for the run without one."""
    rows: dict[tuple[str, str], Row] = {}
    for plan in compiled.plans:
        name = plan.source.rpartition("/")[2]
        for scenario in plan.scenarios:
            line = f"{name}:{scenario.line}"
            rows[plan.key, scenario.test] = Row(plan.key, line, scenario.title, scenario.catches)
    for bug, outcomes in runs.items():
        for outcome in outcomes:
            row = rows.get((outcome.plan, outcome.function))
            if row is None:
                continue
            if bug == HEALTHY:
                row.healthy.append(outcome)
            else:
                row.planted.setdefault(bug, []).append(outcome)
                if outcome.verdict == "failed":
                    row.broken.setdefault(bug, []).extend(evidence(bug, outcome))
    return Matrix([bug for bug in runs if bug != HEALTHY], list(rows.values()))


def _why(row: Row, bug: str) -> str:
    reasons = [
        o.because for o in row.planted.get(bug, []) if o.verdict not in ("passed", "skipped")
    ]
    return reasons[0] if reasons else "it did not run"
