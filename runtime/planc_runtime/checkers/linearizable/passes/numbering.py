"""Small numbers for the keys and values of a history, equal exactly where a checker sees no
difference.

Names are looked up one by one. Values are mostly integers, which need no looking up (see
`integers`): only where some are not are all of them names as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from operator import itemgetter
from typing import Any, Protocol

from planc_runtime.checkers.linearizable.passes.integers import (
    BLANK,
    NOTHING,
    Numbers,
    column,
    dense,
    integers,
)
from planc_runtime.checkers.linearizable.passes.verbs import Unfit
from planc_runtime.checkers.values import canonical


class Numbering:
    """Numbers for names, in the order in which they come up."""

    def __init__(self) -> None:
        self.numbers: defaultdict[Any, int] = defaultdict(count().__next__)

    def of_names(self, names: Sequence[Any]) -> Numbers:
        """Return the numbers of keys; raises Unfit where they are not texts or integers alone."""
        numbers = self.of(names)
        if {name.__class__ for name in self.numbers} != {str} and not {
            name.__class__ for name in names
        } <= {str, int}:
            # Looked at one by one: True and 1 are one name to a dictionary.
            raise Unfit
        return numbers

    def of(self, names: Sequence[Any]) -> Numbers:
        if len(names) < 2:
            return column([self.numbers[name] for name in names])
        # Twice as fast as asking for one name after the other.
        return column(itemgetter(*names)(self.numbers))


class Values(Protocol):
    """A way to number values, part by part, that ends with numbers no larger than they must be."""

    nothing: int
    """What stands for the value of nothing until then; NOTHING in the end."""

    def of(self, values: Sequence[Any]) -> Numbers: ...

    def settle(self, columns: Sequence[Numbers]) -> tuple[list[Numbers], int]:
        """Return columns made of such numbers with their final ones, and a bound of these."""


class Integers:
    """Integers, or values written like those; `of` raises NotIntegers where some are not."""

    nothing = BLANK

    def of(self, values: Sequence[Any]) -> Numbers:
        return integers(values)

    def settle(self, columns: Sequence[Numbers]) -> tuple[list[Numbers], int]:
        return dense(columns)


class Names:
    """Values of any kind."""

    nothing = NOTHING

    def __init__(self) -> None:
        self._numbering = Numbering()
        assert self._numbering.numbers[None] == NOTHING

    def of(self, values: Sequence[Any]) -> Numbers:
        return self._numbering.of([v if v.__class__ is str else canonical(v) for v in values])

    def settle(self, columns: Sequence[Numbers]) -> tuple[list[Numbers], int]:
        return list(columns), len(self._numbering.numbers)
