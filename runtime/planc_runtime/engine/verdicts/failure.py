"""A failure in words: the plan's line first, then what was measured, wanted and seen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planc_runtime.history.summary import ExpectationSummary, ScenarioSummary
from planc_runtime.history.verdict import Result
from planc_runtime.protocols.evidence import Hold

_PLACE = re.compile(r"\S+\.plan:\d+: ")


class ScenarioFailed(Exception):
    """A scenario that is not green; its text is all that there is to say."""

    def __init__(self, summary: ScenarioSummary) -> None:
        super().__init__(render(summary))
        self.summary = summary


def headline(summary: ScenarioSummary) -> str:
    """Return one line: where in the plan, and what it says there."""
    for expectation in _not_passed(summary):
        return f"{expectation.line}: {expectation.text} ({expectation.measured})"
    return _reason(summary)


def render(summary: ScenarioSummary) -> str:
    """Return the whole text of a scenario that is not green."""
    return "\n".join(_lines(summary))


def _lines(summary: ScenarioSummary) -> Iterator[str]:
    expectations = list(_not_passed(summary))
    for expectation in expectations:
        yield from _expectation(expectation)
    first = f"{expectations[0].line}: {expectations[0].text}" if expectations else None
    if first is None or not summary.because.startswith(first):
        yield from ["", *_reason(summary).splitlines()] if expectations else [_reason(summary)]
    elif deaths := summary.because.splitlines()[1:]:
        yield from deaths
    for statement in summary.not_reached:
        yield f"not reached: {statement.line}: {statement.text}"
    missed = [fault for fault in summary.faults if fault.hold is not Hold.INSTALLED]
    for fault in missed:
        yield f"fault {fault.hold.value}: {fault.line}: {fault.name}: {fault.proof}"
    yield ""
    yield f"scenario: {summary.title} ({summary.line})"
    planted = f", with {summary.planted} planted" if summary.planted else ""
    yield f"seed {summary.seed} on {summary.backend}{planted}; again with:"
    yield f"    {summary.replay}"


def _reason(summary: ScenarioSummary) -> str:
    """Return why a scenario is not green, behind a line of the plan whatever it is."""
    if not summary.line or _PLACE.match(summary.because):
        return summary.because
    return f"{summary.line}: {summary.because}"


def _not_passed(summary: ScenarioSummary) -> Iterator[ExpectationSummary]:
    """Failures first, then what nothing is known of."""
    for result in (Result.FAILED, Result.INCONCLUSIVE):
        yield from (e for e in summary.expectations if e.result is result)


def _expectation(expectation: ExpectationSummary) -> Iterator[str]:
    word = "" if expectation.result is Result.FAILED else f" [{expectation.result.value}]"
    yield f"{expectation.line}: {expectation.text}{word}"
    yield f"    measured: {expectation.measured}"
    if expectation.wanted:
        yield f"    wanted:   {expectation.wanted}"
    if expectation.evidence:
        yield "    evidence:"
        for piece in expectation.evidence:
            yield from (f"        {line}" for line in piece.splitlines())
