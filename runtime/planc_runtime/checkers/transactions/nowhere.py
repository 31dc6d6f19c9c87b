"""In words: why the versions of a register have no order, step by step from what was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planc_runtime.checkers.transactions.cycles import Edge, joined
from planc_runtime.checkers.transactions.dependencies import Dependencies
from planc_runtime.checkers.transactions.explain import because
from planc_runtime.checkers.transactions.graph import Kind
from planc_runtime.checkers.transactions.placing import Conclusion, Contradiction, Step
from planc_runtime.checkers.transactions.transaction import Transaction
from planc_runtime.checkers.words import describe, value_text

_MOST_LINES = 40


class Told:
    """A contradiction as a cycle of dependencies, with the reason of each and theirs."""

    def __init__(
        self, found: Dependencies, txns: Sequence[Transaction], contradiction: Contradiction
    ) -> None:
        self.txns = txns
        self.keys = found.keys
        self.size = found.graph.size
        self.conclusions = contradiction.conclusions
        graph = found.graph
        columns = zip(graph.sources, graph.targets, graph.kinds, graph.keys, strict=True)
        self._known = {(s, t): Edge(s, t, Kind(kind), key) for s, t, kind, key in columns}
        self.cycle = self._edges(contradiction.cycle)
        self._labels: dict[int, str] = {}
        for edge in self.cycle:
            self._label(edge.source)

    @property
    def about(self) -> int:
        """The key whose versions find no place."""
        concluded = (e for e in self.cycle if (e.source, e.target) in self.conclusions)
        return next(concluded, self.cycle[0]).key

    def why(self) -> list[str]:
        return [self._reason(edge) for edge in self.cycle]

    def lines(self) -> list[str]:
        """Return who is who, each step of the cycle, and what the concluded ones rest on."""
        steps = list(dict.fromkeys(self._steps(self.cycle)))
        who = [f"{label}: {describe(self.txns[n].operation)}" for n, label in self._labels.items()]
        lines = [*who, *steps]
        return [*lines[:_MOST_LINES], "..."] if len(lines) > _MOST_LINES else lines

    def _steps(self, edges: Sequence[Edge]) -> Iterator[str]:
        waiting, told = list(edges), set()
        while waiting:
            edge = waiting.pop(0)
            step = (edge.source, edge.target)
            if step in told:
                continue
            told.add(step)
            ends = f"{self._label(edge.source)} comes before {self._label(edge.target)}"
            yield f"{ends}: {self._reason(edge)}"
            if step in self.conclusions and edge == self._edge(step):
                waiting += self._edges(self.conclusions[step].support, closed=False)

    def _reason(self, edge: Edge) -> str:
        conclusion = self.conclusions.get((edge.source, edge.target))
        if conclusion is None or (edge.source, edge.target) in self._known:
            return because(edge, self.txns, self.keys)
        return self._concluded(conclusion, edge)

    def _concluded(self, why: Conclusion, edge: Edge) -> str:
        name = value_text(self.keys[why.key].name)
        source, target = self._label(edge.source), self._label(edge.target)
        if edge.kind is Kind.WW:
            reader = self._label(why.reader)
            return (
                f"{reader} read the {name} of {target}, and comes after {source}, who wrote it too"
            )
        writer = self._label(why.writer)
        return (
            f"it read the {name} of {writer}, and {target}, who wrote it too, comes after that one"
        )

    def _label(self, number: int) -> str:
        return self._labels.setdefault(number, f"T{len(self._labels) + 1}")

    def _edge(self, step: Step) -> Edge:
        if step in self._known:
            return self._known[step]
        why = self.conclusions[step]
        kind = Kind.WW if step == (why.other, why.writer) else Kind.RW
        return Edge(*step, kind, why.key)

    def _edges(self, steps: Sequence[Step], *, closed: bool = True) -> list[Edge]:
        """Return steps as edges between transactions; waypoints are left out."""
        edges = [self._edge(step) for step in steps]
        if closed:
            return joined(edges, self.size)
        found: list[Edge] = []
        for edge in edges:
            if edge.source < self.size:
                found.append(edge)
            else:
                last = found[-1]
                found[-1] = Edge(last.source, edge.target, last.kind, last.key)
        return found
