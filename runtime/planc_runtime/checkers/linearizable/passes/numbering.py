"""Small numbers for the keys and values of a history, equal exactly where a checker sees no
difference.

Values are mostly numbers, as integers where they are written and often as text where they come
back. Such texts are read all at once, as the digits of one long text, which is several times as
fast as looking up one value after the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planc_runtime.checkers.linearizable.passes.verbs import Unfit
from planc_runtime.checkers.values import canonical

Numbers = NDArray[np.int64]
NOTHING = 0
"""The number of the value of a key that was never written."""
_DIGITS = 18
"""So many always fit in a column."""
_TENS = np.append(10 ** np.arange(_DIGITS, dtype=np.int64), 0)
"""What a digit is worth at each place; the last one is that of the comma behind a number."""


class Numbering:
    """Numbers for names, in the order in which they come up."""

    def __init__(self) -> None:
        self.numbers: defaultdict[Any, int] = defaultdict(count().__next__)

    def of_names(self, names: Sequence[Any]) -> Numbers:
        """Return the numbers of keys; raises Unfit where they are not texts or integers alone."""
        column = self.of(names)
        if {name.__class__ for name in self.numbers} != {str} and not {
            name.__class__ for name in names
        } <= {str, int}:
            # Looked at one by one: True and 1 are one name to a dictionary.
            raise Unfit
        return column

    def of(self, names: Sequence[Any]) -> Numbers:
        return np.fromiter(map(self.numbers.__getitem__, names), np.int64, len(names))


def fill(parts: Iterable[tuple[Numbers, NDArray[np.bool_], Sequence[Any]]]) -> int:
    """Number the values of all parts, each for some rows of a column; returns a bound of them."""
    parts = list(parts)
    read = [_read(values) for _, _, values in parts]
    whole = [column for column in read if column is not None]
    if len(whole) == len(parts):
        dense, bound = _dense(whole)
    else:
        dense, bound = _by_name([values for _, _, values in parts])
    for (column, rows, _), numbers in zip(parts, dense, strict=True):
        column[rows] = numbers
    return bound


_Read = tuple[Numbers, NDArray[np.bool_]]
"""Integers, and which of them stand for nothing."""


def _read(values: Sequence[Any]) -> _Read | None:
    """Return values as integers; None where some are neither integers nor written like those."""
    try:
        return _of_integers(values) if values and type(values[0]) is int else _of_digits(values)
    except (TypeError, OverflowError):
        pass
    blank = np.fromiter([value is None for value in values], np.bool_, len(values))
    rest = [value for value in values if value is not None]
    numbers = np.zeros(len(values), np.int64)
    if rest and len(rest) < len(values):
        read = _read(rest)
        if read is None:
            return None
        numbers[~blank] = read[0]
    return None if len(rest) == len(values) else (numbers, blank)


def _of_integers(values: Sequence[Any]) -> _Read:
    if set(map(type, values)) != {int}:
        raise TypeError
    return np.fromiter(values, np.int64, len(values)), np.zeros(len(values), np.bool_)


def _of_digits(values: Sequence[Any]) -> _Read | None:
    """Return the integers that texts stand for; None unless each is written just as its integer is.

    Raises TypeError where there is anything but text and nothing.
    """
    together = ",".join([value or "" for value in values]).encode() + b","
    digits = np.frombuffer(together, np.uint8)
    ends = np.flatnonzero(digits == ord(","))
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - starts
    blank = lengths == 0
    if len(ends) != len(values) or any(
        values[row] is not None for row in np.flatnonzero(blank).tolist()
    ):
        return None
    digits = digits - np.uint8(ord("0"))
    leading = digits[starts[~blank]]
    zeros = (leading == 0) & (lengths[~blank] > 1)
    digits[ends] = 0
    if lengths.max() > _DIGITS or int(digits.max()) > 9 or bool(zeros.any()):
        return None
    # The place of each digit, counted from the end of its own text; a comma counts as nothing.
    places = np.repeat(ends, lengths + 1) - np.arange(len(digits)) - 1
    return np.add.reduceat(digits * _TENS[places], starts), blank


def _dense(columns: Sequence[_Read]) -> tuple[list[Numbers], int]:
    """Return numbers that are no larger than they must be, and a bound of them."""
    told = np.concatenate([numbers for numbers, _ in columns] or [np.zeros(0, np.int64)])
    blank = np.concatenate([blanks for _, blanks in columns] or [np.zeros(0, np.bool_)])
    if not len(told):
        return [told for _ in columns], NOTHING + 1
    least, most = int(told.min()), int(told.max())
    if most - least < 4 * len(told) + 1000:
        dense = told - (least - NOTHING - 1)
    else:
        dense = np.unique(told, return_inverse=True)[1].astype(np.int64) + NOTHING + 1
    dense[blank] = NOTHING
    cuts = np.cumsum([len(numbers) for numbers, _ in columns])[:-1]
    return np.split(dense, cuts), int(dense.max()) + 1


def _by_name(parts: Sequence[Sequence[Any]]) -> tuple[list[Numbers], int]:
    numbering = Numbering()
    assert numbering.numbers[None] == NOTHING
    columns = [
        numbering.of([v if v.__class__ is str else canonical(v) for v in values])
        for values in parts
    ]
    return columns, len(numbering.numbers)
