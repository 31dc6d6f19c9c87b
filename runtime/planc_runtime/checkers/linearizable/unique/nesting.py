"""Can stays be nested, last in, first out? The heart of judging stacks, in near-linear time.

As in Abdulla, Grahn, Jonsson, Krishna and Mishra, "Efficient Linearizability Monitoring" (PLDI
2025), and in Lee and Mathur, "Efficient Decrease-and-Conquer Linearizability Monitoring" (OOPSLA
2025), a history is made smaller by steps that keep it as lawful or unlawful as it is:

- A stay without a core is left out: put in and taken out in one instant, it is in nobody's way.
- *Peeling.* A stay that can begin before every other must have begun, and end after every other can
  have ended, is left out. Given any order of the others, it may lie below all of them; given an
  order of all, so it may when it is moved there.
- *Parting.* At a moment that no core covers, the history falls apart in two, each judged alone.
  Every call of an earlier stay begins before that moment and every call of a later one ends after
  it, so an order of the former followed by one of the latter respects real time.

Where neither is possible, there is no order: cores cover the whole span, so the stack was never
empty in between, so the first value in was the last one out, and could have been peeled.

What is left then, or any chain of its stays whose cores cover the same span, proves the violation:
none of the chain can lie below the others.

Looking for the next parting from both ends at once costs no more than the smaller part is long, so
that all of it takes O(n log n) steps, and O(n log^2 n) time at worst with the heaps; none of it
recurses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise
from math import inf

from planc_runtime.checkers.linearizable.unique.stays import (
    PUT_BY,
    PUT_FROM,
    TAKEN_BY,
    TAKEN_FROM,
    Stay,
    covering,
)

_NONE = -1


def tangled(stays: Sequence[Stay]) -> list[int] | None:
    """Return stays that cannot be nested, in the order of putting in; None if all of them can."""
    peeling = _Peeling(stays)
    while peeling.parts:
        part = peeling.parts.pop()
        while peeling.peel(part):
            if not peeling.split(part):
                return peeling.chain(part)
    return None


@dataclass(slots=True)
class _Part:
    """Stays with nothing else between them, linked in two orders: of entering and of leaving."""

    number: int
    bottom: int
    """Of those left, the first that must have been put in; and the last of them."""
    last: int
    first: int
    """Of those left, the first that can have been taken out; and the last of them."""
    top: int
    waiting: list[int]
    """Those that cannot yet begin before all others, the latest first; some have left the part."""
    ready: list[tuple[float, int]] = field(default_factory=list)
    """A heap of the others, the one that may end latest first; some have left the part."""


class _Peeling:
    def __init__(self, stays: Sequence[Stay]) -> None:
        solid = [p for p, stay in enumerate(stays) if stay[PUT_BY] < stay[TAKEN_FROM]]
        self._stays = stays
        self._owner = [_NONE] * len(stays)
        self._entering = _Chain(len(stays))
        self._leaving = _Chain(len(stays))
        self._parts = 0
        self.parts: list[_Part] = []
        """Those not yet dealt with."""
        self._part_at_once(solid)

    def _part_at_once(self, solid: list[int]) -> None:
        """Make a part of each group of stays with no parting among them; one alone is no matter."""
        if not solid:
            return
        stays = self._stays
        entering = sorted(solid, key=lambda p: stays[p][PUT_BY])
        leaving = sorted(solid, key=lambda p: stays[p][TAKEN_FROM])
        begin, reached = 0, -inf
        for place, position in enumerate([*entering, _NONE]):
            if position != _NONE and stays[position][PUT_BY] < reached:
                reached = max(reached, stays[position][TAKEN_FROM])
                continue
            if place - begin > 1:
                members, leave = entering[begin:place], leaving[begin:place]
                self._entering.link(members)
                self._leaving.link(leave)
                self._add(members, members[0], members[-1], leave[0], leave[-1])
            begin, reached = place, stays[position][TAKEN_FROM]

    def _add(self, members: list[int], bottom: int, last: int, first: int, top: int) -> None:
        stays, owner, number = self._stays, self._owner, self._parts
        for position in members:
            owner[position] = number
        waiting = sorted(members, key=lambda p: stays[p][PUT_FROM], reverse=True)
        self.parts.append(_Part(number, bottom, last, first, top, waiting))
        self._parts += 1

    def peel(self, part: _Part) -> bool:
        """Leave out all that can lie below the rest; return whether more than one are left."""
        stays, owner, waiting, ready = self._stays, self._owner, part.waiting, part.ready
        while part.bottom != part.last:
            must = stays[part.bottom][PUT_BY]
            while waiting and stays[waiting[-1]][PUT_FROM] <= must:
                position = waiting.pop()
                if owner[position] == part.number:
                    heappush(ready, (-stays[position][TAKEN_BY], position))
            while ready and owner[ready[0][1]] != part.number:
                heappop(ready)
            if not ready or -ready[0][0] < stays[part.top][TAKEN_FROM]:
                return True
            self._leave_out(part, heappop(ready)[1])
        return False

    def _leave_out(self, part: _Part, position: int) -> None:
        self._owner[position] = _NONE
        part.bottom, part.last = self._entering.unlink(position, part.bottom, part.last)
        part.first, part.top = self._leaving.unlink(position, part.first, part.top)

    def split(self, part: _Part) -> bool:
        """Divide a part at a moment that no core covers; return False if there is none."""
        stays, entering, leaving = self._stays, self._entering, self._leaving
        early, late, count = part.bottom, part.top, 1
        reached, since = stays[early][TAKEN_FROM], stays[late][PUT_BY]
        while True:
            early, late = entering.after[early], leaving.before[late]
            if early == _NONE:
                return False
            if reached <= stays[early][PUT_BY]:
                self._cut_early(part, early, count)
                return True
            if stays[late][TAKEN_FROM] <= since:
                self._cut_late(part, late, count)
                return True
            reached = max(reached, stays[early][TAKEN_FROM])
            since = min(since, stays[late][PUT_BY])
            count += 1

    def _cut_early(self, part: _Part, early: int, count: int) -> None:
        """Make a part of its own of those before `early`; one alone is in nobody's way."""
        if count == 1:
            self._leave_out(part, part.bottom)
            return
        bottom, first = part.bottom, part.first
        members = _walk(self._entering.after, bottom, count)
        boundary = _walk(self._leaving.after, first, count)[-1]
        part.bottom, part.first = early, self._leaving.after[boundary]
        self._entering.cut(members[-1], early)
        self._leaving.cut(boundary, part.first)
        self._add(members, bottom, members[-1], first, boundary)

    def _cut_late(self, part: _Part, late: int, count: int) -> None:
        """Make a part of its own of those behind `late`; one alone is in nobody's way."""
        if count == 1:
            self._leave_out(part, part.top)
            return
        last, top = part.last, part.top
        members = _walk(self._entering.before, last, count)
        boundary = self._leaving.after[late]
        part.last, part.top = self._entering.before[members[-1]], late
        self._entering.cut(part.last, members[-1])
        self._leaving.cut(late, boundary)
        self._add(members, members[-1], last, boundary, top)

    def chain(self, part: _Part) -> list[int]:
        """Return the fewest stays of a part whose cores cover its whole span."""
        begin, end = self._stays[part.bottom][PUT_BY], self._stays[part.top][TAKEN_FROM]
        members = _walk(self._entering.after, part.bottom, len(self._stays))
        within = covering([self._stays[position] for position in members], begin, end)
        return [members[place] for place in within]


class _Chain:
    """Numbers linked in an order, from which any can be taken out at once."""

    def __init__(self, size: int) -> None:
        self.after = [_NONE] * size
        self.before = [_NONE] * size

    def link(self, ordered: Sequence[int]) -> None:
        for one, other in pairwise(ordered):
            self.after[one], self.before[other] = other, one

    def unlink(self, number: int, head: int, tail: int) -> tuple[int, int]:
        """Take a number out of a chain; return its ends as they are now."""
        before, after = self.before[number], self.after[number]
        if before != _NONE:
            self.after[before] = after
        if after != _NONE:
            self.before[after] = before
        return after if number == head else head, before if number == tail else tail

    def cut(self, end: int, begin: int) -> None:
        self.after[end] = self.before[begin] = _NONE


def _walk(link: Sequence[int], number: int, count: int) -> list[int]:
    found: list[int] = []
    while number != _NONE and len(found) < count:
        found.append(number)
        number = link[number]
    return found


def fewest(stays: Sequence[Stay], tangle: Sequence[int]) -> list[int]:
    """Leave out of stays that cannot be nested those that are not needed to show it."""
    kept, chunk, tries = list(tangle), max(1, len(tangle) // 2), _TRIES
    while True:
        place, before = 0, len(kept)
        while place < len(kept) and tries > 0:
            lesser = kept[:place] + kept[place + chunk :]
            tries -= len(lesser)
            if tangled([stays[position] for position in lesser]) is None:
                place += chunk
            else:
                kept = lesser
        if tries <= 0 or (chunk == 1 and len(kept) == before):
            return kept
        chunk = max(1, chunk // 2)


_TRIES = 200_000
"""Stays looked at in all trials together: evidence should be small, but not at any price."""
