"""Versions of each key, and the order among them that the reads prove.

Lists show their order themselves: every read is a prefix of the longest one, and what was appended
but is not in that came later. Of registers only this is known: the state before all writes comes
first, and a transaction that read a version and then wrote one put its own after the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from planc_runtime.checkers.transactions.transaction import Step, Transaction


@dataclass(frozen=True, slots=True)
class Anomaly:
    name: str
    sentence: str
    transactions: Sequence[int]


@dataclass(slots=True)
class Key:
    name: Hashable
    is_list: bool = False
    writers: dict[Hashable, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Transactions that wrote or appended a value, by value."""
    last: dict[int, Hashable] = field(default_factory=dict)
    """The last value that a transaction wrote: all others are intermediate."""
    reads: list[tuple[int, Hashable]] = field(default_factory=list)
    """(transaction, what it found), of reads before any write of the transaction's own."""
    follows: list[tuple[Hashable, int]] = field(default_factory=list)
    """(what was read, the transaction that wrote after having read it)."""

    def listed(self, found: Hashable) -> tuple[Hashable, ...]:
        """Return all values that what was found shows to have been written, in order."""
        if found is None:
            return ()
        may_be_list = self.is_list or not self.writers
        return found if may_be_list and isinstance(found, tuple) else (found,)

    def version(self, found: Hashable) -> Hashable:
        """Return the value that stands for what was found: the last element of a list."""
        listed = self.listed(found)
        return listed[-1] if listed else None

    def longest(self) -> tuple[int, tuple[Hashable, ...]]:
        """Return the read that found most, and what it found."""
        number, found = max(
            self.reads, key=lambda read: len(self.listed(read[1])), default=(-1, None)
        )
        return number, self.listed(found)

    def telling(self) -> list[tuple[int, tuple[Hashable, ...]]]:
        """Return the reads that together show all values seen: not those within the longest."""
        if not self.is_list:
            return [(number, self.listed(found)) for number, found in self.reads]
        owner, longest = self.longest()
        seen = ((number, self.listed(found)) for number, found in self.reads)
        strays = [(number, values) for number, values in seen if longest[: len(values)] != values]
        return [(owner, longest), *strays]


def collect(txns: Sequence[Transaction]) -> tuple[list[Key], list[Anomaly]]:
    """Return every key's versions, and where transactions contradict themselves."""
    keys: dict[Hashable, Key] = {}
    anomalies: list[Anomaly] = []
    for number, txn in enumerate(txns):
        own: dict[Hashable, list[Hashable]] = {}
        known: dict[Hashable, Hashable] = {}
        for step in txn.steps:
            key = keys.setdefault(step.key, Key(step.key))
            if step.f == "r":
                trouble = _contradiction(key, step, own.get(step.key, []), known)
                anomalies += [Anomaly("internal", trouble, [number])] if trouble else []
                if step.key not in own:
                    key.reads.append((number, step.value))
                known[step.key] = step.value
                continue
            _write(key, number, step, known.get(step.key), first=step.key not in own)
            own.setdefault(step.key, []).append(step.value)
            known.pop(step.key, None)
    return list(keys.values()), anomalies


def _write(key: Key, number: int, step: Step, read: Hashable, *, first: bool) -> None:
    key.is_list = key.is_list or step.f == "append"
    key.writers[step.value].append(number)
    key.last[number] = step.value
    if first and read is not None:
        key.follows.append((read, number))


def _contradiction(
    key: Key, step: Step, own: Sequence[Hashable], known: dict[Hashable, Hashable]
) -> str:
    """Return how a read contradicts what its own transaction read or wrote before."""
    if step.key in known and known[step.key] != step.value:
        return f"one transaction read {step.key} twice and found it changed"
    seen = key.listed(step.value)
    if own and seen[-len(own) if key.is_list else -1 :] != tuple(own if key.is_list else own[-1:]):
        return f"a transaction did not see its own write to {step.key}"
    return ""


def version_order(
    key: Key, happened: set[int], committed: set[int]
) -> Iterator[tuple[Hashable, Hashable]]:
    """Yield pairs of a key's versions of which the second is known to be the later one.

    A value that was written twice stands in no pair, and so does "nothing" where it was deleted.
    """
    if key.is_list:
        _, longest = key.longest()
        yield from pairwise((None, *longest))
        inside, end = set(longest), longest[-1] if longest else None
        for value, writers in key.writers.items():
            if value not in inside and len(writers) == 1 and writers[0] in committed:
                yield end, value
        return
    first = [] if None in key.writers else [(None, value) for value in key.writers]
    after = [(v, key.last[n]) for v, n in key.follows if len(key.writers.get(v, ())) == 1]
    for earlier, later in (*first, *after):
        writers = key.writers[later]
        if len(writers) == 1 and writers[0] in happened:
            yield earlier, later
