"""Diagnostics for people: the line of the plan, a caret under what is meant, and the way out.

    error[PLC0301]: `50` is a plain number, but latency is a duration
      --> plans/store.plan:14:27
       |
    14 |   expect p99 latency < 50
       |                        ^^ write `50ms`
       |
       = help: durations have a unit: us, ms, s, min, h

Only text that can be seen is printed from the source: whatever could move a terminal's cursor or
turn its text around is shown as its code point.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from planc.diagnostics.diagnostic import Diagnostic, Diagnostics, Severity
from planc.source.file import SourceFile
from planc.source.span import Span

_COLORS = {
    Severity.ERROR: "\x1b[1;31m",
    Severity.WARNING: "\x1b[1;33m",
    Severity.NOTE: "\x1b[1;36m",
}
_BOLD, _BLUE, _RESET = "\x1b[1m", "\x1b[1;34m", "\x1b[0m"
_WIDEST = 160
"""A longer line is shown as the stretch around its caret."""


def render(diagnostics: Diagnostics, sources: Mapping[str, SourceFile], color: bool) -> str:
    if not diagnostics:
        return ""
    blocks = [_Block(item, sources, color).text() for item in diagnostics]
    return "\n".join([*blocks, _summary(diagnostics)])


def _summary(diagnostics: Diagnostics) -> str:
    parts = []
    for severity, noun in ((Severity.ERROR, "error"), (Severity.WARNING, "warning")):
        if number := diagnostics.count(severity):
            parts.append(f"{number} {noun}{'s' if number > 1 else ''}")
    return f"{', '.join(parts)} found\n" if parts else ""


class _Block:
    """One diagnostic being laid out; the gutter is as wide as its largest line number."""

    def __init__(self, item: Diagnostic, sources: Mapping[str, SourceFile], color: bool) -> None:
        self.item = item
        self.sources = sources
        self.color = color
        lines = [item.span.line, *(each.span.line for each in item.related)]
        self.gutter = len(str(max(lines)))

    def text(self) -> str:
        item = self.item
        head = self.paint(f"{item.severity}[{item.code}]", _COLORS[item.severity])
        lines = [f"{head}{self.paint(f': {item.message}', _BOLD)}"]
        lines += self.snippet(item.span, item.label, "-->", "^", _COLORS[item.severity])
        for each in item.related:
            lines += self.snippet(each.span, each.message, ":::", "-", _BLUE)
        remarks = [("note", note) for note in item.notes]
        remarks += [("help", item.help)] if item.help else []
        if remarks and self.has_line(item.span):
            lines.append(self.margin("|"))
        for kind, remark in remarks:
            first, *rest = remark.splitlines() or [""]
            lines.append(f"{self.margin('=')} {self.paint(kind, _BOLD)}: {first}")
            lines += [" " * (self.gutter + 9) + line for line in rest]
        return "\n".join(lines) + "\n"

    def snippet(self, span: Span, label: str, arrow: str, mark: str, color: str) -> list[str]:
        pointer = self.paint(arrow, _BLUE)
        lines = [f"{' ' * self.gutter}{pointer} {span.path}:{span.line}:{span.column}"]
        if not self.has_line(span):
            return lines
        source = self.sources[span.path].line(span.line)
        until = span.end_column if span.end_line == span.line else len(source) + 1
        shown, indent, width = _excerpt(source, span.column - 1, max(until - 1, span.column))
        number = self.paint(f"{span.line:>{self.gutter}} |", _BLUE)
        caret = self.paint(f"{mark * width}{' ' + label if label else ''}", color)
        lines.append(self.margin("|"))
        lines.append(f"{number} {shown}".rstrip())
        lines.append(f"{self.margin('|')} {' ' * indent}{caret}")
        return lines

    def has_line(self, span: Span) -> bool:
        source = self.sources.get(span.path)
        return source is not None and bool(source.text)

    def margin(self, sign: str) -> str:
        return " " * self.gutter + " " + self.paint(sign, _BLUE)

    def paint(self, text: str, color: str) -> str:
        return f"{color}{text}{_RESET}" if self.color else text


def _excerpt(line: str, start: int, end: int) -> tuple[str, int, int]:
    """Return what to show of a line, and the indent and the width of the caret below it."""
    prefix = ""
    if len(line) > _WIDEST:
        first = max(0, min(start - _WIDEST // 3, len(line) - _WIDEST))
        prefix = "…" if first else ""
        end = min(end, first + _WIDEST)
        suffix = "…" if first + _WIDEST < len(line) else ""
        line, start, end = line[first : first + _WIDEST] + suffix, start - first, end - first
    shown = [_visible(character) for character in line]
    before = prefix + "".join(shown[:start])
    under = "".join(shown[start:end])
    return prefix + "".join(shown), _columns(before), max(_columns(under), 1)


def _visible(character: str) -> str:
    if character == "\t":
        return "    "
    if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"):
        return f"<U+{ord(character):04X}>"
    return character


def _columns(text: str) -> int:
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
