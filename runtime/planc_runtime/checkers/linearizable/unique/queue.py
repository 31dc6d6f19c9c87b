"""Queues whose messages all differ: an exact answer in near-linear time.

Follows Henzinger, Sezgin and Vafeiadis, "Aspect-Oriented Linearizability Proofs" (CONCUR 2013): if
every outcome is known, such a history can be ordered unless a message came out that was not put in,
or came out twice, or two messages came out in the wrong order, or a dequeue found nothing while
something was inside.

An enqueue of unknown outcome counts if its message came out, and never ends. A dequeue of unknown
outcome may have taken one message that nobody saw come out, at any time after its invocation. That
such messages were put in for sure before a moment, and must be gone by another, follows in two ways
only, and both concern *all* of them that were put in before the moment:

- a message put in after the moment came out by the other;
- a dequeue found nothing at the moment, which is then the other one as well.

So what must be gone is always a prefix, in the order of putting in. If for each such demand at
least as many lost dequeues had begun by then, giving the first of these messages the first of those
dequeues, and so on, leaves every message gone in time, and none is then overtaken or in the way; if
not, there is no order. As demands do not add up, each dequeue that found nothing may choose its
moment alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import inf
from operator import itemgetter

from planc_runtime.checkers.linearizable.answer import Answer, Orderable, Violation
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.unique.crowds import (
    crowded,
    crowded_look,
    left_before,
    names,
    only,
)
from planc_runtime.checkers.linearizable.unique.stays import (
    PUT_BY,
    PUT_FROM,
    TAKEN_BY,
    Stay,
    Visits,
    visits,
)


def check_unique_messages(name: str, calls: Sequence[Call]) -> Answer | None:
    """Decide the history of one queue; None where messages are not told apart by their values."""
    found = visits(name, calls, "enqueue")
    if not isinstance(found, Visits):
        return found
    stays, chances = found.stays, found.chances
    pair = overtaken(stays, chances)
    if pair is not None:
        return _overtaken(found, *pair)
    late = outran(stays, chances)
    if late is not None:
        return _outran(name, found, late)
    look = crowded_look(stays, found.looks, chances)
    return Orderable() if look is None else crowded(name, found, look, "dequeue")


def overtaken(stays: Sequence[Stay], chances: Sequence[float]) -> tuple[Stay, Stay] | None:
    """Return two stays of which the one that began later ended earlier, if there are any.

    Where there were chances to be lost, only stays whose end was seen have overtaken ones.
    """
    begun = sorted(stays, key=itemgetter(PUT_FROM))
    soonest: Stay | None = None
    for stay in sorted(stays, key=itemgetter(PUT_BY), reverse=True):
        _, put_by, taken_from, _ = stay
        if chances and taken_from == inf:
            continue
        while begun and begun[-1][PUT_FROM] > put_by:
            other = begun.pop()
            if soonest is None or other[TAKEN_BY] < soonest[TAKEN_BY]:
                soonest = other
        if soonest is not None and soonest[TAKEN_BY] < taken_from:
            return stay, soonest
    return None


def outran(stays: Sequence[Stay], chances: Sequence[float]) -> int | None:
    """Return a stay that began after more messages had been left than could be lost by its end."""
    if not chances:
        return None
    left = sorted(put_by for _, put_by, taken_from, _ in stays if taken_from == inf)
    if not left:
        return None
    for position, (put_from, _, _, taken_by) in enumerate(stays):
        if taken_by == inf or put_from <= left[0]:
            continue
        if bisect_left(left, put_from) > bisect_right(chances, taken_by):
            return position
    return None


def _overtaken(found: Visits, stay: Stay, soonest: Stay) -> Violation:
    position, other = found.position(stay), found.position(soonest)
    one, ending = found.name(position), "but came out after it"
    if found.takes[position] is None:
        ending = f"which came out, while {one} never did"
    reason = f"{one} was put in before {found.name(other)}, {ending}"
    return Violation(reason, found.calls((position, other)), found.takes[other])


def _outran(name: str, found: Visits, late: int) -> Violation:
    """Say which messages were left behind by one that came out."""
    put_from, _, _, taken_by = found.stays[late]
    lost = found.lost[: bisect_right(found.chances, taken_by)]
    left = left_before(found, put_from)[: len(lost) + 1]
    reason = f"{names(found, left)} never came out of {name}, but {found.name(late)} did, "
    reason += f"which was put in later, and {only(lost, 'dequeue')}"
    return Violation(reason, [*found.calls((*left, late)), *lost], found.takes[late])
