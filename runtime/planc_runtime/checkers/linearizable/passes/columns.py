"""A history of registers as columns of numbers, for judging it with numpy.

Reading attributes one by one through the whole history, and numbering what they hold, costs a
third of looking at one operation after the other: most of it is waiting for memory, and a column
is read in one go. Imported only for histories long enough to pay for importing numpy.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planc_runtime.checkers.linearizable.passes.numbering import Numbering, Numbers, fill
from planc_runtime.checkers.linearizable.passes.verbs import CAS, CODES, READ, REFUSED, WRITE, Unfit
from planc_runtime.checkers.values import canonical
from planc_runtime.history import Operation, Outcome

NEVER = 1 << 60
"""The end of an operation that may still take effect at any later time."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What certainly happened, and changes that may have: a row each, in order of invocation."""

    operations: Sequence[Operation]
    kind: NDArray[np.int8]
    key: Numbers
    """Place of the key in `keys`."""
    old: Numbers
    """Number of the value that a cas wants to find."""
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

    Changes are writes, cas and deletes of keys.
    """
    attempted = list(operations)
    outcomes = [operation.outcome for operation in attempted]
    certain = np.ones(len(attempted), np.bool_)
    if outcomes.count(Outcome.OK) != len(outcomes):
        attempted = [o for o in attempted if o.outcome is not Outcome.FAIL]
        certain = np.fromiter([o.outcome is Outcome.OK for o in attempted], np.bool_)
    kind = _kinds(attempted)
    telling = certain | (kind != READ)
    if not telling.all():
        attempted = list(compress(attempted, telling.tolist()))
        kind, certain = kind[telling], certain[telling]
    keys, key, old, value, values = _arguments(attempted, kind)
    start, end = _times(attempted, certain)
    made = Columns(attempted, kind, key, old, value, values, start, end, certain, keys)
    return made if bool((start[1:] >= start[:-1]).all()) else _in_order_of_invocation(made)


def _refused(tries: Iterable[Operation]) -> list[int]:
    """Tell the cas calls that answered that they found another value from the others."""
    return [
        REFUSED if o.outcome is Outcome.OK and canonical(o.value) == "false" else CAS for o in tries
    ]


def _kinds(operations: Sequence[Operation]) -> NDArray[np.int8]:
    try:
        codes = bytes([CODES[operation.f] for operation in operations])
    except KeyError:
        raise Unfit from None
    return np.frombuffer(codes, np.int8).copy()


def _arguments(
    operations: Sequence[Operation], kind: NDArray[np.int8]
) -> tuple[list[Hashable], Numbers, Numbers, Numbers, int]:
    """Return the keys and, of each operation, the number of its key and those of its values.

    Refused cas calls are marked as such among the kinds.
    Unpacking tells that each operation has as many arguments as it takes.
    """
    keys = Numbering()
    key, old, value = (np.zeros(len(operations), np.int64) for _ in range(3))
    parts: list[tuple[Numbers, NDArray[np.bool_], list[Any]]] = []
    try:
        for code in np.flatnonzero(np.bincount(kind)).tolist():
            rows = kind == code
            chosen = list(compress(operations, rows.tolist()))
            arguments = map(attrgetter("args"), chosen)
            if code == WRITE:
                pairs = list(arguments)
                names = [name for name, _ in pairs]
                parts.append((value, rows, [new for _, new in pairs]))
            elif code == CAS:
                triples = list(arguments)
                names = [name for name, _, _ in triples]
                parts.append((old, rows, [found for _, found, _ in triples]))
                parts.append((value, rows, [new for _, _, new in triples]))
                kind[rows] = _refused(chosen)
            else:
                names = [name for (name,) in arguments]
            if code == READ:
                parts.append((value, rows, [operation.value for operation in chosen]))
            key[rows] = keys.of_names(names)
    except (ValueError, TypeError):
        raise Unfit from None
    return list(keys.numbers), key, old, value, fill(parts)


def _times(operations: Sequence[Operation], certain: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    size = len(operations)
    start = _column(map(attrgetter("began"), operations), size)
    end = _column(map(attrgetter("ended"), operations), size)
    if size and start.max() < 0:
        return _ranks(operations, certain)
    if size and (start.min() < 0 or bool((end[certain] < 0).any())):
        raise Unfit
    end[~certain] = NEVER
    return start, end


def _ranks(operations: Sequence[Operation], certain: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
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
        columns.old[order],
        columns.value[order],
        columns.values,
        columns.start[order],
        columns.end[order],
        columns.certain[order],
        columns.keys,
    )


def _column(numbers: Iterable[int], size: int) -> Numbers:
    return np.fromiter(numbers, np.int64, size)
