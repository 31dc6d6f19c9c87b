"""Formatting: the one style there is, from the first line that changes to the last.

A part of a file is compared line by line; of a whole one that would take longer than formatting it.
"""

from __future__ import annotations

from difflib import SequenceMatcher

from lsprotocol import types as lsp

from planc.format import NotFormatted, format_file
from planc.source import SourceFile


def edits(source: SourceFile, lines: tuple[int, int] | None = None) -> list[lsp.TextEdit]:
    """Return the edits that format a file, or those of them that touch some lines (from 0).

    Of a file that cannot be read as a plan there are none: its diagnostics say why.
    """
    try:
        wanted = format_file(source)
    except NotFormatted:
        return []
    old, new = source.text.splitlines(keepends=True), wanted.splitlines(keepends=True)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if inner_old == inner_new:
        return []
    if lines is None:
        return [_edit(head, inner_old, inner_new)]
    return [
        _edit(head + first, inner_old[first:last], inner_new[begin:end])
        for tag, first, last, begin, end in SequenceMatcher(
            None, inner_old, inner_new
        ).get_opcodes()
        if tag != "equal" and first + head <= lines[1] and last + head > lines[0]
    ]


def _edit(line: int, old: list[str], new: list[str]) -> lsp.TextEdit:
    place = lsp.Range(lsp.Position(line, 0), lsp.Position(line + len(old), 0))
    return lsp.TextEdit(place, "".join(new))


def _common(a: list[str], b: list[str]) -> int:
    """Return how many items are the same at the beginning."""
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count
