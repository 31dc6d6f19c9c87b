"""`mutually-exclusive` and `fenced`: locks and leases, judged by who certainly held them when.

`linearizable as lock` judges the lock itself. This judges what it is for: that nobody works under
it while somebody else does. A holder certainly has a lock from the answer to its acquire until it
begins to release it, a lease no longer than its time to live after it asked for it or renewed it.
A process that paused may believe for longer; against that only fencing helps: every grant comes
with a greater token than those before, and what is guarded refuses older ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isnan
from typing import Any

from planc_runtime.checkers.budget import Budget
from planc_runtime.checkers.linearizable.containers import number
from planc_runtime.checkers.order import NEVER, Moment, completion, invocation
from planc_runtime.checkers.results import inconclusive, passed, violated
from planc_runtime.checkers.values import canonical
from planc_runtime.checkers.words import describe, plural, value_text
from planc_runtime.history import History, Operation, Outcome, Verdict

ACQUIRE = frozenset({"acquire", "lock"})
RELEASE = frozenset({"release", "unlock"})
RENEW = frozenset({"renew", "keepalive", "keep_alive"})
_GUARDED = frozenset({"write", "put", "set", "append", "add"})


@dataclass(frozen=True, slots=True)
class Holding:
    owner: Hashable
    acquire: Operation
    start: Moment
    end: Moment
    """It certainly held the lock between these."""
    release: Operation | None


def mutually_exclusive(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that no two owners held one lock at the same time.

    `acquire(lock, owner, ttl)`, `release(lock, owner)`, `renew(lock, owner, ttl)`: the owner is the
    process where it is not named; with a `ttl` in seconds, or the option of that name, it is a
    lease. An acquire that answered false was refused. One of unknown outcome holds nothing. Who
    asked for a release relies on the lock no more, whatever the answer was.
    """
    wanted, count, contended = "mutually-exclusive", 0, False
    for name, operations in _by_lock(history).items():
        holdings = sorted(_holdings(operations, options.get("ttl")), key=lambda held: held.start)
        count += len(holdings)
        contended = contended or len({held.owner for held in holdings}) > 1
        both = _overlap(holdings)
        if both is not None:
            return _held_twice(wanted, name, *both)
    if not contended:
        return inconclusive(wanted, "no two owners ever got the same lock, so nothing was tested")
    return passed(wanted, f"{plural(count, 'holding')} never overlapped", holdings=count)


def _by_lock(history: History) -> dict[Hashable, list[Operation]]:
    locks: dict[Hashable, list[Operation]] = defaultdict(list)
    for operation in history:
        if operation.f in RELEASE or (
            operation.f in ACQUIRE | RENEW and operation.outcome is not Outcome.FAIL
        ):
            locks[canonical(operation.key)].append(operation)
    return locks


def _holdings(operations: Sequence[Operation], ttl: Any) -> Iterator[Holding]:
    releases: dict[Hashable, list[Operation]] = defaultdict(list)
    renewals: dict[Hashable, list[Operation]] = defaultdict(list)
    for operation in operations:
        if operation.f in RELEASE:
            releases[_owner(operation)].append(operation)
        elif operation.f in RENEW and _granted(operation):
            renewals[_owner(operation)].append(operation)
    for acquire in operations:
        if acquire.f not in ACQUIRE or not _granted(acquire):
            continue
        owner, start = _owner(acquire), completion(acquire)
        later = [r for r in releases[owner] if _ended(r) > invocation(acquire)]
        release = min(later, key=invocation, default=None)
        end = NEVER if release is None else max(start, invocation(release))
        lasts = _expiry(acquire, renewals[owner], ttl, end)
        yield Holding(owner, acquire, start, min(end, (lasts, -1)), release)


def _ended(release: Operation) -> Moment:
    """Return until when a release may be that of a holding: a refused one is over when answered."""
    if release.outcome is Outcome.FAIL and release.completed is not None:
        return (release.completed, release.ended)
    return completion(release)


def _granted(operation: Operation) -> bool:
    return operation.outcome is Outcome.OK and canonical(operation.value) != "false"


def _owner(operation: Operation) -> Hashable:
    return canonical(operation.args[1]) if len(operation.args) > 1 else operation.process


def _expiry(acquire: Operation, renewals: Sequence[Operation], ttl: Any, released: Moment) -> float:
    """Return until when a lease lasts at least, if it was renewed while it still did."""
    lasts = acquire.invoked + _ttl(acquire, ttl)
    for renewal in sorted(renewals, key=invocation):
        if invocation(acquire) < invocation(renewal) and completion(renewal) < released:
            if completion(renewal)[0] > lasts:
                break
            lasts = max(lasts, renewal.invoked + _ttl(renewal, ttl))
    return lasts


def _ttl(operation: Operation, default: Any) -> float:
    given = operation.args[2] if len(operation.args) > 2 else default
    seconds = inf if given is None else number(canonical(given))
    return inf if isnan(seconds) else seconds


def _overlap(holdings: Sequence[Holding]) -> tuple[Holding, Holding] | None:
    """Return two owners' holdings that overlap; `holdings` are sorted by their start."""
    longest: Holding | None = None
    other: Holding | None = None
    for held in holdings:
        for before in (longest, other):
            if before is None or before.owner == held.owner:
                continue
            if held.start < before.end and held.start < held.end:
                return before, held
        if longest is None or held.end > longest.end:
            if longest is not None and longest.owner != held.owner:
                other = longest
            longest = held
        elif held.owner != longest.owner and (other is None or held.end > other.end):
            other = held
    return None


def _held_twice(wanted: str, name: Hashable, one: Holding, other: Holding) -> Verdict:
    proof = [held.acquire for held in (one, other)]
    proof += [held.release for held in (one, other) if held.release is not None]
    until = "for good" if one.end[0] == inf else f"until {one.end[0]:.3f} s"
    measured = (
        f"{_who(other)} got {value_text(name)} at {other.start[0]:.3f} s, "
        f"which {_who(one)} held from {one.start[0]:.3f} s {until}"
    )
    return violated(wanted, measured, proof, culprits={other.acquire.index})


def _who(held: Holding) -> str:
    """Return the owner's own name, or the client's where it has none."""
    named = len(held.acquire.args) > 1
    return value_text(held.owner) if named else f"client {held.owner}"


# --- fencing ------------------------------------------------------------------------------------


def fenced(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that tokens grow, and that nothing was accepted under an older token after a newer.

    The token is what an acquire returned, a number, or `token` in a record; guarded operations
    carry it as their last argument: `write(key, value, token)`.
    """
    wanted, compared, writes = "fenced", 0, 0
    for name, operations in _tokens(history).items():
        newest: tuple[float, Operation] | None = None
        ended = sorted(operations, key=lambda pair: completion(pair[1]))
        place = 0
        for token, operation in sorted(operations, key=lambda pair: invocation(pair[1])):
            while place < len(ended) and completion(ended[place][1]) < invocation(operation):
                if newest is None or ended[place][0] > newest[0]:
                    newest = ended[place]
                place += 1
            if newest is None:
                continue
            compared += 1
            writes += operation.f not in ACQUIRE
            again = operation.f in ACQUIRE and token == newest[0]
            if token < newest[0] or again:
                return _went_back(wanted, name, newest, token, operation)
    if not compared:
        return inconclusive(wanted, "no two operations with tokens followed each other")
    granted, told = plural(compared - writes, "grant"), "no write carried one"
    if writes:
        told = f"{plural(writes, 'write')} carried no older one than before"
    return passed(wanted, f"{granted} had a greater token than those before; {told}")


def _tokens(history: History) -> dict[Hashable, list[tuple[float, Operation]]]:
    found: dict[Hashable, list[tuple[float, Operation]]] = defaultdict(list)
    for operation in history:
        if operation.outcome is not Outcome.OK:
            continue
        if operation.f in ACQUIRE:
            answer = operation.value
            token = answer.get("token") if isinstance(answer, Mapping) else answer
        elif operation.f in _GUARDED and len(operation.args) > 2:
            token = operation.args[-1]
        else:
            continue
        value = number(canonical(token))
        if token is not None and not isinstance(token, bool) and not isnan(value):
            kind = "grants of" if operation.f in ACQUIRE else "writes to"
            found[f"{kind} {value_text(operation.key)}"].append((value, operation))
    return found


def _went_back(
    wanted: str, name: Hashable, newest: tuple[float, Operation], token: float, operation: Operation
) -> Verdict:
    one, other = f"token {token:g}", f"token {newest[0]:g}"
    if operation.f in ACQUIRE:
        again = "the same one" if token == newest[0] else other
        measured = f"{name}: {one} was given to client {operation.process} after {again} to"
        measured += f" client {newest[1].process}"
    else:
        measured = f"{name}: {one} of client {operation.process} was accepted after {other}"
        measured += f" of client {newest[1].process}"
    lines = [describe(newest[1]), describe(operation)]
    return violated(wanted, measured, [newest[1], operation], lines, culprits={operation.index})
