"""Quality gates: what a whole run must reach, each with what was measured beside what was wanted.

A gate passes, fails, or cannot be told: what was not measured is neither. Rates are shares of the
scenarios that ran; those that were skipped did not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from planc.cli import CLEAN, FINDINGS, INCONCLUSIVE
from planc.cli.project import Compiled
from planc.cli.running.coverage import Covered, lines_covered
from planc.cli.running.events import Outcome
from planc.cli.running.flakes import wilson

if TYPE_CHECKING:
    from planc.cli.running.weakening import Weakening
    from planc.config.schema import Gates


class State(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "can't tell"


@dataclass(frozen=True, slots=True)
class Gate:
    name: str
    state: State
    measured: str
    wanted: str
    details: Sequence[str] = ()
    """What a failed gate failed for, a line each."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What gates look at."""

    outcomes: Sequence[Outcome]
    compiled: Compiled
    reports: Path
    catalogue: Sequence[str] | None = None
    """All rows there are; None: those that the plans name."""
    weakening: Callable[[str], Weakening] | None = None
    """Compares the plans with those at a git ref."""


def judge(wanted: Gates, measured: Measured) -> list[Gate]:
    """Return the gates that were asked for, in a fixed order."""
    ran = [each.verdict for each in measured.outcomes if each.verdict != "skipped"]
    gates = []
    if wanted.success_rate is not None:
        gates.append(_success(ran, wanted.success_rate))
    if wanted.inconclusive_rate is not None:
        gates.append(_inconclusive(ran, wanted.inconclusive_rate))
    if wanted.code_coverage is not None:
        files = [measured.reports / plan.key / "coverage.xml" for plan in measured.compiled.plans]
        gates.append(_code(lines_covered(files), wanted.code_coverage))
    if wanted.plan_coverage is not None:
        gates.append(_rows(measured, wanted.plan_coverage))
    if wanted.weakening is not None and measured.weakening is not None:
        gates.append(_weakening(measured.weakening(wanted.weakening), wanted.weakening))
    return gates


def status(
    wanted: Gates, gates: Sequence[Gate], outcomes: Sequence[Outcome], otherwise: int
) -> int:
    """Return the run's exit status: a rate that is gated is no longer judged one by one."""
    states = {gate.state for gate in gates}
    if State.FAILED in states:
        return FINDINGS
    if otherwise != CLEAN and all(each.green for each in outcomes):
        # Not a scenario failed but what was left of one, or the run itself: no rate excuses that.
        return otherwise
    if wanted.success_rate is not None:
        otherwise = CLEAN
    elif wanted.inconclusive_rate is not None:
        bad = any(not each.green and each.verdict != "inconclusive" for each in outcomes)
        otherwise = FINDINGS if bad else CLEAN
    return INCONCLUSIVE if otherwise == CLEAN and State.UNKNOWN in states else otherwise


def _success(ran: Sequence[str], share: float) -> Gate:
    passed = ran.count("passed")
    wanted = f"at least {percent(share)}"
    if not ran:
        return Gate("success rate", State.UNKNOWN, "no scenario ran", wanted)
    return Gate("success rate", _at_least(passed, len(ran), share), _rate(passed, ran), wanted)


def _inconclusive(ran: Sequence[str], share: float) -> Gate:
    open_ = ran.count("inconclusive")
    wanted = f"at most {percent(share)}"
    if not ran:
        return Gate("inconclusive rate", State.UNKNOWN, "no scenario ran", wanted)
    state = State.PASSED if open_ <= share * len(ran) + _EXACT else State.FAILED
    return Gate("inconclusive rate", state, _rate(open_, ran), wanted)


def _code(covered: Covered, share: float) -> Gate:
    wanted = f"at least {percent(share)} of lines"
    if not covered.lines:
        return Gate("code coverage", State.UNKNOWN, "no line was measured", wanted)
    measured = f"{percent(covered.hit / covered.lines)} of {covered.lines:,} lines"
    state = _at_least(covered.hit, covered.lines, share)
    worst = [
        f"{os.path.relpath(name)}: {hit} of {lines} lines" for name, hit, lines in covered.worst
    ]
    return Gate("code coverage", state, measured, wanted, _if_failed(state, worst))


def _rows(measured: Measured, share: float) -> Gate:
    wanted = f"at least {percent(share)} of rows"
    named = {row for plan in measured.compiled.plans for each in plan.scenarios
             for row in each.covers}  # fmt: skip
    rows = named if measured.catalogue is None else set(measured.catalogue)
    if not rows:
        return Gate("plan coverage", State.UNKNOWN, "no plan says what it covers", wanted)
    proven = rows & _proven_rows(measured)
    state = _at_least(len(proven), len(rows), share)
    text = f"{percent(len(proven) / len(rows))}, {len(proven)} of {len(rows)} rows"
    missing = [f"{row}: {'not passed' if row in named else 'no scenario covers it'}"
               for row in sorted(rows - proven)]  # fmt: skip
    return Gate("plan coverage", state, text, wanted, _if_failed(state, missing))


def _proven_rows(measured: Measured) -> set[str]:
    """Return the rows with a scenario that passed, and none that ran and is not green."""
    covers = {(plan.key, each.test): each.covers
              for plan in measured.compiled.plans for each in plan.scenarios}  # fmt: skip
    good: set[str] = set()
    bad: set[str] = set()
    for outcome in measured.outcomes:
        rows = covers.get((outcome.plan, outcome.function), ())
        if outcome.verdict == "passed":
            good.update(rows)
        elif not outcome.green:
            bad.update(rows)
    return good - bad


def _weakening(found: Weakening, ref: str) -> Gate:
    wanted = f"nothing weaker than at {ref}"
    if found.trouble:
        return Gate("weakening", State.UNKNOWN, found.trouble, wanted)
    count = len(found.weaker)
    state = State.FAILED if count else State.PASSED
    text = f"{count or 'no'} change{'' if count == 1 else 's'} for the weaker"
    if found.allowed:
        text += f", {found.allowed} allowed in the plans"
    return Gate("weakening", state, text, wanted, found.weaker)


_EXACT = 1e-9
"""What a product of floating-point numbers may be wrong by: 98 % of 50 is 49."""


def _at_least(hits: int, of: int, share: float) -> State:
    return State.PASSED if hits >= share * of - _EXACT else State.FAILED


def _rate(hits: int, ran: Sequence[str]) -> str:
    low, high = wilson(hits, len(ran))
    return (
        f"{percent(hits / len(ran))}, {hits} of {len(ran)}"
        f" (95 % interval {percent(low)} to {percent(high)})"
    )


def _if_failed(state: State, details: Iterable[str]) -> Sequence[str]:
    return list(details) if state is State.FAILED else ()


def percent(share: float) -> str:
    """Return a share as people write it; one that is not whole never looks as if it were."""
    for digits in (1, 2, 3, 6):
        text = f"{share * 100:.{digits}f}"
        if (float(text) == 100) == (share == 1) and (float(text) == 0) == (share == 0):
            break
    return f"{text.rstrip('0').rstrip('.')} %"
