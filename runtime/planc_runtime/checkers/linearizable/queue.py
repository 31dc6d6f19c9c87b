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
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from planc_runtime.checkers.linearizable.answer import Answer, Orderable, Violation
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.order import NEVER, Moment
from planc_runtime.checkers.words import value_text


@dataclass(frozen=True, slots=True)
class _Message:
    put: Call
    take: Call | None
    """The dequeue that returned it, or one that may have removed it unseen; None: it stays."""

    @property
    def taken_from(self) -> Moment:
        return NEVER if self.take is None else self.take.start

    @property
    def taken_by(self) -> Moment:
        return NEVER if self.take is None else self.take.end

    @property
    def name(self) -> str:
        return value_text(self.put.args[0])


@dataclass(frozen=True, slots=True)
class _Urgent:
    """A message that nobody saw come out, although it cannot have stayed."""

    message: _Message
    because: Sequence[Call]
    """What happened without it: the last of these must have ended after it was taken."""

    @property
    def deadline(self) -> Moment:
        return self.because[-1].end


@dataclass(slots=True)
class _Dequeues:
    returned: dict[Hashable, Call] = field(default_factory=dict)
    """By message."""
    again: list[tuple[Call, Call]] = field(default_factory=list)
    """Pairs that returned the same message."""
    empty: list[Call] = field(default_factory=list)
    lost: list[Call] = field(default_factory=list)
    """Those of unknown outcome, in the order of their invocation."""


def check_unique_messages(name: str, calls: Sequence[Call]) -> Answer | None:
    """Decide the history of one queue; None where its messages are not told apart by their values.

    None also, but seldom, where dequeues found nothing and others have unknown outcomes: which of
    those took which message then depends on more than is looked at here.
    """
    enqueues = [call for call in calls if call.f == "enqueue"]
    puts = {call.args[0]: call for call in enqueues}
    if len(puts) < len(enqueues) or None in puts:
        return None
    dequeues = _dequeues(calls)
    messages = [
        _Message(put, dequeues.returned.get(value))
        for value, put in puts.items()
        if put.certain or value in dequeues.returned
    ]
    wrong = _from_nowhere(name, dequeues, puts) or _overtaken(messages)
    if wrong is not None:
        return wrong
    served = _serve(name, messages, dequeues)
    if isinstance(served, Violation):
        return served
    wrong = _found_nothing(name, served, dequeues.empty)
    if wrong is not None and dequeues.lost:
        return None
    return wrong or Orderable()


def _dequeues(calls: Sequence[Call]) -> _Dequeues:
    found = _Dequeues()
    for call in sorted((c for c in calls if c.f == "dequeue"), key=lambda c: c.start):
        if not call.certain:
            found.lost.append(call)
        elif call.value is None:
            found.empty.append(call)
        elif (twin := found.returned.setdefault(call.value, call)) is not call:
            found.again.append((twin, call))
    return found


def _from_nowhere(name: str, dequeues: _Dequeues, puts: dict[Hashable, Call]) -> Violation | None:
    """Find a message that came out twice, or without having been put in."""
    for twins in dequeues.again:
        return Violation(f"{value_text(twins[0].value)} came out of {name} twice", twins)
    for value, take in dequeues.returned.items():
        put = puts.get(value)
        if put is None:
            return Violation(f"{value_text(value)} came out of {name}, which nobody put in", [take])
        if take.end < put.start:
            return Violation(f"{value_text(value)} came out before it was put in", [take, put])
    return None


class _Later:
    """Of the messages that were certainly put in later than a given one, the first to come out."""

    def __init__(self, messages: Sequence[_Message]) -> None:
        ordered = sorted(messages, key=lambda message: message.put.start)
        self._starts = [message.put.start for message in ordered]
        self._soonest = list(accumulate(reversed(ordered), _taken_sooner))[::-1]

    def than(self, message: _Message) -> _Message | None:
        position = bisect_right(self._starts, message.put.end)
        found = self._soonest[position] if position < len(self._soonest) else None
        return found if found is not None and found.taken_by < message.taken_from else None


def _taken_sooner(one: _Message, other: _Message) -> _Message:
    return one if one.taken_by <= other.taken_by else other


def _overtaken(messages: Sequence[_Message]) -> Violation | None:
    """Find two messages of which the one put in later came out earlier."""
    later = _Later(messages)
    for message in messages:
        other = later.than(message) if message.take is not None else None
        if other is not None:
            reason = f"{message.name} was put in before {other.name}, but came out after it"
            calls = (message.put, other.put, other.take, message.take)
            return Violation(reason, [call for call in calls if call is not None], other.take)
    return None


def _serve(
    name: str, messages: Sequence[_Message], dequeues: _Dequeues
) -> list[_Message] | Violation:
    """Give each message that cannot have stayed to a dequeue that may have taken it unseen.

    The most urgent message gets the dequeue that began first: if that fails, so does any other way.
    """
    urgent = sorted(_urgent(messages, dequeues), key=lambda need: need.deadline)
    served = {id(message): message for message in messages}
    for position, need in enumerate(urgent):
        if position >= len(dequeues.lost) or need.deadline < dequeues.lost[position].start:
            reason = f"{need.message.name} was put into {name} and never came out, "
            reason += "but what happened later cannot have happened with it inside"
            proof = [need.message.put, *need.because, *dequeues.lost[:position]]
            return Violation(reason, proof)
        message = need.message
        served[id(message)] = _Message(message.put, dequeues.lost[position])
    return list(served.values())


def _urgent(messages: Sequence[_Message], dequeues: _Dequeues) -> Iterator[_Urgent]:
    later = _Later(messages)
    starts = [call.start for call in dequeues.empty]
    soonest = list(accumulate(reversed(dequeues.empty), _ends_sooner))[::-1]
    for message in messages:
        if message.take is not None:
            continue
        other, position = later.than(message), bisect_right(starts, message.put.end)
        reasons: list[list[Call]] = []
        if other is not None and other.take is not None:
            reasons.append([other.put, other.take])
        if position < len(soonest):
            reasons.append([soonest[position]])
        if reasons:
            yield _Urgent(message, min(reasons, key=lambda calls: calls[-1].end))


def _ends_sooner(one: Call, other: Call) -> Call:
    return one if one.end <= other.end else other


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
            reason = f"a dequeue found nothing in {name}, which was not empty"
            return Violation(reason, [call, *proof], call)
    return None


def _stays_longer(one: _Message, other: _Message) -> _Message:
    return one if one.taken_from >= other.taken_from else other
