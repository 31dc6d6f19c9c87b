"""A comparison as diagnostics, and so in every format that diagnostics have.

A change stands where the plan reads differently now; of what is gone, at the head of the plan that
has lost it, with the previous line beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.diagnostics import Diagnostic, Diagnostics, Related, Severity
from planc.diagnostics.render import render as show
from planc.diff.change import KINDS, Change, Verdict
from planc.diff.compare import Comparison
from planc.diff.render import Context
from planc.diff.render.words import reach
from planc.source import Span

CODES = {
    Verdict.WEAKER: "PLC0801",
    Verdict.DIFFERENT: "PLC0802",
    Verdict.STRONGER: "PLC0803",
    Verdict.NEUTRAL: "PLC0804",
}


def render(comparison: Comparison, context: Context, output_format: str) -> str:
    return show(Diagnostics(findings(comparison, context)), context.sources, output_format)


def findings(comparison: Comparison, context: Context) -> Iterator[Diagnostic]:
    """Yield every change, and what is wrong with present plans that could not be compared."""
    for each in comparison.changes:
        yield finding(each, context)
    for broken in comparison.broken:
        if broken.side == "current":
            yield from broken.diagnostics


def finding(change: Change, context: Context) -> Diagnostic:
    place = change.new_span
    related: tuple[Related, ...] = ()
    if place is None:
        place = Span(change.plan, 0, 0, 1, 1, 1, 1)
    if change.old_span is not None:
        related = (Related(change.old_span, "as it was"),)
    where = f'"{change.scenario}": ' if change.scenario is not None else ""
    notes = [reach(change, all=True), KINDS[change.kind]]
    if change.allowed is not None:
        notes.insert(0, f'allowed: "{change.allowed.reason}"')
    return Diagnostic(
        CODES[change.verdict],
        f"{change.verdict}: {where}{change.text}",
        place,
        notes=tuple(each for each in notes if each),
        help=_way_out(change, context) if change.counts else "",
        related=related,
        severity=_severity(change, context),
    )


def _way_out(change: Change, context: Context) -> str:
    old = change.old_span
    if change.kind == "scenario" and old is not None and old.path not in context.sources:
        return f"if that is meant, say why in planc.yaml: `removed: {{{old.path}: REASON}}`"
    return 'if that is meant, say why where it is made: `allow weaker "REASON"`'


def _severity(change: Change, context: Context) -> Severity:
    if change.allowed is None and change.verdict in context.failing:
        return Severity.ERROR
    return Severity.WARNING if change.counts else Severity.NOTE
