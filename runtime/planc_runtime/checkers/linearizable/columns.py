"""A history of registers as columns of numbers, for judging it with numpy.

Reading attributes one by one through the whole history, and numbering what they hold, costs a
third of looking at one operation after the other: most of it is waiting for memory, and a column
is read in one go. Imported only for histories long enough to pay for importing numpy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import compress, count
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planc_runtime.checkers.linearizable.verbs import CAS, CODES, DELETE, READ, WRITE, Unfit
from planc_runtime.checkers.values import canonical
from planc_runtime.history import Operation, Outcome

Numbers = NDArray[np.int64]
NEVER = 1 << 60
"""The end of an operation that may still take effect at any later time."""
NOTHING = 0
"""The number of the value of a key that was never written."""
_BLANK = -(1 << 62)
"""Stands for nothing among numbers on their way into a column."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What certainly happened, and changes that may have: a row each, in order of invocation."""

    operations: Sequence[Operation]
    kind: NDArray[np.int8]
    key: Numbers
    """Place of the key in `keys`."""
    value: Numbers
    """Number of the value that was read, or that a change leaves; equal for equal values."""
    values: int
    """All numbers of values are less."""
    start: Numbers
    end: Numbers
    """Ordinals of events, or ranks of times: only their order has a meaning."""
    certain: NDArray[np.bool_]
    keys: list[Hashable]


def columns_of(operations: Iterable[Operation]) -> Columns:
    """Return the columns of a history; raises Unfit where it is not one of named registers alone.

    Changes are reads, writes, cas and deletes of keys.
    """
    attempted = list(operations)
    outcomes = [operation.outcome for operation in attempted]
    if outcomes.count(Outcome.OK) != len(outcomes):
        attempted = [o for o in attempted if o.outcome is not Outcome.FAIL]
        outcomes = [operation.outcome for operation in attempted]
    ok = [outcome is Outcome.OK for outcome in outcomes]
    certain = np.fromiter(ok, np.bool_, len(ok))
    kinds = _kinds(attempted)
    kind = np.frombuffer(kinds, np.int8)
    telling = certain | (kind != READ)
    if not telling.all():
        chosen = telling.tolist()
        attempted, kinds = list(compress(attempted, chosen)), kind[telling].tobytes()
        kind, certain = kind[telling], certain[telling]
    arguments = [operation.args for operation in attempted]
    keys, key = _numbered_keys(arguments, kind)
    value, values = _numbered_values(attempted, arguments, kinds)
    start, end = _times(attempted, certain)
    made = Columns(attempted, kind, key, value, values, start, end, certain, keys)
    return made if bool((start[1:] >= start[:-1]).all()) else _in_order_of_invocation(made)


def _kinds(operations: Sequence[Operation]) -> bytes:
    try:
        return bytes([CODES[operation.f] for operation in operations])
    except KeyError:
        raise Unfit from None


def _numbered_keys(
    arguments: Sequence[tuple[Any, ...]], kind: NDArray[np.int8]
) -> tuple[list[Hashable], Numbers]:
    """Return the keys and the number of each operation's; every one takes its arguments, no more.

    That all of them together have as many as they need, and none has too few, says so of each.
    """
    needed = np.array([1, 2, 3, 1])[kind]
    if sum(map(len, arguments)) != int(needed.sum()):
        raise Unfit
    try:
        named = [args[0] for args in arguments]
        numbers: defaultdict[Any, int] = defaultdict(count().__next__)
        column = _column(map(numbers.__getitem__, named), len(named))
    except (IndexError, TypeError):
        raise Unfit from None
    classes = {key.__class__ for key in numbers}
    if classes != {str}:
        # True and 1 are one key to a dictionary, but not to us.
        classes = {key.__class__ for key in named}
    if not classes <= {str, int}:
        raise Unfit
    return list(numbers), column


def _numbered_values(
    operations: Sequence[Operation], arguments: Sequence[tuple[Any, ...]], kinds: bytes
) -> tuple[Numbers, int]:
    """Return the number of the value that each operation saw or left, and a bound of them."""
    returned = [operation.value for operation in operations]
    triples = zip(kinds, arguments, returned, strict=True)
    if CAS in kinds or DELETE in kinds:
        place = (0, 1, 2, 0)
        seen = [
            args[place[kind]] if kind in (WRITE, CAS) else _BLANK if kind == DELETE or value is None
            else value
            for kind, args, value in triples
        ]  # fmt: skip
    else:
        seen = [
            args[1] if kind else _BLANK if value is None else value for kind, args, value in triples
        ]
    if set(map(type, seen)) == {int}:
        try:
            return _dense(_column(seen, len(seen)))
        except OverflowError:
            pass
    numbers: defaultdict[Any, int] = defaultdict(count(NOTHING).__next__)
    _ = numbers[None]
    told = [
        value if value.__class__ is str else None if value is _BLANK else canonical(value)
        for value in seen
    ]
    return _column(map(numbers.__getitem__, told), len(told)), len(numbers)


def _dense(column: Numbers) -> tuple[Numbers, int]:
    """Return numbers that are no larger than they must be, and the bound of them."""
    blank = column == _BLANK
    told = column[~blank]
    if not len(told):
        return np.zeros(len(column), np.int64), 1
    least, most = int(told.min()), int(told.max())
    if most - least < 4 * len(column) + 1000:
        dense = column - (least - 1)
    else:
        dense = np.unique(column, return_inverse=True)[1].astype(np.int64) + 1
    dense[blank] = NOTHING
    return dense, int(dense.max()) + 1


def _times(
    operations: Sequence[Operation], certain: NDArray[np.bool_]
) -> tuple[Numbers, Numbers]:
    size = len(operations)
    start = _column(map(attrgetter("began"), operations), size)
    end = _column(map(attrgetter("ended"), operations), size)
    if size and start.max() < 0:
        return _ranks(operations, certain)
    if size and (start.min() < 0 or bool((end[certain] < 0).any())):
        raise Unfit
    end[~certain] = NEVER
    return start, end


def _ranks(
    operations: Sequence[Operation], certain: NDArray[np.bool_]
) -> tuple[Numbers, Numbers]:
    """Return times that nobody numbered as numbers; equal times stay equal."""
    size = len(operations)
    ends = [
        operation.completed if sure and operation.completed is not None else float("inf")
        for operation, sure in zip(operations, certain.tolist(), strict=True)
    ]
    times = np.fromiter([o.invoked for o in operations] + ends, np.float64, 2 * size)
    rank = np.unique(times, return_inverse=True)[1].astype(np.int64)
    start, end = rank[:size], rank[size:]
    end[np.isinf(times[size:])] = NEVER
    return start, end


def _in_order_of_invocation(columns: Columns) -> Columns:
    order = np.argsort(columns.start, kind="stable")
    return Columns(
        [columns.operations[row] for row in order.tolist()],
        columns.kind[order],
        columns.key[order],
        columns.value[order],
        columns.values,
        columns.start[order],
        columns.end[order],
        columns.certain[order],
        columns.keys,
    )


def _column(numbers: Iterable[int], size: int) -> Numbers:
    return np.fromiter(numbers, np.int64, size)


Look = Callable[[Operation], Any]
