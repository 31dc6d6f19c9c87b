"""`watch-ordered` and `watch-complete`: what watchers are told, and in which order.

A watcher is a process; what its ok `watch` (or `observe`, `events`) operations returned, one after
the other, is what it was told. An event is a value, or a record with `value` and perhaps `key` and
`revision`; of a deleted key the value is nothing. Values tell which write an event speaks of, so
events of values that were written several times are only held to their revisions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from planc_runtime.checkers.budget import Budget
from planc_runtime.checkers.linearizable.containers import number
from planc_runtime.checkers.order import changed_nothing, completion, invocation, precedes
from planc_runtime.checkers.results import inconclusive, passed, violated
from planc_runtime.checkers.values import canonical
from planc_runtime.checkers.words import plural, value_text
from planc_runtime.history import History, Operation, Outcome, Verdict

_WATCHES = frozenset({"watch", "observe", "events", "next_event"})
_WRITES = frozenset({"write", "put", "set", "append", "add", "cas", "delete"})
_LOOKS = 3
"""How often a watcher may look without being told of what is there, and be thought to lag."""
_Written = Mapping[tuple[Hashable, Hashable], list[Operation]]


@dataclass(frozen=True, slots=True)
class Event:
    key: Hashable
    value: Hashable
    revision: float | None
    told: Operation
    """The operation that returned it."""


Trouble = tuple[str, Sequence[Operation]]


def watch_ordered(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that watchers are told of what was written, once each, in the order it was written in.

    All of them agree on the order of a key's events, and revisions grow.
    """
    return _judge("watch-ordered", history, complete=False)


def watch_complete(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge besides that no watcher missed what was written between two things it was told of.

    Inconclusive where one looked again and again and was never told of what came last.
    """
    return _judge("watch-complete", history, complete=True)


def _judge(wanted: str, history: History, *, complete: bool) -> Verdict:
    written: dict[tuple[Hashable, Hashable], list[Operation]] = defaultdict(list)
    for operation in history:
        if operation.f in _WRITES and operation.args and not changed_nothing(operation):
            value = None if operation.f == "delete" else canonical(operation.args[-1])
            written[canonical(operation.key), value].append(operation)
    watchers = _told(history)
    reference: dict[Hashable, list[Event]] = {}
    alone = _written_once(written) if complete else {}
    count = longest = 0
    for events in watchers:
        count += len(events)
        longest = max(longest, len(events))
        trouble = _revisions_back(events)
        for key, of_key in _by_key(events).items():
            trouble = trouble or _untrue(of_key, written) or _out_of_order(of_key, written)
            trouble = trouble or _disagree(reference.setdefault(key, of_key), of_key, written)
            if complete:
                trouble = trouble or _missed(key, of_key, written, alone.get(key, ()))
        if trouble is not None:
            reason, proof = trouble
            told = [o.index for o in proof if o.f in _WATCHES]
            return violated(wanted, reason, proof, culprits={told[-1]}, mark="wrong")
    if not count:
        return inconclusive(wanted, "no watcher was told anything")
    if longest < 2:
        return inconclusive(wanted, "no watcher was told two things, so nothing was in any order")
    if complete and (behind := _left_behind(history, alone)):
        return inconclusive(wanted, behind)
    told_to = f"{plural(count, 'event')} told to {plural(len(watchers), 'watcher')}"
    return passed(wanted, f"{told_to} are as they were written", events=count)


def _told(history: History) -> list[list[Event]]:
    return [[e for look in looks for e in _events(look)] for looks in _looks(history).values()]


def _looks(history: History) -> Mapping[int, list[Operation]]:
    """Return by watcher the looks that were answered, in their order."""
    found: dict[int, list[Operation]] = defaultdict(list)
    watches = [o for o in history if o.f in _WATCHES and o.outcome is Outcome.OK]
    for operation in sorted(watches, key=invocation):
        found[operation.process].append(operation)
    return found


def _events(operation: Operation) -> Iterator[Event]:
    found = operation.value
    listed = found if isinstance(found, (list, tuple)) else () if found is None else (found,)
    for event in listed:
        if not isinstance(event, Mapping):
            yield Event(canonical(operation.key), canonical(event), None, operation)
            continue
        revision = number(canonical(event.get("revision")))
        numbered = event.get("revision") is not None and not isnan(revision)
        key = canonical(event.get("key", operation.key))
        value = canonical(event.get("value"))
        yield Event(key, value, revision if numbered else None, operation)


def _by_key(events: Sequence[Event]) -> dict[Hashable, list[Event]]:
    found: dict[Hashable, list[Event]] = defaultdict(list)
    for event in events:
        found[event.key].append(event)
    return found


def _revisions_back(events: Sequence[Event]) -> Trouble | None:
    """One revision may change several keys, so only going back is wrong."""
    newest: Event | None = None
    for event in events:
        if event.revision is None:
            continue
        if newest is not None and newest.revision is not None and event.revision < newest.revision:
            reason = f"revision {event.revision:g} was told after {newest.revision:g}"
            return reason, [newest.told, event.told]
        newest = event
    return None


def _write_of(event: Event, written: _Written) -> Operation | None:
    """Return the only write of an event's value."""
    writes = written.get((event.key, event.value), ())
    return writes[0] if len(writes) == 1 else None


def _untrue(events: Sequence[Event], written: _Written) -> Trouble | None:
    seen: dict[Hashable, Event] = {}
    for event in events:
        named = f"{value_text(event.key)} = {value_text(event.value)}"
        writes = written.get((event.key, event.value), ())
        possible = [write for write in writes if write.outcome is not Outcome.FAIL]
        if not possible:
            return f"{named} was told, which nobody wrote", [*writes, event.told]
        if all(precedes(event.told, write) for write in possible):
            return f"{named} was told before it was written", [event.told, *possible]
        twin = seen.setdefault(event.value, event)
        if len(writes) == 1 and twin is not event:
            return f"{named} was told twice", [possible[0], twin.told, event.told]
    return None


def _out_of_order(events: Sequence[Event], written: _Written) -> Trouble | None:
    latest: tuple[Operation, Event] | None = None
    for event in events:
        write = _write_of(event, written)
        if write is None:
            continue
        if latest is not None and precedes(write, latest[0]):
            earlier, later = value_text(event.value), value_text(latest[1].value)
            watcher = f"client {event.told.process}, which watches,"
            reason = f"{watcher} was told {earlier} after {later}, which was written later"
            return reason, [write, latest[0], latest[1].told, event.told]
        if latest is None or invocation(write) > invocation(latest[0]):
            latest = (write, event)
    return None


def _disagree(one: Sequence[Event], other: Sequence[Event], written: _Written) -> Trouble | None:
    place = {e.value: n for n, e in enumerate(one) if _write_of(e, written) is not None}
    before: Event | None = None
    for event in other:
        if event.value not in place:
            continue
        if before is not None and place[event.value] < place[before.value]:
            first, second = value_text(before.value), value_text(event.value)
            reason = f"one watcher was told {first} before {second}, another one the other way"
            proof = [before.told, event.told]
            proof += [one[place[value]].told for value in (event.value, before.value)]
            return reason, proof
        before = event
    return None


def _written_once(written: _Written) -> dict[Hashable, list[tuple[Hashable, Operation]]]:
    """Return by key the acknowledged writes whose value nobody else wrote."""
    found: dict[Hashable, list[tuple[Hashable, Operation]]] = defaultdict(list)
    for (key, value), writes in written.items():
        if len(writes) == 1 and writes[0].outcome is Outcome.OK:
            found[key].append((value, writes[0]))
    return found


def _missed(
    key: Hashable,
    events: Sequence[Event],
    written: _Written,
    alone: Sequence[tuple[Hashable, Operation]],
) -> Trouble | None:
    told = [(w, e) for e in events if (w := _write_of(e, written)) is not None]
    if len(told) < 2:
        return None
    first = min(told, key=lambda pair: completion(pair[0]))
    last = max(told, key=lambda pair: invocation(pair[0]))
    values = {event.value for event in events}
    for value, write in alone:
        if value not in values and precedes(first[0], write) and precedes(write, last[0]):
            watcher = f"client {first[1].told.process}, which watches"
            reason = f"{value_text(key)} = {value_text(value)} was never told to {watcher}"
            return reason, [first[0], write, last[0], first[1].told, last[1].told]
    return None


def _left_behind(
    history: History, alone: Mapping[Hashable, Sequence[tuple[Hashable, Operation]]]
) -> str:
    """Return what a watcher was never told of though it looked for it; empty if there is nothing.

    Events may take their time, so that this is no violation; nor is it a sign that all is well.
    """
    for process, looks in _looks(history).items():
        told = {(event.key, event.value) for look in looks for event in _events(look)}
        begun = [invocation(look) for look in looks]
        named = {canonical(look.key) for look in looks if look.args}
        for key, writes in alone.items():
            if named and key not in named | {k for k, _ in told}:
                continue
            known = [completion(write) for value, write in writes if (key, value) in told]
            since = max(known, default=completion(looks[0]))
            for value, write in writes:
                again = len(begun) - bisect_right(begun, completion(write))
                if (key, value) not in told and invocation(write) > since and again >= _LOOKS:
                    what = f"{value_text(key)} = {value_text(value)}"
                    return (
                        f"client {process}, which watches, was not told of {what}, though it"
                        f" looked {again} times after that was written: it may lag, or have lost it"
                    )
    return ""
