"""How long each value was inside: what decides the history of a queue or a stack of unique values.

A stay is four moments: the value was put in between two of them and taken out between two others.
It was certainly inside after it had been put in for sure and before it can have been taken out,
its core. A stay without a core may be over in one instant.

Queues and stacks read their calls into stays alike; no more than these is looked at.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from planc_runtime.checkers.linearizable.answer import Violation
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.words import value_text

PUT_FROM, PUT_BY, TAKEN_FROM, TAKEN_BY = range(4)

Stay = list[float]
"""The four moments, as numbers of which only the order counts; what never happens is infinite."""


@dataclass(slots=True)
class Visits:
    """The calls on one container, read as stays."""

    stays: list[Stay] = field(default_factory=list)
    puts: list[Call] = field(default_factory=list)
    """For each stay, the call that put the value in."""
    takes: list[Call | None] = field(default_factory=list)
    """For each stay, the call that returned the value; None: nobody saw it come out."""
    empty: list[Call] = field(default_factory=list)
    """Takes that found nothing."""
    looks: list[tuple[float, float]] = field(default_factory=list)
    """When each of those began and ended."""
    lost: list[Call] = field(default_factory=list)
    """Takes of unknown outcome, in the order in which they began: each may have taken one value
    that nobody saw come out."""
    chances: list[float] = field(default_factory=list)
    """When each of those began."""

    def name(self, position: int) -> str:
        return value_text(self.puts[position].args[0])

    def position(self, stay: Stay) -> int:
        return next(place for place, each in enumerate(self.stays) if each is stay)

    def calls(self, positions: Iterable[int]) -> list[Call]:
        found = [c for p in positions for c in (self.puts[p], self.takes[p]) if c is not None]
        return list({id(call): call for call in found}.values())


def visits(name: str, calls: Sequence[Call], put: str) -> Visits | Violation | None:
    """Read the calls on a container, whose verb for putting in is `put`.

    None where a value was put in twice, or is nothing: values then do not tell who took what. A
    put of unknown outcome counts, without an end, if its value came out; if not, it may as well
    never have happened.
    """
    ordered = sorted(calls, key=lambda call: call.start)
    puts: dict[Hashable, Call] = {}
    for call in ordered:
        if call.f == put:
            if call.args[0] is None or call.args[0] in puts:
                return None
            puts[call.args[0]] = call
    returned: dict[Hashable, Call] = {}
    found = Visits()
    for call in ordered:
        if call.f == put:
            continue
        if not call.certain:
            found.lost.append(call)
        elif call.value is None:
            found.empty.append(call)
        elif (twin := returned.setdefault(call.value, call)) is not call:
            return Violation(f"{value_text(call.value)} came out of {name} twice", [twin, call])
    wrong = _from_nowhere(name, returned, puts)
    if wrong is not None:
        return wrong
    for value, call in puts.items():
        if call.certain or value in returned:
            found.puts.append(call)
            found.takes.append(returned.get(value))
    _number(found, ordered)
    return found


def _from_nowhere(
    name: str, returned: dict[Hashable, Call], puts: dict[Hashable, Call]
) -> Violation | None:
    for value, take in returned.items():
        put = puts.get(value)
        if put is None:
            return Violation(f"{value_text(value)} came out of {name}, which nobody put in", [take])
        if take.end < put.start:
            return Violation(f"{value_text(value)} came out before it was put in", [take, put])
    return None


def _number(found: Visits, calls: Sequence[Call]) -> None:
    """Put numbers for moments, equal ones for equal ones."""
    moments = {call.start for call in calls} | {call.end for call in calls if call.certain}
    number: dict[Any, float] = {moment: place for place, moment in enumerate(sorted(moments))}
    for put, take in zip(found.puts, found.takes, strict=True):
        taken = (number[take.start], number[take.end]) if take is not None else (inf, inf)
        found.stays.append([number[put.start], number.get(put.end, inf), *taken])
    found.looks = [(number[call.start], number[call.end]) for call in found.empty]
    found.chances = [number[call.start] for call in found.lost]


def covering(stays: Sequence[Stay], begin: float, end: float) -> list[int]:
    """Return the fewest stays whose cores cover what cores cover at all of a span."""
    solid = [p for p, stay in enumerate(stays) if stay[PUT_BY] < min(stay[TAKEN_FROM], end)]
    solid.sort(key=lambda p: stays[p][PUT_BY])
    chain: list[int] = []
    moment, place, furthest = begin, 0, -1
    while moment <= end:
        while place < len(solid) and stays[solid[place]][PUT_BY] < moment:
            if furthest < 0 or stays[solid[place]][TAKEN_FROM] > stays[furthest][TAKEN_FROM]:
                furthest = solid[place]
            place += 1
        if furthest < 0 or stays[furthest][TAKEN_FROM] <= moment:
            if place == len(solid):
                break
            furthest = solid[place]
        chain.append(furthest)
        moment = stays[furthest][TAKEN_FROM]
    return chain
