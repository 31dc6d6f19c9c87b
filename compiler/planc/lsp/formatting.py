"""Formatting: the one style there is, as the smallest edits that lead to it."""

from __future__ import annotations

from difflib import SequenceMatcher

from lsprotocol import types as lsp

from planc.format import NotFormatted, format_file
from planc.source import SourceFile


def edits(source: SourceFile, lines: tuple[int, int] | None = None) -> list[lsp.TextEdit]:
    """Return the edits that format a file, or those of them that touch some lines (from 0).

    None for a file that cannot be read as a plan: its diagnostics say why.
    """
    try:
        wanted = format_file(source)
    except NotFormatted:
        return []
    old, new = source.text.splitlines(keepends=True), wanted.splitlines(keepends=True)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    found = []
    matcher = SequenceMatcher(None, inner_old, inner_new, autojunk=False)
    for tag, first, last, begin, end in matcher.get_opcodes():
        touched = lines is None or (first + head <= lines[1] and last + head > lines[0])
        if tag != "equal" and touched:
            place = lsp.Range(lsp.Position(head + first, 0), lsp.Position(head + last, 0))
            found.append(lsp.TextEdit(place, "".join(inner_new[begin:end])))
    return found


def _common(a: list[str], b: list[str]) -> int:
    """Return how many items are the same at the beginning."""
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count
