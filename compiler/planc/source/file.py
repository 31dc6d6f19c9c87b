"""One source file in memory, with an index of its lines.

What is wrong with the file itself (its encoding, its size, characters that hide) is kept as data in
`problems`: this layer lies below the diagnostics and only says what it saw.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from planc.source.span import Span


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a file before any of its words is read; `code` is the diagnostic's."""

    code: str
    message: str
    start: int
    end: int
    label: str = ""
    help: str = ""
    fatal: bool = True
    """A fatal problem leaves nothing worth parsing."""


@dataclass(frozen=True)
class SourceFile:
    """The text of a file, newlines normalised to line feeds, without byte order mark."""

    path: str
    """As shown to the user: relative to the project root, with forward slashes."""
    text: str
    problems: tuple[Problem, ...] = ()

    @cached_property
    def line_starts(self) -> list[int]:
        starts = [0]
        find = self.text.find
        position = find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = find("\n", position + 1)
        return starts

    def line_and_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        return Span(self.path, start, end, *self.line_and_column(start), *self.line_and_column(end))

    def line(self, number: int) -> str:
        """Return the text of line `number` (from 1), without its newline; "" past the end."""
        starts = self.line_starts
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end]
