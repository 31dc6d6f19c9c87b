"""A comparison for the terminal: plan by plan, scenario by scenario, a line for each change.

plans/store.plan  The store survives the loss of its leader
  "an acknowledged write is never lost"
    weaker     31 -> 31  the limit of `p99 latency`: < 100ms -> < 1s
"""

from __future__ import annotations

from planc.diff.change import Change, Verdict
from planc.diff.compare import Comparison
from planc.diff.render import Context
from planc.diff.render.words import by_plan, places, reach, summary

_COLORS = {
    Verdict.WEAKER: "\x1b[1;31m",
    Verdict.DIFFERENT: "\x1b[1;33m",
    Verdict.STRONGER: "\x1b[1;32m",
    Verdict.NEUTRAL: "\x1b[2m",
}
_BOLD, _RESET = "\x1b[1m", "\x1b[0m"


def render(comparison: Comparison, context: Context) -> str:
    lines: list[str] = []
    titles = dict(comparison.titles)
    for plan, changes in by_plan(comparison).items():
        head = f"{plan}  {titles[plan]}" if plan in titles else plan
        lines += [_paint(head, _BOLD, context), *_plan(changes, context), ""]
    if broken := _broken(comparison, context):
        lines += [broken]
    lines.append(f"{summary(comparison)} against {context.against}")
    lines += [f"note: {note}" for note in context.notes]
    return "\n".join(lines) + "\n"


def _plan(changes: list[Change], context: Context) -> list[str]:
    """Lay out the changes of a plan: what stands alone first, then scenario by scenario."""
    width = max(len(places(each)) for each in changes)
    lines = []
    for scenario in dict.fromkeys([None, *(each.scenario for each in changes)]):
        rows = [each for each in changes if each.scenario == scenario]
        indent = "  "
        if scenario is not None:
            lines.append(f'  "{scenario}"')
            indent = "    "
        for each in rows:
            lines += _change(each, indent, width, context)
    return lines


def _change(change: Change, indent: str, width: int, context: Context) -> list[str]:
    verdict = _paint(f"{change.verdict:<9}", _COLORS[change.verdict], context)
    lines = [f"{indent}{verdict}  {places(change):<{width}}  {change.text}"]
    further = " " * (len(indent) + 9 + 2 + width + 2)
    if words := reach(change):
        lines.append(f"{further}{words}")
    if change.allowed is not None:
        lines.append(f'{further}allowed: "{change.allowed.reason}"')
    return lines


def _broken(comparison: Comparison, context: Context) -> str:
    """Say what could not be compared, and why."""
    from planc.diagnostics import Diagnostics
    from planc.diagnostics.render import render as show

    parts = []
    for side, sources in (("previous", context.former), ("current", context.sources)):
        plans = [each for each in comparison.broken if each.side == side]
        if plans:
            names = ", ".join(each.path for each in plans)
            found = Diagnostics(item for each in plans for item in each.diagnostics)
            parts.append(f"not compared, because the {side} plan has errors: {names}")
            parts.append(show(found, sources, color=context.color))
    return "\n".join(parts)


def _paint(text: str, color: str, context: Context) -> str:
    return f"{color}{text}{_RESET}" if context.color else text
