"""Who depends on whom among transactions, and cycles among them.

Edges are ww (wrote the next version), wr (read what was written), rw (read what was overwritten)
and rt (began after the other had ended). Strongly connected components by Tarjan's algorithm,
without recursion; the shortest cycle of a kind by breadth-first search inside a component.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

Kind = str
_TRIES = 1000
"""Edges of a component through which a cycle is looked for: evidence must not cost more than the
verdict."""


@dataclass(frozen=True, slots=True)
class Edge:
    source: int
    target: int
    kind: Kind
    reason: str
    """In words, following "because": "it read x = 3, which the other overwrote with 5"."""


@dataclass(slots=True)
class Graph:
    edges: dict[int, dict[tuple[int, Kind], Edge]] = field(default_factory=dict)
    """By source, then by target and kind; the first reason given is kept."""

    def add(self, source: int, target: int, kind: Kind, reason: str) -> None:
        if source != target:
            edge = Edge(source, target, kind, reason)
            self.edges.setdefault(source, {}).setdefault((target, kind), edge)

    def leaving(self, source: int, kinds: Collection[Kind]) -> Iterator[Edge]:
        return (edge for edge in self.edges.get(source, {}).values() if edge.kind in kinds)

    def components(self, kinds: Collection[Kind]) -> list[set[int]]:
        """Return the strongly connected components of more than one node."""
        return _Tarjan(self, kinds).run()

    def path(
        self, source: int, target: int, kinds: Collection[Kind], inside: Collection[int]
    ) -> list[Edge] | None:
        """Return a shortest path over edges of some kinds, inside a set of nodes."""
        reached: dict[int, Edge | None] = {source: None}
        queue = deque([source])
        while queue:
            node = queue.popleft()
            for edge in self.leaving(node, kinds):
                if edge.target not in inside or edge.target in reached:
                    continue
                reached[edge.target] = edge
                if edge.target == target:
                    return _walk_back(reached, edge)
                queue.append(edge.target)
        return None

    def cycle(
        self, through: Collection[Kind], back: Collection[Kind], inside: Collection[int]
    ) -> list[Edge] | None:
        """Return a short cycle: one edge of the kinds `through`, the rest of the kinds `back`."""
        best: list[Edge] | None = None
        ways = (edge for node in sorted(inside) for edge in self.leaving(node, through))
        for edge in islice((way for way in ways if way.target in inside), _TRIES):
            path = self.path(edge.target, edge.source, back, inside)
            if path is not None and (best is None or len(path) + 1 < len(best)):
                best = [edge, *path]
                if len(best) == 2:
                    break
        return best


def _walk_back(reached: dict[int, Edge | None], last: Edge) -> list[Edge]:
    path = [last]
    while (edge := reached[path[-1].source]) is not None:
        path.append(edge)
    return path[::-1]


class _Tarjan:
    """Tarjan, "Depth-first search and linear graph algorithms" (1972)."""

    def __init__(self, graph: Graph, kinds: Collection[Kind]) -> None:
        self._graph = graph
        self._kinds = kinds
        self._number: dict[int, int] = {}
        self._low: dict[int, int] = {}
        self._path: list[int] = []
        self._on_path: set[int] = set()
        self._found: list[set[int]] = []

    def run(self) -> list[set[int]]:
        for node in self._graph.edges:
            if node not in self._number:
                self._visit(node)
        return self._found

    def _visit(self, root: int) -> None:
        stack = [self._enter(root)]
        while stack:
            node, edges = stack[-1]
            edge = next(edges, None)
            if edge is None:
                stack.pop()
                self._leave(node)
                if stack:
                    parent = stack[-1][0]
                    self._low[parent] = min(self._low[parent], self._low[node])
            elif edge.target not in self._number:
                stack.append(self._enter(edge.target))
            elif edge.target in self._on_path:
                self._low[node] = min(self._low[node], self._number[edge.target])

    def _enter(self, node: int) -> tuple[int, Iterator[Edge]]:
        self._number[node] = self._low[node] = len(self._number)
        self._path.append(node)
        self._on_path.add(node)
        return node, self._graph.leaving(node, self._kinds)

    def _leave(self, node: int) -> None:
        if self._low[node] != self._number[node]:
            return
        component: set[int] = set()
        while node not in component:
            component.add(self._path.pop())
        self._on_path -= component
        if len(component) > 1:
            self._found.append(component)


def nodes_of(cycle: Sequence[Edge]) -> list[int]:
    return [edge.source for edge in cycle]
