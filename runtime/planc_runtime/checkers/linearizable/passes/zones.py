"""Registers that are surely in order, told with numpy: the zones of Gibbons and Korach in columns.

Does what `registers` does one operation after the other, and says the same; see there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planc_runtime.checkers.linearizable.passes.columns import NEVER, Columns
from planc_runtime.checkers.linearizable.passes.integers import NOTHING, Numbers
from planc_runtime.checkers.linearizable.passes.quiet import walks_at_once
from planc_runtime.checkers.linearizable.passes.verbs import WRITE

_UNSEEN = -2
_BEGINNING = -1


@dataclass(slots=True)
class Zones:
    """A row for every value of every key."""

    key: Numbers
    wrote: Numbers
    """When its write began; _UNSEEN where nobody wrote it."""
    end: Numbers
    """Its earliest end."""
    start: Numbers
    """Its latest start."""


def zones_in_order(columns: Columns) -> NDArray[np.bool_]:
    """Say of each key whether its register is in order beyond doubt."""
    fine = np.ones(len(columns.keys), np.bool_)
    cluster, size = _clusters(columns)
    writes = columns.kind == WRITE
    twice = np.bincount(cluster[writes], minlength=size) > 1
    nothing = writes & (columns.value == NOTHING)
    fine[columns.key[twice[cluster] | nothing | (columns.kind > WRITE)]] = False
    repeated = np.flatnonzero(~fine)
    zones = _zones(columns, cluster, writes, size)
    fine[zones.key[(zones.wrote == _UNSEEN) | (zones.end < zones.wrote)]] = False
    _compare(zones, fine)
    _walk(columns, repeated, fine)
    return fine


def _walk(columns: Columns, keys: Numbers, fine: NDArray[np.bool_]) -> None:
    """Mark those of some keys that a walk vouches for."""
    if not len(keys):
        return
    chosen = np.zeros(len(fine), np.bool_)
    chosen[keys] = True
    chosen[columns.key[~columns.certain]] = False
    rows = np.flatnonzero(chosen[columns.key])
    walks_at_once(columns, rows[_by_key(columns.key[rows], len(fine))], fine)


def certain_per_key(columns: Columns) -> list[int]:
    """Return how many operations certainly happened on each key."""
    counts = np.bincount(columns.key[columns.certain], minlength=len(columns.keys))
    found: list[int] = counts.tolist()
    return found


def _clusters(columns: Columns) -> tuple[Numbers, int]:
    """Return the cluster of each operation: one for each value of each key, and their number.

    Values are numbered over all keys. Where each belongs to one key its number will do; the value
    of nothing, which all keys have, comes behind the others, once for each key.
    """
    cluster = np.where(columns.value == NOTHING, columns.values + columns.key, columns.value)
    size = columns.values + len(columns.keys)
    owner = np.zeros(size, np.int64)
    owner[cluster] = columns.key
    if bool((owner[cluster] == columns.key).all()):
        return cluster, size
    pairs = columns.key * columns.values + columns.value
    size = len(columns.keys) * columns.values
    if size <= 2 * len(pairs):
        return pairs, size
    found, cluster = np.unique(pairs, return_inverse=True)
    return cluster.astype(np.int64), len(found)


def _zones(columns: Columns, cluster: Numbers, writes: NDArray[np.bool_], size: int) -> Zones:
    first = np.zeros(size, np.bool_)
    first[cluster[columns.value == NOTHING]] = True
    wrote = np.full(size, _UNSEEN, np.int64)
    wrote[first] = _BEGINNING
    wrote[cluster[writes]] = columns.start[writes]
    end = np.full(size, NEVER, np.int64)
    end[first] = _BEGINNING
    np.minimum.at(end, cluster, columns.end)
    start = np.full(size, _UNSEEN, np.int64)
    # Of several that are assigned to one place the last one stays, and rows are in order of start.
    start[cluster] = columns.start
    key = np.zeros(size, np.int64)
    key[cluster] = columns.key
    used = start != _UNSEEN
    return Zones(key[used], wrote[used], end[used], start[used])


def _compare(zones: Zones, fine: NDArray[np.bool_]) -> None:
    """Mark keys of which one zone comes both before and after another one.

    Keys lie one behind the other on one axis. Beginnings and ends of forward zones are sorted apart
    from each other: where no two zones overlap they still belong together, and where two do, the
    later of them is the k-th to begin before k - 1 have ended.
    """
    width = int(zones.start.max(initial=0)) + 3
    first, last = zones.key * width + zones.end + 1, zones.key * width + zones.start + 1
    forward = zones.end < zones.start
    begin, until = np.sort(first[forward]), np.sort(last[forward])
    fine[begin[1:][begin[1:] < until[:-1]] // width] = False
    if not len(begin):
        return
    bounded = np.flatnonzero(~forward & (zones.end < NEVER))
    # Looked up key by key, which keeps to what is in the cache.
    bounded = bounded[_by_key(zones.key[bounded], len(fine))]
    place = np.searchsorted(begin, last[bounded]) - 1
    inside = (place >= 0) & (first[bounded] < until[place])
    fine[zones.key[bounded[inside]]] = False


def _by_key(keys: Numbers, count: int) -> NDArray[np.signedinteger]:
    """Return the order that puts one key after the other and leaves each one's order as it is."""
    # Small numbers are sorted by their digits, which is much faster.
    return np.argsort(keys.astype(np.uint16) if count <= 1 << 16 else keys, kind="stable")
