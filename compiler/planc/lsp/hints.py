"""Inlay hints: when the statements of a scenario happen, counted from its beginning.

A step that waits for something ends when that comes true: what follows happens at the latest at the
time shown (`≤`). After a step of which nobody knows how long it takes, times are those without it
(`+`).
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.lsp.project import Project
from planc.lsp.values import Values
from planc.lsp.view import Placed, View
from planc.show.timelines import Bar
from planc.show.words import seconds

Hint = tuple[int, str, str]
"""Offset, text, and what it means."""
_MEANING = {
    "": "from the beginning of the scenario",
    "≤": "from the beginning of the scenario, at the latest: what is waited for may come sooner",
    "+": "from the beginning of the scenario, without steps whose length nobody knows",
}


def hints(project: Project, view: View, start: int, end: int) -> Iterator[Hint]:
    """Yield the hints of the scenarios in a stretch of a file."""
    values: Values | None = None
    for placed in view.placed:
        if placed.end < start or placed.start > end:
            continue
        values = values or Values(project, view)
        for offset, text, why in _of_scenario(values, placed):
            if start <= placed.start + offset <= end:
                yield placed.start + offset, text, why


def _of_scenario(values: Values, placed: Placed) -> Iterator[Hint]:
    found = values.scenario(placed)
    if found is None:
        return
    scenario, timeline = found
    source = placed.piece.source
    signs = _signs(scenario)
    lines: dict[int, list[Bar]] = {}
    for bar in timeline.bars:
        if 0 < bar.line <= len(source.line_starts) and _is_timed(bar, scenario):
            lines.setdefault(bar.line, []).append(bar)
    for line, bars in sorted(lines.items()):
        first = min(bar.start for bar in bars)
        last = max(bar.end for bar in bars if bar.certain) if any(b.certain for b in bars) else 0.0
        sign = _sign_at(signs, line)
        text = f"{sign}{seconds(first)}" + (f"–{seconds(last)}" if last > first else "")
        code = _code_end(placed, line)
        yield source.line_starts[line - 1] + code, text, _MEANING[sign]


def _is_timed(bar: Bar, scenario: m.Scenario) -> bool:
    """Leave out what is judged when all is over: its time tells nothing."""
    return not (bar.kind == "check" and bar.is_moment)


def _code_end(placed: Placed, line: int) -> int:
    """Return the column at which a line's last word ends, its comment left out."""
    start = placed.piece.source.line_starts[line - 1]
    text = placed.piece.source.line(line)
    comment = next((c.span.start - start for c in placed.piece.comments if c.span.line == line),
                   len(text))  # fmt: skip
    return len(text[:comment].rstrip())


def _signs(scenario: m.Scenario) -> list[tuple[int, str]]:
    """Return from which lines on times are bounds, or leave something out."""
    found = []
    for each in scenario.body:
        if isinstance(each, m.WaitUntil | m.Eventually):
            found.append((each.span.end_line, "≤"))
        elif _is_open(each):
            found.append((each.span.end_line, "+"))
    return found


def _is_open(statement: m.Statement) -> bool:
    match statement:
        case m.Run(duration=None) | m.Explore() | m.Invoke():
            return True
        case m.Bind(call=call):
            return call is not None
    return False


def _sign_at(signs: list[tuple[int, str]], line: int) -> str:
    before = [sign for end, sign in signs if end < line]
    return "+" if "+" in before else "≤" if before else ""
