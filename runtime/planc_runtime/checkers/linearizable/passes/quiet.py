"""Registers whose values repeat, told with numpy: all moments at once at which a key is quiet.

Says what `walk` says, which goes from one such moment to the next. An operation that meets no other
one on its key mostly leaves a value that is known whatever went before it: what was written, or was
read. Such an operation is called an *anchor*. What comes between two anchors of a key depends on
the first of them alone, so that all these pieces are judged apart from each other. Where nothing in
a piece meets anything else, one comparison of columns tells; only the other pieces are walked.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planc_runtime.checkers.linearizable.passes.columns import Columns
from planc_runtime.checkers.linearizable.passes.integers import NOTHING, Numbers
from planc_runtime.checkers.linearizable.passes.verbs import CAS, READ, REFUSED
from planc_runtime.checkers.linearizable.passes.walk import MOST, Step, outcomes

_Rows = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Walk:
    """Operations that certainly happened, key after key, each key's by their start."""

    key: Numbers
    kind: NDArray[np.int8]
    old: Numbers
    value: Numbers
    start: Numbers
    end: Numbers
    meeting: Numbers
    """Which operations meet: from the first to the last of equal numbers the key is never quiet."""
    alone: _Rows
    piece: Numbers
    """Equal from behind an anchor to the next one, this included; unequal for different keys."""
    before: Numbers
    """The value that the anchor before the piece left."""

    @classmethod
    def along(cls, columns: Columns, rows: Numbers) -> _Walk:
        """Lay out some rows of a history, which come key after key."""
        key, start, end = columns.key[rows], columns.start[rows], columns.end[rows]
        kind, value = columns.kind[rows], columns.value[rows]
        opening = _opening(key, start, end)
        meeting = np.cumsum(opening, dtype=np.int64)
        alone: _Rows = opening & np.append(opening[1:], True)
        first = np.append(True, key[1:] != key[:-1])
        behind_anchor = np.append(False, (alone & (kind != REFUSED))[:-1])
        begins = first | behind_anchor
        at = np.flatnonzero(begins)
        piece = np.cumsum(begins, dtype=np.int64) - 1
        before = np.where(first[at], NOTHING, value[at - 1])[piece]
        old = columns.old[rows]
        return cls(key, kind, old, value, start, end, meeting, alone, piece, before)


def walks_at_once(columns: Columns, rows: Numbers, fine: NDArray[np.bool_]) -> None:
    """Say of each key whether its operations are in order beyond doubt.

    They come key after key, each key's by their start, and all of them certainly happened.
    """
    if not len(rows):
        return
    walk = _Walk.along(columns, rows)
    fine[walk.key] = True
    crowds = np.bincount(walk.meeting)
    fine[walk.key[crowds[walk.meeting] > MOST]] = False
    pieces = np.ones(int(walk.piece.max()) + 1, np.bool_)
    pieces[walk.piece[~walk.alone]] = False
    simple = pieces[walk.piece]
    fine[walk.key[simple & ~_allowed(walk)]] = False
    left = np.flatnonzero(~simple & fine[walk.key])
    if len(left):
        fine[list(_stuck(walk, left))] = False


def _opening(key: Numbers, start: Numbers, end: Numbers) -> _Rows:
    """Say of each operation whether all that began before it on its key had ended."""
    width = int(start.max()) + 2
    # Keys one behind the other on one axis; no end matters that is later than all starts.
    shift = np.cumsum(np.append(0, key[1:] != key[:-1])) * width
    latest = np.maximum.accumulate(np.minimum(end, width - 1) + shift)
    quiet: _Rows = (start + shift)[1:] > latest[:-1]
    return np.append(True, quiet)


def _allowed(walk: _Walk) -> _Rows:
    """Say of each operation whether it may find what the anchor before it left."""
    kind = walk.kind
    wrong = (kind == READ) & (walk.value != walk.before)
    wrong |= (kind == CAS) & (walk.old != walk.before)
    wrong |= (kind == REFUSED) & (walk.old == walk.before)
    allowed: _Rows = ~wrong
    return allowed


def _stuck(walk: _Walk, rows: Numbers) -> Iterator[int]:
    """Yield the keys of pieces, whole ones given by rows, whose operations cannot be ordered."""
    told = (walk.kind, walk.old, walk.value, walk.start, walk.end)
    steps: list[Step] = list(zip(*(column[rows].tolist() for column in told), strict=True))
    first = np.flatnonzero(np.diff(walk.meeting[rows], prepend=-1))
    last = np.append(first[1:], len(rows))
    of_first = (column[rows[first]] for column in (walk.piece, walk.before, walk.key))
    bounds = (column.tolist() for column in (first, last, *of_first))
    current, states = -1, set[Hashable]()
    for begin, end, piece, before, key in zip(*bounds, strict=True):
        if piece != current:
            current, states = piece, {before}
        if states:
            states = outcomes(steps[begin:end], states)
            if not states:
                yield key
