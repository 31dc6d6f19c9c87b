"""A history cut into sessions, with every read traced to the write whose version it returned."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from planc_runtime.checkers.order import BEGINNING, Moment, changed_nothing, invocation
from planc_runtime.checkers.values import canonical
from planc_runtime.history import History, Operation, Outcome

_READS = frozenset({"read", "final_read", "get"})
_WRITES = frozenset({"write", "put", "set", "cas"})

Version = Operation
"""A version of a key is named by the operation that wrote it."""


@dataclass(slots=True)
class Access:
    """One version that a session read or wrote."""

    place: int
    """In the session's own order."""
    operation: Operation
    version: Version | None
    """None: the state before all writes."""
    writes: bool


@dataclass(slots=True)
class Track:
    """The accesses of one kind that a session made to one key, in its own order."""

    places: list[int] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)
    newest: list[Access] = field(default_factory=list)
    """For each access the one up to it whose version was written last."""

    def add(self, access: Access) -> None:
        self.places.append(access.place)
        self.accesses.append(access)
        leading = self.newest[-1] if self.newest else access
        self.newest.append(access if _written(access) > _written(leading) else leading)

    def before(self, place: int) -> Sequence[Access]:
        """Return the accesses before a place that demand most: the last, and the newest.

        What falls behind any earlier one falls behind one of these: by real time behind the
        newest, by the session's own order behind the last.
        """
        end = bisect_left(self.places, place)
        return (self.accesses[end - 1], self.newest[end - 1]) if end else ()


def _written(access: Access) -> Moment:
    return BEGINNING if access.version is None else invocation(access.version)


@dataclass(slots=True)
class Session:
    """A process's accesses in its own order, and the same by key."""

    accesses: list[tuple[Hashable, Access]] = field(default_factory=list)
    reads: dict[Hashable, Track] = field(default_factory=lambda: defaultdict(Track))
    writes: dict[Hashable, Track] = field(default_factory=lambda: defaultdict(Track))
    first: dict[tuple[Hashable, int], int] = field(default_factory=dict)
    """Where it had a version first, by key and index of the version's writer."""

    def add(
        self, key: Hashable, operation: Operation, version: Version | None, *, writes: bool
    ) -> None:
        access = Access(len(self.accesses), operation, version, writes)
        self.accesses.append((key, access))
        if writes and operation.outcome is not Outcome.OK:
            # It may take effect at any later time, or never: nobody has to see it yet.
            return
        self.track(key, writes=writes).add(access)
        if version is not None:
            self.first.setdefault((key, version.index), access.place)

    def track(self, key: Hashable, *, writes: bool) -> Track:
        """Return what it wrote to a key, or what it read of it."""
        return (self.writes if writes else self.reads)[key]

    def had(self, key: Hashable, version: Version, before: int) -> bool:
        """Say whether it read or wrote a version of a key before a place."""
        return self.first.get((key, version.index), before) < before


class Sessions:
    """A history cut into sessions, with every read traced to the write that it saw."""

    def __init__(self, history: History) -> None:
        operations = [operation for operation in history if _is_access(operation)]
        writers = _writers(operations)
        self.by_process: dict[int, Session] = defaultdict(Session)
        self.place: dict[int, tuple[Session, int]] = {}
        """Of a write, by its index: its session and its place there."""
        for operation in sorted(operations, key=invocation):
            self._enter(operation, writers)

    def _enter(
        self, operation: Operation, writers: Mapping[Hashable, dict[Hashable, list[Operation]]]
    ) -> None:
        key = canonical(operation.key)
        session = self.by_process[operation.process]
        seen = operation.args[1] if operation.f == "cas" else operation.value
        if operation.outcome is Outcome.OK and operation.f in (*_READS, "cas"):
            versions = writers[key].get(canonical(seen), [])
            deleted = None in writers[key]
            if len(versions) == 1 or (seen is None and not deleted):
                session.add(key, operation, versions[0] if versions else None, writes=False)
        if operation.f in _WRITES:
            self.place[operation.index] = (session, len(session.accesses))
            session.add(key, operation, operation, writes=True)


def _is_access(operation: Operation) -> bool:
    if operation.outcome is Outcome.FAIL or changed_nothing(operation):
        return False
    needed = 2 if operation.f in _WRITES else 1
    known = operation.f in _READS or operation.f in _WRITES or operation.f == "delete"
    return known and len(operation.args) >= needed


def _writers(operations: Sequence[Operation]) -> dict[Hashable, dict[Hashable, list[Operation]]]:
    writers: dict[Hashable, dict[Hashable, list[Operation]]] = defaultdict(dict)
    for operation in operations:
        if operation.f in _WRITES:
            values = writers[canonical(operation.key)]
            values.setdefault(canonical(operation.args[-1]), []).append(operation)
        elif operation.f == "delete":
            writers[canonical(operation.key)].setdefault(None, []).append(operation)
    return writers
