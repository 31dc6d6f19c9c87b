"""Where the versions of registers must stand, if there is one order of all transactions at all.

Reads do not show in which order a register was written. But if r read what w wrote, nobody wrote
between them: any other writer v of that register came before w or after r. So whoever came before r
for any reason came before w, and whoever came after w came after r; each of these is a reason in
its turn. What follows is added until nothing new does, or until some v must lie between: then there
is no order. This is saturation (Biswas and Enea, "On the Complexity of Checking Transactional
Consistency", OOPSLA 2019). It never accuses wrongly; it may leave a history without an order
unfound, because deciding that for registers is NP-complete (Papadimitriou 1979).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planc_runtime.checkers.transactions.graph import Graph
from planc_runtime.checkers.transactions.versions import Key

MOST = 4_000
"""Transactions up to which it is done: it takes memory by their square."""
_ROUNDS = 50


Step = tuple[int, int]
"""From whom to whom an edge leads."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """`reader` read of `key` what `writer` wrote, so `other`, who wrote it too, is not between."""

    key: int
    writer: int
    reader: int
    other: int
    support: Sequence[Step]
    """Why the other one comes before the reader, or after the writer."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What follows from one order of all, and goes round in a circle."""

    cycle: Sequence[Step]
    conclusions: dict[Step, Conclusion]
    """Of the steps that were concluded; each rests on steps that were known before it."""


def find_contradiction(
    graph: Graph, keys: Sequence[Key], happened: Sequence[bool]
) -> Contradiction | None:
    """Return why versions cannot be placed; None where nothing speaks against it.

    `graph` must have no cycle and is left as it is.
    """
    pairs = list(_pairs(keys, happened))
    if not pairs or graph.size > MOST:
        return None
    return _Order(graph, _writers(keys, happened)).saturate(pairs)


def _pairs(keys: Sequence[Key], happened: Sequence[bool]) -> Iterator[tuple[int, int, int]]:
    """Yield (key, writer, reader) of registers whose values were all written once."""
    for number, key in enumerate(keys):
        if key.is_list or key.twice:
            continue
        for reader, found in key.reads:
            writer = key.sole_writer(key.version(found))
            if writer >= 0 and writer != reader and happened[writer] and happened[reader]:
                yield number, writer, reader


def _writers(keys: Sequence[Key], happened: Sequence[bool]) -> list[int]:
    """Return for each key a mask of those who wrote it."""
    alone = [() if key.is_list or key.twice else set(key.writers.values()) for key in keys]
    return [sum(1 << number for number in written if happened[number]) for written in alone]


class _Order:
    """Who comes before whom, as masks, and the edges that it follows from."""

    def __init__(self, graph: Graph, writers: Sequence[int]) -> None:
        self.writers = writers
        self.following: list[list[int]] = [[] for _ in range(graph.size + graph.waypoints)]
        for source, target in zip(graph.sources, graph.targets, strict=True):
            self.following[source].append(target)
        self.conclusions: dict[Step, Conclusion] = {}
        self.after: list[int] = []
        self.before: list[int] = []

    def saturate(self, pairs: Sequence[tuple[int, int, int]]) -> Contradiction | None:
        for _ in range(_ROUNDS):
            circle = self._close()
            if circle:
                return Contradiction(circle, self.conclusions)
            found = [each for pair in pairs for each in self._concluded(*pair)]
            if not found:
                return None
            # Paths are looked for before anything of this round is added: none rests on itself.
            news = {step: self._because(*reason) for step, reason in found
                    if step not in self.conclusions}  # fmt: skip
            self.conclusions |= news
            for source, target in news:
                self.following[source].append(target)
        return None

    def _concluded(
        self, key: int, writer: int, reader: int
    ) -> Iterator[tuple[Step, tuple[int, int, int, int, bool]]]:
        """Yield what follows from one read: of those before the reader, the last ones do."""
        others = self.writers[key] & ~(1 << writer | 1 << reader)
        earlier = others & self.before[reader] & ~self.before[writer]
        for other in _numbers(earlier):
            if not earlier & self.after[other]:
                yield (other, writer), (key, writer, reader, other, True)
        later = others & self.after[writer] & ~self.after[reader]
        for other in _numbers(later):
            if not later & self.before[other]:
                yield (reader, other), (key, writer, reader, other, False)

    def _because(self, key: int, writer: int, reader: int, other: int, earlier: bool) -> Conclusion:
        path = self._path(other, reader) if earlier else self._path(writer, other)
        return Conclusion(key, writer, reader, other, path)

    def _close(self) -> list[Step]:
        """Find out who comes before whom; returns a circle where there is one."""
        order, left = _topological(self.following)
        if left:
            return _circle(self.following, left)
        self.after = [0] * len(self.following)
        self.before = [0] * len(self.following)
        for node in reversed(order):
            mask = 0
            for target in self.following[node]:
                mask |= self.after[target] | 1 << target
            self.after[node] = mask
        for node in order:
            mask = self.before[node] | 1 << node
            for target in self.following[node]:
                self.before[target] |= mask
        return []

    def _path(self, start: int, end: int) -> list[Step]:
        came: dict[int, int] = {start: start}
        queue = deque([start])
        while end not in came:
            node = queue.popleft()
            for target in self.following[node]:
                if target not in came:
                    came[target] = node
                    queue.append(target)
        path = []
        while end != start:
            path.append((came[end], end))
            end = came[end]
        return path[::-1]


def _topological(following: Sequence[Sequence[int]]) -> tuple[list[int], set[int]]:
    """Return the nodes in an order, and those that have none because they lie behind a circle."""
    waiting = [0] * len(following)
    for targets in following:
        for target in targets:
            waiting[target] += 1
    order = [node for node, count in enumerate(waiting) if not count]
    for node in order:
        for target in following[node]:
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    return order, {node for node, count in enumerate(waiting) if count}


def _circle(following: Sequence[Sequence[int]], left: set[int]) -> list[Step]:
    """Walk back from one to another until somebody is met again."""
    leading = {target: node for node in sorted(left) for target in following[node]}
    node = min(left)
    walked: dict[int, int] = {}
    while node not in walked:
        walked[node] = len(walked)
        node = leading[node]
    round_trip = [each for each, place in walked.items() if place >= walked[node]][::-1]
    return list(zip(round_trip, [*round_trip[1:], round_trip[0]], strict=True))


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def _numbers(mask: int) -> Iterator[int]:
    while mask:
        number = _lowest(mask)
        yield number
        mask &= mask - 1
