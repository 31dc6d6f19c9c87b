"""Queues whose messages all differ: an exact answer in near-linear time.

Follows Henzinger, Sezgin and Vafeiadis, "Aspect-Oriented Linearizability Proofs" (CONCUR 2013):
such a history can be ordered unless a message came out that was not put in, or came out twice, or
two messages came out in the wrong order, or a dequeue found nothing while something was inside.

Enqueues of unknown outcome count if their message came out, and never end. A dequeue of unknown
outcome may have taken one message that nobody saw come out, at any time after its invocation. Which
ones must have been taken so, and by when, follows from what overtook them; serving the most urgent
first shows whether there are enough such dequeues.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from planc_runtime.checkers.linearizable.answer import Answer, Orderable, Violation
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.order import NEVER, Moment
from planc_runtime.checkers.words import value_text


@dataclass(frozen=True, slots=True)
class _Message:
    put: Call
    take: Call | None
    """None: nobody saw it come out."""

    @property
    def taken_from(self) -> Moment:
        return NEVER if self.take is None else self.take.start

    @property
    def name(self) -> str:
        return value_text(self.put.args[0])


def check_unique_messages(name: str, calls: Sequence[Call]) -> Answer | None:
    """Decide the history of one queue; None where its messages are not told apart by their values.

    None also where dequeues found nothing and others have unknown outcomes: which of those took
    something then depends on more than is looked at here.
    """
    enqueues = [call for call in calls if call.f == "enqueue"]
    takes: dict[Hashable, Call] = {}
    empty: list[Call] = []
    lost: list[Call] = []
    for call in calls:
        if call.f == "dequeue" and not call.certain:
            lost.append(call)
        elif call.f == "dequeue" and call.value is None:
            empty.append(call)
        elif call.f == "dequeue":
            twin = takes.setdefault(call.value, call)
            if twin is not call and _sent_once(enqueues, call.value):
                return Violation(f"{value_text(call.value)} came out of {name} twice", [twin, call])
    puts = {call.args[0]: call for call in enqueues}
    if len(puts) < len(enqueues) or None in puts or (empty and lost):
        return None
    messages = [
        _Message(put, takes.get(value))
        for value, put in puts.items()
        if put.certain or value in takes
    ]
    return (
        _from_nowhere(name, takes, puts)
        or _overtaken(messages, lost)
        or _found_nothing(name, messages, empty)
        or Orderable()
    )


def _sent_once(enqueues: Sequence[Call], value: Hashable) -> bool:
    return sum(call.args[0] == value for call in enqueues) <= 1


def _from_nowhere(
    name: str, takes: dict[Hashable, Call], puts: dict[Hashable, Call]
) -> Violation | None:
    for value, take in takes.items():
        put = puts.get(value)
        if put is None:
            return Violation(f"{value_text(value)} came out of {name}, which nobody put in", [take])
        if take.end < put.start:
            return Violation(f"{value_text(value)} came out before it was put in", [take, put])
    return None


def _overtaken(messages: Sequence[_Message], lost: Sequence[Call]) -> Violation | None:
    """Find two messages of which the one put in later came out earlier, or the other never."""
    ordered = sorted(messages, key=lambda message: message.put.start)
    starts = [message.put.start for message in ordered]
    soonest = list(accumulate(reversed(ordered), _taken_sooner))[::-1]
    urgent: list[tuple[_Message, _Message]] = []
    for message in messages:
        position = bisect_right(starts, message.put.end)
        later = soonest[position] if position < len(soonest) else None
        if later is None or later.take is None or not later.take.end < message.taken_from:
            continue
        if message.take is not None:
            return _wrong_order(message, later)
        urgent.append((message, later))
    return _unserved(urgent, lost)


def _taken_sooner(one: _Message, other: _Message) -> _Message:
    first, second = (NEVER if m.take is None else m.take.end for m in (one, other))
    return one if first <= second else other


def _stays_longer(one: _Message, other: _Message) -> _Message:
    return one if one.taken_from >= other.taken_from else other


def _unserved(
    urgent: Sequence[tuple[_Message, _Message]], lost: Sequence[Call]
) -> Violation | None:
    """Match messages that must have been taken unseen with dequeues that may have done so."""
    by_deadline = sorted(urgent, key=lambda pair: NEVER if not pair[1].take else pair[1].take.end)
    takers = sorted(lost, key=lambda call: call.start)
    for position, (message, later) in enumerate(by_deadline):
        assert later.take is not None
        if position >= len(takers) or later.take.end < takers[position].start:
            return _wrong_order(message, later, takers[:position])
    return None


def _wrong_order(earlier: _Message, later: _Message, takers: Sequence[Call] = ()) -> Violation:
    never = "never came out" if earlier.take is None else "came out after it"
    reason = f"{earlier.name} was put in before {later.name}, but {never}"
    calls = (earlier.put, later.put, later.take, earlier.take, *takers)
    return Violation(reason, [call for call in calls if call is not None])


def _found_nothing(
    name: str, messages: Sequence[_Message], empty: Sequence[Call]
) -> Violation | None:
    """Find a dequeue that found nothing although at every moment of it something was inside."""
    inside = sorted((m for m in messages if m.put.end < m.taken_from), key=lambda m: m.put.end)
    ends = [message.put.end for message in inside]
    longest = list(accumulate(inside, _stays_longer))
    for call in empty:
        moment, chain = call.start, []
        while moment <= call.end:
            position = bisect_left(ends, moment) - 1
            if position < 0 or longest[position].taken_from <= moment:
                break
            chain.append(longest[position])
            moment = longest[position].taken_from
        else:
            proof = [c for m in chain for c in (m.put, m.take) if c is not None]
            return Violation(f"a dequeue found nothing in {name}, which was not empty",
                             [call, *proof])  # fmt: skip
    return None
