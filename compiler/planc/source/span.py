"""Where something stands in a source file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half open, in characters; lines and columns count from 1."""

    path: str
    """As the user would name it: relative to the project root, with forward slashes."""
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int
