"""Registers that are surely in order, told in one pass over the history.

Most keys of most histories are: read and written only, each value once, and nothing wrong. For
those the zones of Gibbons and Korach (see `register`) need four numbers per value, and no object
per operation. What this pass cannot vouch for is left to the exact methods, which also find the
words and the evidence. A million operations take about a second.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Hashable, Iterable, Sequence
from itertools import pairwise
from math import inf
from operator import itemgetter
from typing import Any

from planc_runtime.checkers.linearizable.passes.told import Told, told
from planc_runtime.checkers.linearizable.passes.verbs import (
    ARGUMENTS,
    CAS,
    CODES,
    DELETE,
    READ,
    REFUSED,
    WRITE,
    Unfit,
)
from planc_runtime.checkers.linearizable.passes.walk import Step, walks_through
from planc_runtime.checkers.values import canonical
from planc_runtime.history import Operation, Outcome

END, START, WROTE = range(3)
"""What a cluster is made of: its earliest end, its latest start, and the start of its write; None
as long as nobody wrote it. A write that may not have happened, and that nobody saw, has no end and
is in nobody's way."""

_Cluster = list[Any]
_Clusters = dict[Hashable, _Cluster]


LARGE = 100_000
"""Operations from which on a history is worth importing numpy for."""
SMALL = 3_000
"""Operations up to which columns are no faster, even if numpy is there."""


def in_order(operations: Sequence[Operation]) -> Told:
    """Tell of each key whether its register is in order.

    Raises Unfit where there is anything but reads, writes, cas and deletes of keys.
    """
    if len(operations) >= (SMALL if "numpy" in sys.modules else LARGE):
        found = by_columns(operations)
        if found is not None:
            return found
    return one_by_one(operations)


def register_of(operation: Operation) -> Hashable:
    """Return the key; raises Unfit if there is none, which a pass may not have looked at.

    It looks at no read of unknown outcome: whatever that would have seen.
    """
    args = operation.args
    if not args or args[0].__class__ not in (str, int):
        raise Unfit
    key: Hashable = args[0]
    return key


def by_columns(operations: Sequence[Operation]) -> Told | None:
    """Tell the same by numpy; None where it is not installed (`pip install planc[fast]`)."""
    try:
        from planc_runtime.checkers.linearizable.passes.columns import columns_of
        from planc_runtime.checkers.linearizable.passes.zones import certain_per_key, zones_in_order
    except ImportError:
        return None
    columns = columns_of(operations)
    fine = zones_in_order(columns)
    counts = dict(zip(columns.keys, certain_per_key(columns), strict=True))
    good = {key for key, well in zip(columns.keys, fine.tolist(), strict=True) if well}
    if len(good) == len(counts):
        return Told(counts, good, [])
    silent = [operation for operation in columns.silent if register_of(operation) not in good]
    return Told(counts, good, columns.on_keys(~fine) + silent)


def one_by_one(operations: Sequence[Operation]) -> Told:
    """Tell the same in plain Python."""
    keys: dict[Hashable, _Clusters] = {}
    counts: dict[Hashable, int] = {}
    doubtful: set[Hashable] = set()
    certain, failed = Outcome.OK, Outcome.FAIL
    recorded: bool | None = None
    # One loop and no calls: this is where the time goes.
    for operation in operations:
        outcome = operation.outcome
        if outcome is failed:
            continue
        kind, args = CODES.get(operation.f), operation.args
        ok = outcome is certain
        if kind is None or len(args) != ARGUMENTS[kind]:
            raise Unfit
        if kind == READ and not ok:
            continue
        key = args[0]
        if key.__class__ is not str and key.__class__ is not int:
            raise Unfit
        clusters = keys.get(key)
        if clusters is None:
            clusters = keys[key] = {None: [-inf, -inf, -inf]}
            counts[key] = 0
        start: float = operation.began
        if recorded is None:
            recorded = start >= 0
        if recorded:
            end: float = operation.ended if ok else inf
            if start < 0 or end < 0:
                raise Unfit
        else:
            if start >= 0:
                raise Unfit
            start, completed = operation.invoked, operation.completed
            end = completed if ok and completed is not None else inf
        if ok:
            counts[key] += 1
        if key in doubtful:
            continue
        if kind == READ:
            value, wrote = operation.value, None
        elif kind == WRITE:
            value, wrote = args[1], start
        else:
            doubtful.add(key)
            continue
        if value.__class__ is not str:
            value = canonical(value)
        cluster = clusters.get(value)
        if cluster is None:
            clusters[value] = [end, start, wrote]
            continue
        if end < cluster[END]:
            cluster[END] = end
        if start > cluster[START]:
            cluster[START] = start
        if wrote is not None:
            if cluster[WROTE] is not None:
                doubtful.add(key)
            cluster[WROTE] = wrote
    good = {key for key, found in keys.items() if key not in doubtful and _orderly(found.values())}
    good |= _walked(operations, doubtful, bool(recorded))
    return told(operations, counts, good, register_of)


def _walked(
    operations: Iterable[Operation], keys: Collection[Hashable], numbered: bool
) -> set[Hashable]:
    """Return those of some keys that a walk vouches for."""
    steps: dict[Hashable, list[Step]] = {key: [] for key in keys}
    certain, failed = Outcome.OK, Outcome.FAIL
    for operation in operations if steps else ():
        outcome = operation.outcome
        if outcome is failed:
            continue
        args, kind = operation.args, CODES[operation.f]
        if outcome is not certain:
            if kind != READ:
                steps.pop(args[0], None)
        elif (found := steps.get(args[0])) is not None:
            found.append(_step(operation, kind, args, numbered))
    good: set[Hashable] = set()
    for key, found in steps.items():
        found.sort(key=itemgetter(3))
        if walks_through(found, [*(step[3] for step in found[1:]), inf], None):
            good.add(key)
    return good


def _step(operation: Operation, kind: int, args: tuple[Any, ...], numbered: bool) -> Step:
    old: Hashable = None
    value = operation.value if kind == READ else args[-1] if kind != DELETE else None
    if value.__class__ is not str:
        value = canonical(value)
    if kind == CAS:
        old = canonical(args[1])
        if operation.value is not True and canonical(operation.value) == "false":
            kind = REFUSED
    if numbered:
        return kind, old, value, operation.began, operation.ended
    completed = operation.completed
    return kind, old, value, operation.invoked, inf if completed is None else completed


def _orderly(clusters: Iterable[_Cluster]) -> bool:
    """Say whether no zone comes both before and after another one."""
    forward: list[tuple[float, float]] = []
    backward: list[tuple[float, float]] = []
    for end, start, wrote in clusters:
        if wrote is None or end < wrote:
            return False
        (forward if end < start else backward).append((end, start))
    forward.sort()
    for (_, start), (end, _) in pairwise(forward):
        if end < start:
            return False
    return _all_outside(forward, backward)


def _all_outside(forward: list[tuple[float, float]], backward: list[tuple[float, float]]) -> bool:
    """Say whether none of some zones, from start to end, lies within a forward one.

    Forward zones are sorted and do not overlap.
    """
    backward.sort(key=itemgetter(1))
    place, count = 0, len(forward)
    for end, start in backward:
        while place < count and forward[place][0] < start:
            place += 1
        if place and end < forward[place - 1][1]:
            return False
    return True
