"""The verdict first: what was expected, what was measured, and why, in one sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from planc_runtime.history.summary import (
    ExpectationSummary,
    FaultSummary,
    ScenarioSummary,
    ScenarioVerdict,
)
from planc_runtime.history.verdict import Result
from planc_runtime.protocols.evidence import Hold
from planc_runtime.report.lanes import UNKNOWN, Scene


@dataclass(frozen=True, slots=True)
class Sentences:
    expected: str
    measured: str
    why: str
    line: str = ""
    """The plan's line that decided."""


def sentences(summary: ScenarioSummary, scene: Scene) -> Sentences:
    """Return the three sentences for a scenario; the first line that decided speaks for all."""
    deciding = decider(summary)
    match summary.verdict:
        case ScenarioVerdict.PASSED:
            return _passed(summary)
        case ScenarioVerdict.FAILED if deciding is not None:
            why = _why(deciding, summary, scene)
            return Sentences(_wanted(deciding), deciding.measured, why, deciding.line)
        case ScenarioVerdict.INCONCLUSIVE if deciding is not None:
            why = summary.because or "nothing was proven, so nothing is green"
            return Sentences(_wanted(deciding), deciding.measured, why, deciding.line)
        case ScenarioVerdict.INCONCLUSIVE:
            expected = "that every fault takes hold and every expectation gets an answer"
            return Sentences(expected, _faults_in_short(summary), summary.because)
        case ScenarioVerdict.SKIPPED:
            return Sentences("", "nothing: it was not run", summary.because)
        case ScenarioVerdict.INTERRUPTED:
            return Sentences("that the run reaches the end", "it did not", summary.because)
    return Sentences("that the scenario can be run", "it could not be run", summary.because)


def decider(summary: ScenarioSummary) -> ExpectationSummary | None:
    """Return the expectation that made the verdict: the first that failed, or had no answer."""
    for result in (Result.FAILED, Result.INCONCLUSIVE):
        for expectation in summary.expectations:
            if expectation.result is result:
                return expectation
    return None


def _passed(summary: ScenarioSummary) -> Sentences:
    number = len(summary.expectations)
    expected = _count(number, "expectation") if number else "that every step succeeds"
    operations = sum(load.operations for load in summary.workloads)
    measured = "all of them held" if number > 1 else "it held" if number else "every step did"
    if operations:
        measured += f", over {_count(operations, 'operation')}"
    return Sentences(expected, measured, _faults_in_short(summary))


def _faults_in_short(summary: ScenarioSummary) -> str:
    held = sum(fault.hold is Hold.INSTALLED for fault in summary.faults)
    if not summary.faults:
        return "no fault was asked for"
    if held == len(summary.faults):
        proven = "its proof" if held == 1 else "a proof each"
        return f"{_count(held, 'fault')} took hold, with {proven}"
    return f"{held} of {_count(len(summary.faults), 'fault')} took hold"


def _wanted(expectation: ExpectationSummary) -> str:
    return expectation.wanted or expectation.text


def _why(expectation: ExpectationSummary, summary: ScenarioSummary, scene: Scene) -> str:
    """Say what stood behind a failure: the operation to blame and what its node was then."""
    culprit = culprit_of(expectation)
    deaths = [line for line in summary.because.splitlines()[1:] if line.startswith("node ")]
    if culprit is not None:
        return _circumstances(culprit, summary, scene)
    if deaths:
        return deaths[0]
    if expectation.evidence:
        return expectation.evidence[0]
    return summary.because.splitlines()[0] if summary.because else ""


def culprit_of(expectation: ExpectationSummary) -> dict[str, Any] | None:
    evidence = expectation.data.get("evidence")
    operations = evidence.get("operations", ()) if isinstance(evidence, dict) else ()
    return next((each for each in operations if each.get("culprit")), None)


def _circumstances(culprit: dict[str, Any], summary: ScenarioSummary, scene: Scene) -> str:
    at = float(culprit.get("start") or 0.0)
    node = culprit.get("node")
    who = f"process {culprit.get('process')}"
    said = f"{who} {culprit.get('text')} at {at:.3f} s"
    if not node:
        return said
    lane = scene.lane(node)
    segment = lane.at(at) if lane else None
    role = f", which was {segment.role} then" if segment and segment.role != UNKNOWN else ""
    around = list(_around(summary, node, at))
    return f"{said}, on {node}{role}" + (f"; {around[0]}" if around else "")


def _around(summary: ScenarioSummary, node: str, at: float) -> Iterator[str]:
    """Name the faults in force at a moment, those on the node first, or else the one before."""
    faults = sorted(summary.faults, key=lambda fault: node not in fault.targets)
    for fault in faults:
        if _in_force(fault, at):
            yield f"`{fault.name}` was in force" + (" on it" if node in fault.targets else "")
    over = [f for f in summary.faults if f.end is not None and f.end <= at]
    if over:
        last = max(over, key=lambda fault: fault.end or 0.0)
        yield f"`{last.name}` had ended {at - (last.end or 0.0):.3f} s before"


def _in_force(fault: FaultSummary, at: float) -> bool:
    ends = fault.end is None or at <= fault.end
    return fault.hold is not Hold.SKIPPED and fault.start <= at and ends


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
