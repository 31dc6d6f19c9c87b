"""Blank lines: none at the edges of a block, one around declarations of several lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from planc.format.layout import Line


def trim(lines: Sequence[Line]) -> None:
    """Leave no blank line at the edges of a block."""
    for before, line in pairwise(lines):
        if line.blank_before and (_opens(before) or _closes(line)):
            line.blank_before = False


def with_room(lines: Sequence[Line], blanks: Sequence[bool]) -> list[bool]:
    """Return for each line at the margin whether a blank line goes before it.

    `blanks` says before which there is one now; none is added between declarations of one line.
    """
    room = [False, *blanks[1:]][: len(lines)]
    for start, end in list(_declarations(lines, room)):
        if any(_opens(line) for line in lines[start:end]):
            room[start] = start > 0
            if end < len(lines):
                room[end] = True
    return room


def _declarations(lines: Sequence[Line], blanks: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield where each declaration begins, comments above it included, and where it ends."""
    starts = [
        _with_comments_above(lines, blanks, index)
        for index, line in enumerate(lines)
        if line.begins
    ]
    for start, following in zip(starts, [*starts[1:], len(lines)], strict=True):
        end = following
        while end > start and _is_comment(lines[end - 1]) and lines[end - 1].indent == 0:
            end -= 1
        yield start, end


def _with_comments_above(lines: Sequence[Line], blanks: Sequence[bool], index: int) -> int:
    while index > 0 and not blanks[index] and _is_comment(lines[index - 1]):
        index -= 1
    return index


def _is_comment(line: Line) -> bool:
    return not line.words


def _opens(line: Line) -> bool:
    return bool(line.words) and line.words[-1].kind == "LBRACE"


def _closes(line: Line) -> bool:
    return bool(line.words) and not line.begins and line.words[0].kind == "RBRACE"
