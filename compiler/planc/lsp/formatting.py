"""Formatting: the one style there is, as few changes as it takes.

Each piece of a file keeps its layout, so that a keystroke costs that of one piece; only pieces
whose text differs from it are told to the editor, from their first line that changes to their last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from planc.diagnostics import Diagnostic
from planc.format import put_together
from planc.lsp.view import View
from planc.syntax.file_order import check_order
from planc.syntax.parser import TreeBuilder

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
Change = tuple[int, int, str]
"""From one offset to another, other text."""


def changes(view: View, within: tuple[int, int] | None = None) -> Iterator[Change]:
    """Yield what formats a file, in order; or those lines of it that touch a stretch of the text.

    Of a file that cannot be read as a plan there are none: its diagnostics say why.
    """
    if not is_sound(view):
        return
    wanted = put_together([each.piece.layout for each in view.placed])
    for placed, new in zip(view.placed, wanted, strict=True):
        old = placed.piece.text
        if old == new or (within and (placed.end < within[0] or placed.start > within[1])):
            continue
        if within is None:
            yield _trimmed(placed.start, old, new)
        else:
            yield from _by_line(placed.start, old, new, within)


def while_typing(view: View, offset: int, typed: str) -> Iterator[Change]:
    """Yield what formats the lines that are done: above a new line, or of a block just closed.

    The line that is being written on is left to its writer, and no line comes or goes.
    """
    text = view.source.text
    line = text.rfind("\n", 0, offset) + 1
    if typed == "\n":
        first, end = text.rfind("\n", 0, max(line - 1, 0)) + 1, line
    else:
        piece = next((each for each in view.placed if each.start <= offset <= each.end), None)
        first, end = piece.start if piece else line, len(text)
    for start, until, new in changes(view, (min(first + 1, offset), max(first, offset - 1))):
        for old, wanted in zip(_lines(text[start:until]), _lines(new), strict=False):
            same = "".join(old.split()) == "".join(wanted.split())
            if old != wanted and same and first <= start and start + len(old) <= end:
                yield start, start + len(old), wanted
            start += len(old)


def is_sound(view: View) -> bool:
    """Say whether the parser has nothing to say about a file."""
    if view.source.problems or not all(each.piece.is_sound for each in view.placed):
        return False
    found: list[Diagnostic] = []
    items = [item for each in view.placed for item in each.piece.items]
    check_order(items, TreeBuilder(view.source, found))
    return not found


def _trimmed(start: int, old: str, new: str) -> Change:
    """Leave out the lines that stay as they are at both ends."""
    before, after = _lines(old), _lines(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    first = sum(map(len, before[:head]))
    last = sum(map(len, before[len(before) - tail :]))
    return start + first, start + len(old) - last, new[first : len(new) - last]


def _by_line(start: int, old: str, new: str, within: tuple[int, int]) -> Iterator[Change]:
    before, after = _lines(old), _lines(new)
    places = [start]
    for line in before:
        places.append(places[-1] + len(line))
    for tag, first, last, begin, end in SequenceMatcher(None, before, after).get_opcodes():
        touches = places[first] <= within[1] and places[last] >= within[0]
        if tag != "equal" and touches:
            yield places[first], places[last], "".join(after[begin:end])


def _lines(text: str) -> list[str]:
    return _LINE.findall(text)


def _common(a: list[str], b: list[str]) -> int:
    """Return how many items are the same at the beginning."""
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count
