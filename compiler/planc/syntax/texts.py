"""Where a text ends and where its interpolations stand.

`"..."` ends in its line, `\"\"\"...\"\"\"` anywhere. `{` opens an interpolation, whose own texts
may hold quotes and braces again; `{{` and `}}` are braces; a backslash escapes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SIMPLE = re.compile(r'"(?!"")[^"\\{}\n]*"(?!")|""(?!")')
_SPECIAL = re.compile(r'\\|\{\{|\}\}|[{}"\n]')
_HOLE = re.compile(r'["{}\n]')
MARGIN = re.compile(
    r"^(?:plan|library|use|scenario|service|cluster|client|workload|fault|machine|mock)"
    r'[ \t]+["\w]',
    re.MULTILINE,
)
"""A declaration at the left margin: whatever is open before it was not closed."""
_DEEPEST = 16
"""Texts in interpolations in texts ..., nobody can read more."""


@dataclass(slots=True)
class TextShape:
    """The extent of a text and of its interpolations, all as offsets into the file."""

    start: int
    end: int
    triple: bool = False
    closed: bool = True
    open_hole: int | None = None
    """Where the `{` stands that is not closed."""
    holes: list[tuple[int, int]] = field(default_factory=list)
    """Of each interpolation: from after its `{` to before its `}`."""
    stray: list[int] = field(default_factory=list)
    """Single `}`."""

    @property
    def inner(self) -> tuple[int, int]:
        quotes = 3 if self.triple else 1
        return self.start + quotes, self.end - (quotes if self.closed else 0)


def scan_text(text: str, start: int, limit: int, depth: int = 0) -> TextShape:
    """Find the extent of the text whose opening quote stands at `start`.

    A text that is not closed ends with its line; with three quotes, before the next declaration at
    the left margin, or with the file.
    """
    if match := _SIMPLE.match(text, start, limit):
        return TextShape(start, match.end())
    triple = text.startswith('"""', start)
    shape = TextShape(start, limit, triple)
    position = start + (3 if triple else 1)
    while found := _SPECIAL.search(text, position, limit):
        sign = found.group()
        position = found.end()
        if sign == "\\":
            position += 1
        elif sign == "{":
            end = _hole_end(text, position, limit, triple, depth)
            if end is None:
                return _unclosed_hole(text, shape, position, limit)
            shape.holes.append((position, end))
            position = end + 1
        elif sign == "}":
            shape.stray.append(found.start())
        elif sign == '"' and not triple:
            shape.end = position
            return shape
        elif sign == '"' and text.startswith('"""', found.start()):
            shape.end = found.start() + 3
            return shape
        elif sign == "\n" and not triple:
            return _unclosed(text, shape, found.start())
    return _unclosed(text, shape, limit)


def _hole_end(text: str, position: int, limit: int, triple: bool, depth: int) -> int | None:
    """Return where the `}` of an interpolation stands."""
    if depth >= _DEEPEST:
        return None
    open_braces = 0
    while found := _HOLE.search(text, position, limit):
        sign = found.group()
        position = found.end()
        if sign == "\n":
            if not triple:
                return None
        elif sign == '"':
            inner = scan_text(text, found.start(), limit, depth + 1)
            if not inner.closed or inner.open_hole is not None:
                return None
            position = inner.end
        elif sign == "{":
            open_braces += 1
        elif open_braces:
            open_braces -= 1
        else:
            return found.start()
    return None


def _unclosed_hole(text: str, shape: TextShape, position: int, limit: int) -> TextShape:
    """End at the next quote of the same kind: most likely only the `}` is missing."""
    shape.open_hole = position - 1
    quote = '"""' if shape.triple else '"'
    line_end = limit if shape.triple else text.find("\n", position, limit)
    line_end = limit if line_end < 0 else line_end
    end = text.find(quote, position, line_end)
    if end < 0:
        return _unclosed(text, shape, line_end)
    shape.end = end + len(quote)
    return shape


def _unclosed(text: str, shape: TextShape, end: int) -> TextShape:
    """End with the line; with three quotes, before the next declaration at the left margin."""
    found = MARGIN.search(text, shape.start, end) if shape.triple else None
    shape.end = found.start() - 1 if found else end
    shape.closed = False
    return shape


_ESCAPE = re.compile(
    r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.|\n|$))|\{\{|\}\}"
)
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "{": "{", "}": "}"}


def unescape(raw: str, bad: list[int]) -> str:
    """Return what a stretch of plain text means; offsets of unknown escapes are added to `bad`."""
    if "\\" not in raw and "{" not in raw and "}" not in raw:
        return raw

    def value(match: re.Match[str]) -> str:
        written = match.group()
        if written in ("{{", "}}"):
            return written[0]
        digits = match[1] or match[2] or match[3]
        if digits:
            number = int(digits, 16)
            if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF:
                return chr(number)
        elif (found := _SIMPLE_ESCAPES.get(match[4])) is not None:
            return found
        bad.append(match.start())
        return written

    return _ESCAPE.sub(value, raw)
