"""Session guarantees: read your writes, monotonic reads and writes, writes follow reads.

After Terry et al., "Session Guarantees for Weakly Consistent Replicated Data" (PDIS 1994). A
session is a process. Each guarantee says which versions its later reads must not fall behind:

- read-your-writes: the versions that the session wrote;
- monotonic-reads: the versions that it read;
- monotonic-writes: of a session whose write it read, everything that one had written before;
- writes-follow-reads: of a session whose write it read, everything that one had read before.

A read falls behind a version when it returns an *older* one of the same key: the state before all
writes, or one whose write was acknowledged before the other's began, or one that the session which
set the demand had seen before it. Versions are told by their values; a read of a value that was
written twice, and of anything in a key that was deleted from, says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from planc_runtime.checkers.budget import Budget
from planc_runtime.checkers.order import precedes
from planc_runtime.checkers.results import inconclusive, passed, violated
from planc_runtime.checkers.sessions.accesses import Access, Session, Sessions, Version
from planc_runtime.checkers.values import canonical
from planc_runtime.checkers.words import action, plural, value_text
from planc_runtime.history import History, Operation, Verdict


@dataclass(frozen=True, slots=True)
class Demand:
    """A version that a session's reads must not fall behind, and where that comes from."""

    version: Version
    source: Session
    place: int
    """Where the session that sets the demand had it."""
    because: Sequence[Operation]


def read_your_writes(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that no read falls behind what its own session wrote before."""
    return _judge(history, "read-your-writes", OwnAccesses(writes=True))


def monotonic_reads(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that no read falls behind what its own session read before."""
    return _judge(history, "monotonic-reads", OwnAccesses(writes=False))


def monotonic_writes(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that who saw a write also sees what its session wrote before it."""
    return _judge(history, "monotonic-writes", SeenSessions(writes=True))


def writes_follow_reads(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that who saw a write also sees what its session had read before it."""
    return _judge(history, "writes-follow-reads", SeenSessions(writes=False))


class Rule(Protocol):
    def demands(
        self, sessions: Sessions, session: Session, key: Hashable, place: int
    ) -> Iterator[Demand]:
        """Yield what a session's read of a key must not fall behind.

        Asked of each session's reads in their order.
        """


@dataclass(slots=True)
class OwnAccesses:
    """A session's reads must not fall behind its own writes, or its own reads."""

    writes: bool

    def demands(
        self, sessions: Sessions, session: Session, key: Hashable, place: int
    ) -> Iterator[Demand]:
        for access in session.track(key, writes=self.writes).before(place):
            if access.version is not None:
                yield Demand(access.version, session, access.place, [access.operation])


@dataclass(slots=True)
class _Sight:
    """How far a session has seen into another one."""

    other: Session
    reach: int
    """The place of the latest of the other's writes that it read."""
    read: Operation


@dataclass(slots=True)
class SeenSessions:
    """A session's reads must not fall behind what came before any write that it has seen."""

    writes: bool
    _sights: dict[int, dict[int, _Sight]] = field(default_factory=lambda: defaultdict(dict))
    _looked: dict[int, int] = field(default_factory=dict)

    def demands(
        self, sessions: Sessions, session: Session, key: Hashable, place: int
    ) -> Iterator[Demand]:
        self._look(sessions, session, place)
        for sight in self._sights[id(session)].values():
            for access in sight.other.track(key, writes=self.writes).before(sight.reach):
                if access.version is not None:
                    seen = sight.other.accesses[sight.reach][1].operation
                    because = [access.operation, seen, sight.read]
                    yield Demand(access.version, sight.other, access.place, because)

    def _look(self, sessions: Sessions, session: Session, place: int) -> None:
        sights = self._sights[id(session)]
        for _, access in session.accesses[self._looked.get(id(session), 0) : place]:
            if access.version is None or access.writes:
                continue
            other, reach = sessions.place[access.version.index]
            known = sights.get(id(other))
            if other is not session and (known is None or reach > known.reach):
                sights[id(other)] = _Sight(other, reach, access.operation)
        self._looked[id(session)] = place


def _judge(history: History, wanted: str, rule: Rule) -> Verdict:
    sessions = Sessions(history)
    compared = 0
    for session in sessions.by_process.values():
        for key, access in session.accesses:
            if access.writes:
                continue
            for demand in rule.demands(sessions, session, key, access.place):
                compared += 1
                if _behind(access, demand):
                    return _fallen_behind(wanted, access, demand)
    if not compared:
        return inconclusive(wanted, "no read had to see anything, so nothing was tested")
    return passed(wanted, f"{plural(compared, 'comparison')} of reads with what they had to see")


def _behind(access: Access, demand: Demand) -> bool:
    """Say whether a read returned an older version than the one demanded."""
    if access.version is demand.version:
        return False
    if access.version is None or precedes(access.version, demand.version):
        return True
    key = canonical(access.operation.key)
    return demand.source.had(key, access.version, demand.place)


_WHY = {
    "read-your-writes": "it had itself written the newer {} before",
    "monotonic-reads": "it had read the newer {} before",
    "monotonic-writes": "it had seen a later write of the client that had written {} before that",
    "writes-follow-reads": "it had seen a write of a client that had read {} before it wrote",
}
"""What obliged a read to see something, by the guarantee."""


def _fallen_behind(wanted: str, access: Access, demand: Demand) -> Verdict:
    read, version = access.operation, demand.version
    proof = [*demand.because, version, read]
    proof += [access.version] if access.version is not None else []
    newer = f"{value_text(read.key)} = {value_text(version.args[-1])}"
    measured = f"client {read.process} {action(read)} although {_WHY[wanted].format(newer)}"
    return violated(wanted, measured, proof, culprits={read.index})
