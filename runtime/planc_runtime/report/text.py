"""The same in plain text: a failure as a reader of a terminal or of JUnit wants to see it."""

from __future__ import annotations

from collections.abc import Iterator

from planc_runtime.history.summary import ExpectationSummary, ScenarioSummary, ScenarioVerdict
from planc_runtime.history.verdict import Result
from planc_runtime.protocols.evidence import Hold
from planc_runtime.report.model import GRAVEST_FIRST, RunReport

EVIDENCE_LINES = 30
"""More than this is in summary.json and on the plan's page."""


def describe(summary: ScenarioSummary) -> str:
    """Return why a scenario is not green: the plan's lines first, then what was seen."""
    lines = [f"{summary.line}  scenario {summary.title!r}".strip()]
    if summary.because:
        lines.append(f"{summary.verdict}: {summary.because}")
    for expectation in summary.expectations:
        if expectation.result is not Result.PASSED:
            lines += ["", *_expectation(expectation)]
    missed = [fault for fault in summary.faults if fault.hold is not Hold.INSTALLED]
    lines += [f"{each.line}  {each.name}: {each.hold}: {each.proof}" for each in missed]
    lines += [f"{each.line}  {each.text}  (not reached)" for each in summary.not_reached]
    lines += [f"network of {condition}" for condition in summary.conditions]
    if summary.replay:
        lines += ["", f"replay: {summary.replay}"]
    return "\n".join(lines)


def _expectation(expectation: ExpectationSummary) -> Iterator[str]:
    yield f"{expectation.line}  {expectation.text}"
    yield f"    measured: {expectation.measured}"
    if expectation.wanted:
        yield f"    wanted:   {expectation.wanted}"
    yield from (f"    {line}" for line in expectation.evidence[:EVIDENCE_LINES])
    if len(expectation.evidence) > EVIDENCE_LINES:
        yield f"    ... and {len(expectation.evidence) - EVIDENCE_LINES} more lines"


def totals(run: RunReport) -> str:
    """Return the counts in one line: "1 failed, 11 passed"."""
    named = [f"{run.counts[v]} {v}" for v in GRAVEST_FIRST if run.counts[v]]
    return ", ".join(named) or "no scenarios"


def table(run: RunReport) -> str:
    """Return all verdicts, a line each, grouped by plan."""
    lines: list[str] = []
    for plan in run.plans:
        lines.append(f"{plan.source}  {plan.title}")
        for scenario in plan.scenarios:
            summary = scenario.summary
            lines.append(f"  {summary.verdict:<12} {seconds(summary.wall):>8}  {summary.title}")
            if summary.because and summary.verdict is not ScenarioVerdict.PASSED:
                lines.append(f"  {'':<12} {'':>8}  {summary.because}")
    return "\n".join([*lines, totals(run)])


def seconds(value: float) -> str:
    """Return a duration the way people write it: "340 ms", "12.3 s", "2 min 5 s"."""
    if 0 < value < 0.01:
        return f"{value * 1000:.2f} ms"
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 120:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"
