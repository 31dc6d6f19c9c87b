"""The log in memory: a snapshot, and the entries behind it.

Indices count from 1 and never change: entry `index` lies at `index - snapshot.index - 1`. The log
remembers the lowest index that changed since it was last stored, so that the disk can follow.
"""

from __future__ import annotations

from collections.abc import Iterable

from .messages import Command, Entry, Snapshot


class Log:
    def __init__(self, snapshot: Snapshot, entries: Iterable[Entry] = ()) -> None:
        self.snapshot = snapshot
        self.entries = list(entries)
        self._configs = [entry for entry in self.entries if _configures(entry)]
        self.changed_from: int | None = None
        """Everything from this index on differs from what is stored; None when nothing does."""
        self.rewritten = False
        """The beginning changed too: the stored log has to be written anew."""

    @property
    def last_index(self) -> int:
        return self.snapshot.index + len(self.entries)

    @property
    def last_term(self) -> int:
        return self.entries[-1].term if self.entries else self.snapshot.term

    def term(self, index: int) -> int | None:
        """The term of an entry, None when it is beyond the end or hidden in the snapshot."""
        if index == self.snapshot.index:
            return self.snapshot.term
        at = index - self.snapshot.index - 1
        return self.entries[at].term if 0 <= at < len(self.entries) else None

    def slice(self, first: int, limit: int) -> list[Entry]:
        """Entries from `first` on, `limit` at most; `first` must be behind the snapshot."""
        at = first - self.snapshot.index - 1
        return self.entries[at : at + limit]

    def get(self, index: int) -> Entry:
        return self.entries[index - self.snapshot.index - 1]

    def append(self, term: int, command: Command) -> Entry:
        entry = Entry(self.last_index + 1, term, command)
        self.extend([entry])
        return entry

    def truncate(self, index: int) -> None:
        """Forget `index` and everything after it."""
        del self.entries[max(0, index - self.snapshot.index - 1) :]
        self._configs = [entry for entry in self._configs if entry.index < index]
        self._touch(index)

    def extend(self, entries: list[Entry]) -> None:
        self.entries.extend(entries)
        self._configs += [entry for entry in entries if _configures(entry)]
        if entries:
            self._touch(entries[0].index)

    def first_of_term(self, index: int) -> int:
        """The first index of the run of equal terms that ends at `index`."""
        term = self.term(index)
        while index > self.snapshot.index + 1 and self.term(index - 1) == term:
            index -= 1
        return index

    def members(self, upto: int | None = None) -> tuple[int, list[str] | None]:
        """The newest configuration, of the entries up to `upto`, with its index."""
        for entry in reversed(self._configs):
            if upto is None or entry.index <= upto:
                return entry.index, entry.command["members"]
        return self.snapshot.index, self.snapshot.members

    def compact(self, snapshot: Snapshot, *, keep_tail: bool = True) -> None:
        """Replace all entries up to the snapshot's by the snapshot."""
        tail = self.entries[max(0, snapshot.index - self.snapshot.index) :] if keep_tail else []
        self.snapshot, self.entries = snapshot, tail
        self._configs = [entry for entry in tail if _configures(entry)]
        self.rewritten = True

    def install(self, snapshot: Snapshot) -> None:
        """Take the leader's snapshot; what follows it stays only if it agrees with it."""
        agrees = self.term(snapshot.index) == snapshot.term
        self.compact(snapshot, keep_tail=agrees)

    def stored(self) -> None:
        self.changed_from, self.rewritten = None, False

    def _touch(self, index: int) -> None:
        self.changed_from = index if self.changed_from is None else min(self.changed_from, index)


def _configures(entry: Entry) -> bool:
    return bool(entry.command["op"] == "config")
