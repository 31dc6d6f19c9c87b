"""Where something stands in a source file."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Half open, in characters; lines and columns count from 1.

    A named tuple, because the parser makes one for every node: a frozen dataclass of seven fields
    takes five times as long to make and was a third of the parsing time.
    """

    path: str
    """As the user would name it: relative to the project root, with forward slashes."""
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """Return the span from the start of this one to the end of `other`, of the same file."""
        return Span(
            self.path,
            self.start,
            other.end,
            self.line,
            self.column,
            other.end_line,
            other.end_column,
        )
