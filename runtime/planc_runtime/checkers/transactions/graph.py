"""Who depends on whom among transactions: a graph in columns, and where it has cycles.

Edges are ww (wrote the next version), wr (read what was written), rw (read what was overwritten),
session (the same process, later) and realtime (began after the other had ended). Nodes from `size`
on are *waypoints*: they stand for no transaction, and spare the edges from each of many to each of
many. What leads out of a waypoint is of the kind `via` and counts for nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

LARGE = 200_000
"""Edges from which on it pays to import scipy, where it is installed."""


class Kind(IntEnum):
    WW = 0
    WR = 1
    RW = 2
    SESSION = 3
    REALTIME = 4
    VIA = 5


@dataclass(slots=True)
class Graph:
    size: int
    """Number of transactions."""
    sources: array[int] = field(default_factory=lambda: array("i"))
    targets: array[int] = field(default_factory=lambda: array("i"))
    kinds: array[int] = field(default_factory=lambda: array("b"))
    keys: array[int] = field(default_factory=lambda: array("i"))
    """Which key an edge is about; -1 where none."""
    waypoints: int = 0

    def add(self, source: int, target: int, kind: Kind, key: int = -1) -> None:
        if source != target:
            self.sources.append(source)
            self.targets.append(target)
            self.kinds.append(kind)
            self.keys.append(key)

    def waypoint(self) -> int:
        """Return a new node that stands for no transaction."""
        self.waypoints += 1
        return self.size + self.waypoints - 1

    def components(self, without: Sequence[Kind] = ()) -> list[list[int]]:
        """Return the strongly connected components of more than one node, each sorted."""
        sources, targets = self.sources, self.targets
        if without:
            wanted = [kind not in without for kind in self.kinds]
            sources = array("i", (s for s, keep in zip(sources, wanted, strict=True) if keep))
            targets = array("i", (t for t, keep in zip(targets, wanted, strict=True) if keep))
        return components(self.size + self.waypoints, sources, targets)


def components(size: int, sources: array[int], targets: array[int]) -> list[list[int]]:
    """Return the strongly connected components of more than one node, each sorted.

    Large graphs go to scipy where that is installed: `pip install planc[fast]`.
    """
    found = by_scipy(size, sources, targets) if len(sources) >= LARGE else None
    return by_tarjan(size, sources, targets) if found is None else found


def by_scipy(size: int, sources: array[int], targets: array[int]) -> list[list[int]] | None:
    """Return the same by scipy's algorithm; None where scipy is not installed."""
    try:
        import numpy
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components
    except ImportError:
        return None
    ones = numpy.ones(len(sources), dtype=numpy.int8)
    edges = (numpy.frombuffer(sources, numpy.int32), numpy.frombuffer(targets, numpy.int32))
    matrix: Any = coo_array((ones, edges), shape=(size, size)).tocsr()
    _, label = connected_components(matrix, directed=True, connection="strong")
    members = numpy.flatnonzero(numpy.bincount(label)[label] > 1)
    found: dict[int, list[int]] = {}
    for node, name in zip(members.tolist(), label[members].tolist(), strict=True):
        found.setdefault(name, []).append(node)
    return list(found.values())


def by_tarjan(size: int, sources: array[int], targets: array[int]) -> list[list[int]]:
    """Tarjan, "Depth-first search and linear graph algorithms" (1972), without recursion."""
    following: list[list[int]] = [[] for _ in range(size)]
    for source, target in zip(sources, targets, strict=True):
        following[source].append(target)
    number, low = [-1] * size, [0] * size
    on_path = bytearray(size)
    path: list[int] = []
    found: list[list[int]] = []
    counted = 0
    for root in range(size):
        if number[root] >= 0 or not following[root]:
            continue
        stack = [root]
        while stack:
            node = stack[-1]
            if number[node] < 0:
                number[node] = low[node] = counted
                counted += 1
                path.append(node)
                on_path[node] = 1
            onward = following[node]
            while onward:
                target = onward.pop()
                if number[target] < 0:
                    stack.append(target)
                    break
                if on_path[target] and number[target] < low[node]:
                    low[node] = number[target]
            else:
                stack.pop()
                if stack and low[node] < low[stack[-1]]:
                    low[stack[-1]] = low[node]
                if low[node] == number[node]:
                    _close(node, path, on_path, found)
    return found


def _close(node: int, path: list[int], on_path: bytearray, found: list[list[int]]) -> None:
    """Take the component whose first node is `node` off the path."""
    component: list[int] = []
    while not component or component[-1] != node:
        component.append(path.pop())
        on_path[component[-1]] = 0
    if len(component) > 1:
        found.append(sorted(component))
