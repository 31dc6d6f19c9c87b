"""Versions of each key, and the order among them that the reads prove.

Lists show their order themselves: every read is a prefix of the longest one, and what was appended
but is not in that came later. Of registers only this is known: the state before all writes comes
first, and a transaction that read a version and then wrote one put its own after the other.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from planc_runtime.checkers.transactions.transaction import Step, Transaction
from planc_runtime.checkers.values import canonical
from planc_runtime.checkers.words import value_text


@dataclass(frozen=True, slots=True)
class Anomaly:
    name: str
    sentence: str
    transactions: Sequence[int]
    about: str = ""
    """The key that a lost update is of."""


@dataclass(slots=True)
class Key:
    name: Hashable
    is_list: bool = False
    writers: dict[Hashable, int] = field(default_factory=dict)
    """The first transaction that wrote or appended a value, by value."""
    twice: dict[Hashable, list[int]] = field(default_factory=dict)
    """All writers of values that have several: nothing can be concluded from those."""
    overwritten: set[Hashable] = field(default_factory=set)
    """Values that their own transaction wrote over: nobody may see them."""
    reads: list[tuple[int, Any]] = field(default_factory=list)
    """(transaction, what it found), of reads before any write of the transaction's own."""
    follows: list[tuple[Any, int]] = field(default_factory=list)
    """(what was read, the committed transaction that wrote after having read it)."""
    last: dict[int, Hashable] = field(default_factory=dict)
    """What those wrote last."""
    chain: list[Hashable] = field(default_factory=list)
    """Of a list: its elements as the longest read shows them."""
    owner: int = -1
    """The transaction that made that read."""
    strays: list[tuple[int, tuple[Hashable, ...]]] = field(default_factory=list)
    """Of a list: reads that are no prefix of the longest."""

    def listed(self, found: Any) -> tuple[Hashable, ...]:
        """Return all values that what was found shows to have been written, in order."""
        if found is None:
            return ()
        if isinstance(found, (list, tuple)) and (self.is_list or not self.writers):
            return tuple(canonical(element) for element in found)
        return (canonical(found),)

    def version(self, found: Any) -> Hashable:
        """Return the value that stands for what was found: the last element of a list."""
        if found is None:
            return None
        if isinstance(found, (list, tuple)) and (self.is_list or not self.writers):
            return canonical(found[-1]) if found else None
        return canonical(found)

    def telling(self) -> Iterator[tuple[int, tuple[Hashable, ...]]]:
        """Yield the reads that together show all values seen: not those within the longest."""
        if not self.is_list:
            yield from ((number, self.listed(found)) for number, found in self.reads)
            return
        yield self.owner, tuple(self.chain)
        yield from self.strays

    def sole_writer(self, value: Hashable) -> int:
        """Return the only transaction that wrote a value, or -1."""
        return -1 if value is None or value in self.twice else self.writers.get(value, -1)

    def line_up(self) -> None:
        """Find the order of a list's elements: the longest read, and the reads that deny it."""
        longest: Any = ()
        for number, found in self.reads:
            if isinstance(found, (list, tuple)):
                if len(found) > len(longest):
                    self.owner, longest = number, found
            elif found is not None and not longest:
                self.owner, longest = number, (found,)
        self.chain = [canonical(element) for element in longest]
        for number, found in self.reads:
            # Comparing what came back as it is, before its canonical form, is many times quicker.
            if found is None:
                continue
            if isinstance(found, (list, tuple)) and found == longest[: len(found)]:
                continue
            listed = self.listed(found)
            if list(listed) != self.chain[: len(listed)]:
                self.strays.append((number, listed))


def collect(txns: Sequence[Transaction]) -> tuple[list[Key], list[Anomaly]]:
    """Return every key's versions, and where transactions contradict themselves."""
    keys: dict[Hashable, Key] = {}
    anomalies: list[Anomaly] = []
    for number, txn in enumerate(txns):
        earlier: dict[Hashable, list[Step]] = {}
        for step in txn.steps:
            key = keys.get(step.key)
            if key is None:
                key = keys[step.key] = Key(step.key)
            before = earlier.get(step.key)
            if before is None:
                earlier[step.key] = [step]
            if step.f != "r":
                _write(key, number, step, before or ())
            elif before is None:
                key.reads.append((number, step.value))
            else:
                trouble = _contradiction(key, step, before)
                anomalies += [Anomaly("internal", trouble, [number])] if trouble else []
                if all(other.f == "r" for other in before):
                    key.reads.append((number, step.value))
            if before is not None:
                before.append(step)
    for key in keys.values():
        if key.is_list:
            key.line_up()
    return list(keys.values()), anomalies


def _write(key: Key, number: int, step: Step, before: Sequence[Step]) -> None:
    key.is_list = key.is_list or step.f == "append"
    first = key.writers.setdefault(step.value, number)
    if first != number or any(other.f != "r" and other.value == step.value for other in before):
        key.twice.setdefault(step.value, [first]).append(number)
    if before:
        key.last[number] = step.value
    own = [other for other in before if other.f != "r"]
    if own:
        key.overwritten.add(own[-1].value)
    elif before:
        key.follows.append((before[-1].value, number))


def _contradiction(key: Key, step: Step, before: Sequence[Step]) -> str:
    """Return how a read contradicts what its own transaction read or wrote before."""
    own = [other.value for other in before if other.f != "r"]
    last = before[-1]
    if last.f == "r" and key.listed(last.value) != key.listed(step.value):
        return f"one transaction read {value_text(step.key)} twice and found it changed"
    seen = key.listed(step.value)
    if own and seen[-len(own) if key.is_list else -1 :] != tuple(own if key.is_list else own[-1:]):
        return f"a transaction did not see its own write to {value_text(step.key)}"
    return ""


def successions(
    key: Key, happened: Sequence[bool], committed: Sequence[bool]
) -> Iterator[tuple[Hashable, list[Hashable]]]:
    """Yield versions, each with those of which it is known that they came later.

    A value that was written twice stands nowhere, and "nothing" is no version where it was deleted.
    """
    if key.is_list:
        yield from _of_list(key, happened, committed)
        return
    if None not in key.writers:
        sole = ((value, key.sole_writer(value)) for value in key.writers)
        yield None, [value for value, writer in sole if writer >= 0 and happened[writer]]
    for found, number in key.follows:
        earlier, later = key.version(found), key.last[number]
        if key.sole_writer(earlier) >= 0 and key.sole_writer(later) == number:
            yield earlier, [later]


def _of_list(
    key: Key, happened: Sequence[bool], committed: Sequence[bool]
) -> Iterator[tuple[Hashable, list[Hashable]]]:
    earlier: Hashable = None
    for value in key.chain:
        writer = key.sole_writer(value)
        if writer >= 0 and happened[writer]:
            yield earlier, [value]
        earlier = value
    inside = set(key.chain)
    unseen = [
        value
        for value, writer in key.writers.items()
        if value not in inside and value not in key.twice and committed[writer]
    ]
    if unseen:
        yield earlier, unseen
