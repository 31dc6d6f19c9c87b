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
from planc_runtime.report.cycle import named
from planc_runtime.report.lanes import UNKNOWN, Scene
from planc_runtime.report.properties import meaning
from planc_runtime.report.text import seconds

LINKS = 3
"""Of a cycle's arrows, how many are told in the sentence; all are in the picture."""


@dataclass(frozen=True, slots=True)
class Sentences:
    expected: str
    measured: str
    why: str
    line: str = ""
    """The plan's line that decided."""
    meaning: str = ""
    """What that line demands, where it only names a property."""
    also: tuple[ExpectationSummary, ...] = ()
    """What failed besides."""


def sentences(summary: ScenarioSummary, scene: Scene) -> Sentences:
    """Return the three sentences for a scenario; the first line that decided speaks for all."""
    deciding = decider(summary)
    match summary.verdict:
        case ScenarioVerdict.PASSED:
            return _passed(summary)
        case ScenarioVerdict.FAILED if deciding is not None:
            why = _why(deciding, summary, scene)
            also = tuple(
                each
                for each in summary.expectations
                if each.result is Result.FAILED and each is not deciding
            )
            demands = meaning(deciding.text)
            return Sentences(
                _wanted(deciding), deciding.measured, why, deciding.line, demands, also
            )
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
    """Return what the plan says there, in its own words."""
    return expectation.text.removeprefix("expect ") or expectation.wanted


def _why(expectation: ExpectationSummary, summary: ScenarioSummary, scene: Scene) -> str:
    """Say what stood behind a failure: the operation to blame and what its node was then."""
    culprit = culprit_of(expectation)
    circle = _circle(expectation)
    deaths = [line for line in summary.because.splitlines()[1:] if line.startswith("node ")]
    if culprit is not None:
        return _circumstances(culprit, summary, scene)
    if circle:
        return circle
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
    who = f"client {culprit.get('process')}"
    if not node:
        return f"{who}: {culprit.get('text')} at {at:.3f} s"
    lane = scene.lane(node)
    segment = lane.at(at) if lane else None
    known = segment is not None and segment.role != UNKNOWN
    role = f", which was {segment.role} then" if known and segment else ""
    around = list(_around(summary, node, at))
    said = f"{who} asked {node} at {at:.3f} s{role}"
    return said + (f"; {around[0]}" if around else "; no fault was in force")


def _circle(expectation: ExpectationSummary) -> str:
    """Say of a cycle who must come before whom, and why."""
    evidence = expectation.data.get("evidence")
    if not isinstance(evidence, dict) or not evidence.get("edges"):
        return ""
    names = {each.get("id"): str(each.get("label")) for each in evidence.get("operations", ())}
    edges = evidence["edges"]
    steps = []
    for edge in edges[:LINKS]:
        source = names.get(edge.get("source"), "")
        target = names.get(edge.get("target"), "")
        steps.append(f"{source} before {target}: {named(str(edge.get('text')), target)}")
    more = f"; and {len(edges) - LINKS} more" if len(edges) > LINKS else ""
    return f"each must come first: {'; '.join(steps)}{more}"


def _around(summary: ScenarioSummary, node: str, at: float) -> Iterator[str]:
    """Name the faults in force at a moment, those on the node first, or else the one before."""
    faults = sorted(summary.faults, key=lambda fault: node not in fault.targets)
    for fault in faults:
        if _in_force(fault, at):
            since = seconds(at - fault.start)
            on = " on it" if node in fault.targets else ""
            yield f"`{fault.name}` had been in force{on} for {since}"
    over = [f for f in summary.faults if f.end is not None and f.end <= at]
    if over:
        last = max(over, key=lambda fault: fault.end or 0.0)
        yield f"`{last.name}` had ended {seconds(at - (last.end or 0.0))} before"


def _in_force(fault: FaultSummary, at: float) -> bool:
    ends = fault.end is None or at <= fault.end
    return fault.hold is not Hold.SKIPPED and fault.start <= at and ends


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
