"""From versions to dependencies among transactions, and the anomalies that need no cycle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from planc_runtime.checkers.order import completion, invocation
from planc_runtime.checkers.transactions.graph import Graph
from planc_runtime.checkers.transactions.transaction import Transaction
from planc_runtime.checkers.transactions.versions import Anomaly, Key, version_order
from planc_runtime.checkers.words import value_text


class Dependencies:
    """Everything that the reads of a history prove about who came before whom."""

    def __init__(self, txns: Sequence[Transaction], keys: Sequence[Key]) -> None:
        self.graph = Graph()
        self.anomalies: list[Anomaly] = []
        self._txns = txns
        self._committed = {n for n, txn in enumerate(txns) if txn.committed}
        aborted = {n for n, txn in enumerate(txns) if txn.aborted}
        self._happened = self._committed | (_seen(keys) - aborted)
        for key in keys:
            self._add_key(key)

    def _add_key(self, key: Key) -> None:
        self._check_values(key)
        readers: dict[Hashable, list[int]] = defaultdict(list)
        for number, found in key.reads:
            version = key.version(found)
            readers[version].append(number)
            self._read(key, number, version)
        for earlier, later in version_order(key, self._happened, self._committed):
            for writer in self._writer(key, later):
                self._overwritten(key, earlier, later, writer, readers[earlier])

    def _check_values(self, key: Key) -> None:
        """Note values from nowhere, from aborted transactions, and orders that disagree."""
        owner, longest = key.longest()
        for number, seen in key.telling():
            if key.is_list and longest[: len(seen)] != seen:
                self._note("incompatible-order", f"two reads of {key.name} disagree", number, owner)
            if len(set(seen)) < len(seen):
                self._note("duplicate-elements", f"{key.name} holds an element twice", number)
            for value in seen:
                self._check_origin(key, number, value)

    def _check_origin(self, key: Key, number: int, value: Hashable) -> None:
        writers = key.writers.get(value, ())
        named = f"{key.name} = {value_text(value)}"
        if not writers:
            self._note("garbage-read", f"{named} was read, which nobody wrote", number)
        elif all(self._txns[writer].aborted for writer in writers):
            self._note("G1a", f"{named} was read, whose writer aborted", writers[0], number)

    def _note(self, name: str, sentence: str, *numbers: int) -> None:
        self.anomalies.append(Anomaly(name, sentence, numbers))

    def _read(self, key: Key, number: int, version: Hashable) -> None:
        named = f"{key.name} = {value_text(version)}"
        for writer in self._writer(key, version):
            if writer != number and key.last[writer] != version:
                self._note("G1b", f"{named} was read, an intermediate value", writer, number)
            self.graph.add(writer, number, "wr", f"it wrote {named}, which the next one read")

    def _overwritten(
        self, key: Key, earlier: Hashable, later: Hashable, writer: int, readers: Sequence[int]
    ) -> None:
        before, after = f"{key.name} = {value_text(earlier)}", value_text(later)
        for previous in self._writer(key, earlier):
            reason = f"it wrote {before}, before the next one wrote {after}"
            self.graph.add(previous, writer, "ww", reason)
        for reader in readers:
            reason = f"it read {before}, which the next one replaced with {after}"
            self.graph.add(reader, writer, "rw", reason)

    def _writer(self, key: Key, value: Hashable) -> Iterator[int]:
        """Yield the transaction that wrote a value, if there is just one and it happened."""
        writers = key.writers.get(value, ())
        if value is not None and len(writers) == 1 and writers[0] in self._happened:
            yield writers[0]

    def add_real_time(self) -> None:
        """Add that what had ended before another began came first.

        Only the frontier is linked: transactions that ended, and that no other one which has
        ended since began after. All else follows by transitivity.
        """
        events = [(invocation(t.operation), False, n) for n, t in enumerate(self._txns)
                  if n in self._happened]  # fmt: skip
        events += [(completion(self._txns[n].operation), True, n) for n in self._committed]
        frontier: set[int] = set()
        before: dict[int, set[int]] = {}
        for _, ended, number in sorted(events):
            if ended:
                frontier = frontier - before[number] | {number}
                continue
            before[number] = frontier
            for earlier in sorted(frontier):
                self.graph.add(earlier, number, "rt", "it had ended when the next one began")


def _seen(keys: Sequence[Key]) -> set[int]:
    """Return the transactions of which some read shows that they happened."""
    return {
        writer
        for key in keys
        for _, seen in key.telling()
        for value in seen
        for writer in key.writers.get(value, ())
        if len(key.writers[value]) == 1
    }
