"""A history of registers as columns of numbers, for judging it with numpy.

Of each operation half a dozen objects are looked at, and what takes time is waiting for them to
come from memory. So a history is read in blocks that stay in the processor's cache while one
attribute after the other is read of all operations of the block. Imported only for histories long
enough to pay for importing numpy.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planc_runtime.checkers.linearizable.passes.integers import NotIntegers, Numbers, column
from planc_runtime.checkers.linearizable.passes.numbering import Integers, Names, Numbering, Values
from planc_runtime.checkers.linearizable.passes.verbs import CAS, CODES, READ, REFUSED, WRITE, Unfit
from planc_runtime.checkers.values import canonical
from planc_runtime.history import Operation, Outcome

NEVER = 1 << 60
"""The end of an operation that may still take effect at any later time."""
BLOCK = 4096
"""Operations that are read together: what they refer to fits in a cache of a megabyte or two."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What certainly happened, and changes that may have: a row each, in order of invocation."""

    kind: NDArray[np.int8]
    key: Numbers
    """Place of the key in `keys`."""
    old: Numbers
    """Number of the value that a cas wants to find."""
    value: Numbers
    """Number of the value that was read, or that a change leaves; equal for equal values."""
    start: Numbers
    end: Numbers
    """Ordinals of events, or ranks of times: only their order has a meaning."""
    certain: NDArray[np.bool_]
    values: int
    """All numbers of values are less."""
    keys: list[Hashable]
    operations: list[Operation]
    """In the order of the history."""
    place: Numbers
    """Of each row, where its operation stands among these."""
    silent: list[Operation]
    """What has no row, as it can say nothing: reads of which nobody knows what they found."""

    def on_keys(self, chosen: NDArray[np.bool_]) -> list[Operation]:
        """Return what was done to some keys, in the order of the history."""
        places = np.sort(self.place[chosen[self.key]])
        return [self.operations[place] for place in places.tolist()]


def columns_of(operations: Sequence[Operation]) -> Columns:
    """Return the columns of a history; raises Unfit where it is not one of named registers alone.

    Changes are writes, cas and deletes of keys.
    """
    try:
        return _columns(operations, Integers())
    except NotIntegers:
        return _columns(operations, Names())


def _columns(operations: Sequence[Operation], values: Values) -> Columns:
    keys = Numbering()
    blocks = [
        _Block.read(operations[first : first + BLOCK], keys, values)
        for first in range(0, len(operations) or 1, BLOCK)
    ]
    kind, certain = (np.concatenate([getattr(b, c) for b in blocks]) for c in ("kind", "certain"))
    key, old, value, start, end = (
        np.concatenate([getattr(block, name) for block in blocks])
        for name in ("key", "old", "value", "start", "end")
    )
    if bool((kind == CAS).any()) or bool((kind == REFUSED).any()):
        (old, value), bound = values.settle([old, value])
    else:
        (value,), bound = values.settle([value])
    told = list(chain.from_iterable(block.operations for block in blocks))
    if len(start) and start.max() < 0:
        start, end = _ranks(told, certain)
    elif len(start) and (start.min() < 0 or bool((end[certain] < 0).any())):
        raise Unfit
    else:
        end[~certain] = NEVER
    place = np.arange(len(told))
    silent = list(chain.from_iterable(block.silent for block in blocks))
    made = Columns(
        kind, key, old, value, start, end, certain, bound, list(keys.numbers), told, place, silent
    )
    return made if bool((start[1:] >= start[:-1]).all()) else _in_order_of_invocation(made)


@dataclass(frozen=True, slots=True)
class _Block:
    """Columns of a few operations, with values as they are numbered before all are known."""

    operations: Sequence[Operation]
    kind: NDArray[np.int8]
    key: Numbers
    old: Numbers
    value: Numbers
    start: Numbers
    end: Numbers
    certain: NDArray[np.bool_]
    silent: Sequence[Operation]
    """What can say nothing."""

    @classmethod
    def read(cls, operations: Sequence[Operation], keys: Numbering, values: Values) -> _Block:
        """Read operations; those that failed are left out."""
        outcomes = [operation.outcome for operation in operations]
        certain = np.ones(len(operations), np.bool_)
        if outcomes.count(Outcome.OK) != len(outcomes):
            operations = [o for o in operations if o.outcome is not Outcome.FAIL]
            certain = np.array([o.outcome is Outcome.OK for o in operations], np.bool_)
        kind = _kinds(operations)
        silent: Sequence[Operation] = ()
        telling = certain | (kind != READ)
        if not telling.all():
            silent = list(compress(operations, (~telling).tolist()))
            if any(len(operation.args) != 1 for operation in silent):
                raise Unfit
            operations = list(compress(operations, telling.tolist()))
            kind, certain = kind[telling], certain[telling]
        key, old, value = _arguments(operations, kind, keys, values)
        start = column([operation.began for operation in operations])
        end = column([operation.ended for operation in operations])
        return cls(operations, kind, key, old, value, start, end, certain, silent)


def _kinds(operations: Sequence[Operation]) -> NDArray[np.int8]:
    try:
        codes = bytearray([CODES[operation.f] for operation in operations])
    except KeyError:
        raise Unfit from None
    return np.frombuffer(codes, np.int8)


def _arguments(
    operations: Sequence[Operation], kind: NDArray[np.int8], keys: Numbering, values: Values
) -> tuple[Numbers, Numbers, Numbers]:
    """Return the number of each operation's key and those of its values, the one it leaves last.

    Refused cas calls are marked as such among the kinds.
    Unpacking tells that each operation has as many arguments as it takes.
    """
    key = np.zeros(len(operations), np.int64)
    old, value = (np.full(len(operations), values.nothing) for _ in range(2))
    try:
        for code in np.flatnonzero(np.bincount(kind)).tolist():
            rows = kind == code
            chosen = list(compress(operations, rows.tolist()))
            arguments: list[Any] = [operation.args for operation in chosen]
            if code == WRITE:
                names = [name for name, _ in arguments]
                value[rows] = values.of([new for _, new in arguments])
            elif code == CAS:
                names = [name for name, _, _ in arguments]
                old[rows] = values.of([found for _, found, _ in arguments])
                value[rows] = values.of([new for _, _, new in arguments])
                kind[rows] = _refused(chosen)
            else:
                names = [name for (name,) in arguments]
            if code == READ:
                value[rows] = values.of([operation.value for operation in chosen])
            key[rows] = keys.of_names(names)
    except (ValueError, TypeError):
        raise Unfit from None
    return key, old, value


def _refused(tries: Iterable[Operation]) -> list[int]:
    """Tell the cas calls that answered that they found another value from the others."""
    said = [operation.value if operation.outcome is Outcome.OK else None for operation in tries]
    # What most of them say is told without making text of it.
    return [
        CAS if value is None or value is True or canonical(value) != "false" else REFUSED
        for value in said
    ]


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
    told = ("kind", "key", "old", "value", "start", "end", "certain", "place")
    return replace(columns, **{name: getattr(columns, name)[order] for name in told})
