"""Values of a stack that nobody saw come out, and the lost pops that may have taken them.

A value must be gone by a moment when

- another one, that was inside for sure when it was pushed, and lay below it, was popped by then; or
- a pop found nothing at that moment.

The most urgent value is given the pop that began first. That is a guess in one respect: which
value lay below may have been open. It is right nearly always, as what is open is the order of calls
that overlapped; a stack that cannot be nested after it is tried again with the values in question
declared more urgent, a few times.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from planc_runtime.checkers.linearizable.unique.crowds import crowded_look, free_moments
from planc_runtime.checkers.linearizable.unique.nesting import tangled
from planc_runtime.checkers.linearizable.unique.stays import (
    PUT_BY,
    PUT_FROM,
    TAKEN_BY,
    TAKEN_FROM,
    Stay,
)

_ROUNDS = 12
"""Guesses at most, each as long as judging the stack without any."""
_MOST_MOVED = 1_000_000_000
"""Entries shifted in memory in all, about two seconds: a stack served in the order of a queue is
not worth more, and deadlines that are missing are never wrong."""


@dataclass(frozen=True, slots=True)
class Deadline:
    moment: float
    """When the value must be gone."""
    below: int
    """The stay that proves it: of a value that lay below."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """More values had to be gone by a moment than pops that may have taken them had begun."""

    moment: float
    gone: Sequence[tuple[int, int]]
    """Stays, each with the one that it lay above."""


def left_behind(stays: Sequence[Stay]) -> list[int]:
    """Return the values that nobody saw come out, in the order of their pushes' beginnings."""
    left = [p for p, s in enumerate(stays) if s[TAKEN_FROM] == inf and s[PUT_BY] < inf]
    return sorted(left, key=lambda p: stays[p][PUT_FROM])


def deadlines(stays: Sequence[Stay], left: Sequence[int]) -> dict[int, Deadline]:
    """Return by when values must be gone because of what lay below them.

    `left` are their stays in the order in which they can begin.
    """
    solid = [p for p, s in enumerate(stays) if s[PUT_BY] < s[TAKEN_FROM] < inf]
    solid.sort(key=lambda p: stays[p][PUT_BY])
    place, lower, found = 0, _Lower(), dict[int, Deadline]()
    for position in left:
        begin, certain, _, _ = stays[position]
        lower.forget(begin)
        while place < len(solid) and stays[solid[place]][PUT_BY] < begin:
            _, _, taken_from, taken_by = stays[solid[place]]
            if taken_from > begin:
                lower.add(taken_from, taken_by, solid[place])
            place += 1
        deadline = lower.soonest(certain)
        if deadline is not None:
            found[position] = deadline
    return found


class _Lower:
    """Values that may lie below another: those that matter for when that one must be gone.

    One that can be popped both later at the soonest and earlier at the latest makes another one
    superfluous. What is left is sorted by both, the value popped last first, so that in a stack the
    latest comes last.
    """

    def __init__(self) -> None:
        self._from: list[float] = []
        self._by: list[float] = []
        """Both negative, to be sorted upwards."""
        self._stays: list[int] = []
        self._moved = 0

    def forget(self, moment: float) -> None:
        """Drop those that may have been popped by a moment before which nothing more is asked."""
        while self._from and -self._from[-1] <= moment:
            del self._from[-1], self._by[-1], self._stays[-1]

    def add(self, taken_from: float, taken_by: float, position: int) -> None:
        end = bisect_right(self._from, -taken_from)
        if (end and -self._by[end - 1] <= taken_by) or self._moved > _MOST_MOVED:
            return
        start = bisect_left(self._from, -taken_from)
        end = bisect_right(self._by, -taken_by, start)
        self._moved += len(self._from) - start
        self._from[start:end], self._by[start:end] = [-taken_from], [-taken_by]
        self._stays[start:end] = [position]

    def soonest(self, certain: float) -> Deadline | None:
        """Return when the first of those is gone for sure that were inside at a moment."""
        place = bisect_left(self._from, -certain) - 1
        return Deadline(-self._by[place], self._stays[place]) if place >= 0 else None


def shortage(found: dict[int, Deadline], chances: Sequence[float]) -> Shortage | None:
    """Return values that cannot all have been gone in time; None if that cannot be shown."""
    urgent = sorted(found, key=lambda p: found[p].moment)
    for place, position in enumerate(urgent):
        moment = found[position].moment
        if place >= len(chances) or chances[place] > moment:
            return Shortage(moment, [(p, found[p].below) for p in urgent[: place + 1]])
    return None


def can_be_nested(
    stays: Sequence[Stay],
    looks: Sequence[tuple[float, float]],
    chances: Sequence[float],
    left: Sequence[int],
    found: dict[int, Deadline],
) -> bool:
    """Say whether giving lost pops to values leaves a stack in order; False: perhaps not."""
    moments = free_moments(stays, looks, chances)
    if moments is None:
        return False
    moments.sort()
    urgency = {position: deadline.moment for position, deadline in found.items()}
    for position in left:
        place = bisect_right(moments, stays[position][PUT_BY])
        if place < len(moments):
            urgency[position] = min(urgency.get(position, inf), moments[place])
    for _ in range(_ROUNDS):
        given = _give(stays, urgency, chances)
        chain = tangled(given) if given is not None else None
        if given is None or chain is None:
            return given is not None and crowded_look(given, looks, ()) is None
        if not _hurry(stays, given, chain, urgency):
            return False
    return False


def _give(
    stays: Sequence[Stay], urgency: dict[int, float], chances: Sequence[float]
) -> list[Stay] | None:
    """Let the most urgent value be taken by the pop that began first; None if there are too few."""
    given = list(stays)
    urgent = sorted(urgency, key=lambda p: (urgency[p], stays[p][PUT_BY]))
    for place, position in enumerate(urgent):
        if place >= len(chances) or chances[place] > urgency[position]:
            return None
        put_from, put_by, _, _ = stays[position]
        given[position] = [put_from, put_by, chances[place], inf]
    return given


def _hurry(
    stays: Sequence[Stay], given: Sequence[Stay], chain: Sequence[int], urgency: dict[int, float]
) -> bool:
    """Make those of some tangled values that nobody saw come out more urgent, if there are any."""
    ends = [stays[p][TAKEN_BY] for p in chain if stays[p][TAKEN_BY] < inf]
    hurried = False
    for position in chain:
        if stays[position][TAKEN_FROM] < inf:
            continue
        before = urgency.get(position, inf)
        taken = given[position][TAKEN_FROM]
        sooner = max((end for end in ends if end < taken), default=None)
        if taken == inf and ends:
            sooner = max(ends)
        if sooner is not None and sooner < before:
            urgency[position] = sooner
            hurried = True
    return hurried
