"""From versions to dependencies among transactions, and the anomalies that need no cycle."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Sequence
from itertools import accumulate

from planc_runtime.checkers.order import completion, invocation
from planc_runtime.checkers.transactions.graph import Graph, Kind
from planc_runtime.checkers.transactions.placing import Contradiction, find_contradiction
from planc_runtime.checkers.transactions.transaction import Transaction
from planc_runtime.checkers.transactions.versions import Anomaly, Key, successions
from planc_runtime.checkers.words import value_text

_EACH_WITH_EACH = 64
"""Edges from readers of one version to writers of the next that are made one by one."""


class Dependencies:
    """Everything that the reads of a history prove about who came before whom."""

    def __init__(self, txns: Sequence[Transaction], keys: Sequence[Key]) -> None:
        self.graph = Graph(len(txns))
        self.anomalies: list[Anomaly] = []
        self.keys = keys
        self._txns = txns
        self._committed = [txn.committed for txn in txns]
        self._happened = self._that_happened()
        self._readers: dict[tuple[int, Hashable], list[int]] = defaultdict(list)
        """By key and value; made when it is needed."""
        for number, key in enumerate(keys):
            self._check_values(key)
            self._lost_updates(key)
            self._add_key(number, key)

    def contradiction(self) -> Contradiction | None:
        """Return why the versions of registers have no order, if there is one order of all."""
        return find_contradiction(self.graph, self.keys, self._happened)

    def _that_happened(self) -> list[bool]:
        """Return which transactions happened: committed ones, and those of which a read shows it.

        An aborted one did not, whoever has read of it.
        """
        happened = list(self._committed)
        for key in self.keys:
            for _, seen in key.telling():
                for value in seen:
                    writer = key.sole_writer(value)
                    if writer >= 0 and not self._txns[writer].aborted:
                        happened[writer] = True
        return happened

    def _check_values(self, key: Key) -> None:
        """Note values from nowhere, from aborted transactions, and orders that disagree."""
        for number, seen in key.telling():
            name = value_text(key.name)
            if key.is_list and number != key.owner:
                sentence = f"two reads of {name} disagree: {_difference(seen, key.chain)}"
                self._note("incompatible-order", sentence, number, key.owner)
            if key.is_list and len(set(seen)) < len(seen):
                self._note("duplicate-elements", f"{name} holds an element twice", number)
            for value in seen:
                self._check_origin(key, number, value)

    def _check_origin(self, key: Key, number: int, value: Hashable) -> None:
        writer = key.writers.get(value)
        if writer is None:
            self._note("garbage-read", f"{_is(key, value)} was read, which nobody wrote", number)
        elif not self._happened[writer]:
            writers = key.twice.get(value, [writer])
            if all(self._txns[each].aborted for each in writers):
                sentence = f"{_is(key, value)} was read, whose writer aborted"
                self._note("G1a", sentence, writer, number)

    def _lost_updates(self, key: Key) -> None:
        """Note versions that two committed transactions both read, and both replaced."""
        if len(key.follows) < 2:
            return
        replaced: dict[Hashable, int] = {}
        for found, number in key.follows:
            version = key.version(found)
            known = key.sole_writer(version) >= 0 or (version is None and None not in key.writers)
            other = replaced.setdefault(version, number) if known else number
            if other != number:
                sentence = f"two transactions read {_is(key, version)} and both replaced it"
                found_lost = Anomaly("lost-update", sentence, (other, number), str(key.name))
                self.anomalies.append(found_lost)

    def _note(self, name: str, sentence: str, *numbers: int) -> None:
        self.anomalies.append(Anomaly(name, sentence, numbers))

    def _add_key(self, number: int, key: Key) -> None:
        add = self.graph.add
        readers: dict[Hashable, list[int]] = defaultdict(list)
        for reader, found in key.reads:
            version = key.version(found)
            readers[version].append(reader)
            writer = key.sole_writer(version)
            if writer < 0 or not self._happened[writer] or writer == reader:
                continue
            if version in key.overwritten:
                sentence = f"{_is(key, version)} was read, an intermediate value"
                self._note("G1b", sentence, writer, reader)
            add(writer, reader, Kind.WR, number)
        for earlier, values in successions(key, self._happened, self._committed):
            later = [key.writers[value] for value in values]
            previous = key.sole_writer(earlier)
            if previous >= 0 and self._happened[previous]:
                for writer in later:
                    add(previous, writer, Kind.WW, number)
            self._overwritten(number, readers.get(earlier, ()), later)

    def _overwritten(self, key: int, readers: Sequence[int], later: Sequence[int]) -> None:
        """Link the readers of a version with the writers of those that replaced it.

        Of many and many only those that both read and wrote are linked one by one: through a
        waypoint such a one would come before itself.
        """
        direct = readers
        if len(readers) * len(later) > _EACH_WITH_EACH and len(later) > 1:
            point, writers = self.graph.waypoint(), set(later)
            direct = [reader for reader in readers if reader in writers]
            for reader in readers:
                if reader not in writers:
                    self.graph.add(reader, point, Kind.RW, key)
            for writer in later:
                self.graph.add(point, writer, Kind.VIA, key)
        for reader in direct:
            for writer in later:
                self.graph.add(reader, writer, Kind.RW, key)

    def add_sessions(self) -> None:
        """Add that each process ran its transactions one after the other.

        So a register that it wrote twice had the first value earlier.
        """
        latest: dict[int, int] = {}
        for number, txn in enumerate(self._txns):
            if self._happened[number]:
                process = txn.operation.process
                if process in latest and self._committed[latest[process]]:
                    self.graph.add(latest[process], number, Kind.SESSION)
                latest[process] = number
        for number, key in enumerate(self.keys):
            writers = [] if key.is_list else self._writers(key)
            following: dict[int, int] = {}
            for writer, value in reversed(writers):
                process = self._txns[writer].operation.process
                if process in following and self._committed[writer]:
                    self._replaced(number, key, value, following[process])
                following[process] = writer

    def add_real_time(self) -> None:
        """Add that what had ended before another began came first.

        Every end is a waypoint on one line of time: who ends enters it, who begins leaves it at
        the last end before. So a register that was written twice, one write after the other, had
        the first value earlier.
        """
        for number, key in enumerate(self.keys):
            if not key.is_list:
                self._add_replacements(number, key)
        # Begins sort before ends: at equal moments that nobody ordered two count as concurrent.
        events = [(invocation(self._txns[n].operation), 0, n)
                  for n, happened in enumerate(self._happened) if happened]  # fmt: skip
        events += [(completion(self._txns[n].operation), 1, n)
                   for n, committed in enumerate(self._committed) if committed]  # fmt: skip
        line = -1
        for _, ended, number in sorted(events):
            if not ended:
                if line >= 0:
                    self.graph.add(line, number, Kind.VIA)
                continue
            point = self.graph.waypoint()
            if line >= 0:
                self.graph.add(line, point, Kind.VIA)
            self.graph.add(number, point, Kind.REALTIME)
            line = point

    def _writers(self, key: Key) -> list[tuple[int, Hashable]]:
        """Return who wrote which value alone, if it happened, in the order of invocation."""
        found = ((key.sole_writer(value), value) for value in key.writers)
        sole = [(n, value) for n, value in found if n >= 0 and self._happened[n]]
        return sorted(sole, key=lambda each: invocation(self._txns[each[0]].operation))

    def _add_replacements(self, number: int, key: Key) -> None:
        """Link who read a value to the first that ended of those who wrote after its writer."""
        writers = self._writers(key)
        begun = [invocation(self._txns[writer].operation) for writer, _ in writers]
        soonest = list(accumulate(reversed([writer for writer, _ in writers]), self._ends_sooner))
        for writer, value in writers:
            position = bisect_right(begun, completion(self._txns[writer].operation))
            if position < len(writers):
                self._replaced(number, key, value, soonest[len(writers) - 1 - position])

    def _ends_sooner(self, one: int, other: int) -> int:
        ends = [completion(self._txns[each].operation) for each in (one, other)]
        return one if ends[0] <= ends[1] else other

    def _replaced(self, number: int, key: Key, value: Hashable, by: int) -> None:
        if not self._readers:
            for place, each in enumerate(self.keys):
                for reader, found in each.reads:
                    self._readers[place, each.version(found)].append(reader)
        for reader in self._readers.get((number, value), ()):
            self.graph.add(reader, by, Kind.RW, number)


def _is(key: Key, value: Hashable) -> str:
    return f"{value_text(key.name)} = {value_text(value)}"


def _difference(one: Sequence[Hashable], other: Sequence[Hashable]) -> str:
    """Return the first place where two lists differ, in words."""
    place = next(n for n, (a, b) in enumerate(zip(one, other, strict=False), 1) if a != b)
    first, second = value_text(one[place - 1]), value_text(other[place - 1])
    return f"number {place} is {first} in the one, {second} in the other"
