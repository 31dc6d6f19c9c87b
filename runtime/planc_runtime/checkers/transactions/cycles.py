"""Cycles inside a component of the dependency graph: which kind, and a short one to show.

Whether a kind of cycle exists is always decided exactly. Which is the shortest is looked for as
long as it costs little: in a component of many thousand transactions a short one has to do.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from planc_runtime.checkers.transactions.graph import Graph, Kind, components

_TRIES = 300
"""Edges through which a cycle is looked for."""
_EFFORT = 1_000_000
"""Edges that may be looked at for one kind of cycle."""


@dataclass(frozen=True, slots=True)
class Edge:
    source: int
    target: int
    kind: Kind
    key: int


Cycle = list[Edge]


@dataclass(slots=True)
class Component:
    """The part of a graph in which every node reaches every other one."""

    size: int
    """How many nodes are transactions: waypoints have higher numbers."""
    nodes: list[int]
    leaving: dict[int, list[Edge]]
    _effort: int = field(default=_EFFORT)

    def cycle(self, through: Kind, back: Collection[Kind]) -> Cycle | None:
        """Return a short cycle of one edge of kind `through` and a rest of the kinds `back`."""
        self._effort = _EFFORT
        for nodes in self._inner({through, *back}):
            inside = set(nodes)
            ways = [e for n in nodes for e in self.leaving[n] if e.kind is through]
            # Transactions are numbered as they began: what leads far back closes a cycle.
            ways.sort(key=lambda edge: min(edge.target, self.size) - edge.source)
            best: Cycle | None = None
            for way in islice((w for w in ways if w.target in inside), _TRIES):
                path = self._path(way.target, way.source, back, inside)
                if path is not None and (best is None or len(path) + 1 < len(best)):
                    best = [way, *path]
                if (best is not None and len(best) == 2) or self._effort <= 0:
                    break
            if best is not None:
                return best
        return None

    def _inner(self, kinds: Collection[Kind]) -> Iterator[list[int]]:
        """Yield the components that are left with edges of some kinds only."""
        place = {node: position for position, node in enumerate(self.nodes)}
        sources, targets = array("i"), array("i")
        for edge in self._edges():
            if edge.kind in kinds or edge.kind is Kind.VIA:
                sources.append(place[edge.source])
                targets.append(place[edge.target])
        for component in components(len(place), sources, targets):
            yield [self.nodes[position] for position in component]

    def _edges(self) -> Iterator[Edge]:
        return (edge for node in self.nodes for edge in self.leaving[node])

    def _path(
        self, source: int, target: int, kinds: Collection[Kind], inside: Collection[int]
    ) -> Cycle | None:
        """Return a path with the fewest transactions: steps out of waypoints cost nothing."""
        reached: dict[int, Edge | None] = {}
        queue: deque[tuple[int, Edge | None]] = deque([(source, None)])
        while queue and self._effort > 0:
            node, by = queue.popleft()
            if node in reached:
                continue
            reached[node] = by
            if node == target:
                return _walk_back(reached, node)
            for edge in self.leaving[node]:
                self._effort -= 1
                if edge.target not in inside or edge.target in reached:
                    continue
                if edge.kind is Kind.VIA:
                    queue.appendleft((edge.target, edge))
                elif edge.kind in kinds:
                    queue.append((edge.target, edge))
        return None

    def apart(self, others: Collection[Kind]) -> Cycle | None:
        """Return a cycle in which no two rw edges follow each other; None if there is none.

        Such cycles are what snapshot isolation forbids (Cerone and Gotsman, "Analysing Snapshot
        Isolation", 2018). Each node is taken twice: as reached by an rw edge, from where no other
        one may leave, or by any other edge.
        """
        place = {node: 2 * position for position, node in enumerate(self.nodes)}
        sources, targets = array("i"), array("i")
        steps: dict[int, list[tuple[int, Edge]]] = {}
        for edge in self._edges():
            for after_rw in (0, 1):
                onward = _state_after(edge.kind, after_rw, others)
                if onward is not None:
                    one, two = place[edge.source] + after_rw, place[edge.target] + onward
                    sources.append(one)
                    targets.append(two)
                    steps.setdefault(one, []).append((two, edge))
        for nodes in components(2 * len(place), sources, targets):
            return _around(nodes, steps)
        return None

    def between_two(self, there: Kind, back: Kind) -> Cycle | None:
        """Return two transactions, linked one way and the other by edges of two kinds."""
        found = {(e.source, e.target): e for e in self._direct() if e.kind is there}
        for edge in self._direct():
            if edge.kind is back and (edge.target, edge.source) in found:
                return [found[edge.target, edge.source], edge]
        return None

    def _direct(self) -> Iterator[Edge]:
        """Yield the edges between transactions, those through one waypoint joined."""
        for edge in self._edges():
            if edge.source >= self.size:
                continue
            if edge.target < self.size:
                yield edge
            elif edge.kind is Kind.RW:
                for onward in self.leaving[edge.target]:
                    yield Edge(edge.source, onward.target, Kind.RW, edge.key)


def cut_out(graph: Graph, nodes: Sequence[Collection[int]]) -> list[Component]:
    """Return components with the edges inside each of them."""
    where = {node: number for number, inside in enumerate(nodes) for node in inside}
    found = [Component(graph.size, sorted(each), {node: [] for node in each}) for each in nodes]
    columns = zip(graph.sources, graph.targets, graph.kinds, graph.keys, strict=True)
    for source, target, kind, key in columns:
        number = where.get(source, -1)
        if number >= 0 and where.get(target, -2) == number:
            found[number].leaving[source].append(Edge(source, target, Kind(kind), key))
    return found


def joined(cycle: Sequence[Edge], size: int) -> Cycle:
    """Return a cycle of transactions only: edges through waypoints become one."""
    start = next(place for place, edge in enumerate(cycle) if edge.source < size)
    found: Cycle = []
    for edge in (*cycle[start:], *cycle[:start]):
        if edge.source < size:
            found.append(edge)
        else:
            found[-1] = Edge(found[-1].source, edge.target, found[-1].kind, found[-1].key)
    return found


def _walk_back(reached: dict[int, Edge | None], node: int) -> Cycle:
    path: Cycle = []
    while (edge := reached[node]) is not None:
        path.append(edge)
        node = edge.source
    return path[::-1]


def _state_after(kind: Kind, after_rw: int, others: Collection[Kind]) -> int | None:
    if kind is Kind.VIA:
        return after_rw
    if kind is Kind.RW:
        return None if after_rw else 1
    return 0 if kind in others else None


def _around(nodes: Sequence[int], steps: dict[int, list[tuple[int, Edge]]]) -> Cycle:
    """Return a shortest closed walk from some nodes of a component back to themselves."""
    inside, effort = set(nodes), _EFFORT
    best: Cycle | None = None
    for start in islice(nodes, _TRIES):
        reached: dict[int, tuple[int, Edge]] = {}
        queue = deque([start])
        while queue and start not in reached:
            node = queue.popleft()
            for onward, edge in steps.get(node, ()):
                effort -= 1
                if onward in inside and onward not in reached:
                    reached[onward] = (node, edge)
                    queue.append(onward)
        walk: Cycle = []
        node = start
        while not walk or node != start:
            node, edge = reached[node]
            walk.append(edge)
        if best is None or len(walk) < len(best):
            best = walk[::-1]
        if effort <= 0:
            break
    assert best is not None
    return best
