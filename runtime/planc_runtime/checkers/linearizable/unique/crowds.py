"""Can a container have been empty when a take found nothing? Asked of queues and stacks alike.

It can have been empty at a moment if no stay whose end was seen has its core there, and no more
values were put in before, and never seen again, than there were takes that may have removed them
unseen. Both only become true with the start of a take, so one sweep over the moments decides.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from math import inf

from planc_runtime.checkers.linearizable.answer import Violation
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.unique.stays import (
    PUT_BY,
    TAKEN_FROM,
    Stay,
    Visits,
    covering,
)
from planc_runtime.checkers.words import plural


def crowded_look(
    stays: Iterable[Stay], looks: Sequence[tuple[float, float]], chances: Sequence[float]
) -> int | None:
    """Return which take that found nothing must have found something; None if there is none."""
    found = _look(stays, looks, chances)
    return found if isinstance(found, int) else None


def free_moments(
    stays: Iterable[Stay], looks: Sequence[tuple[float, float]], chances: Sequence[float]
) -> list[float] | None:
    """Return, for each take that found nothing, the first moment at which it can have done so.

    Those of takes that overlap may be one. None if there is no such moment for one of them.
    """
    found = _look(stays, looks, chances)
    return None if isinstance(found, int) else found


_TAKEN, _LOOK, _LOOKED, _PUT = range(4)
"""What happens at one moment, in the order that leaves most room for finding nothing."""


def _look(
    stays: Iterable[Stay], looks: Sequence[tuple[float, float]], chances: Sequence[float]
) -> list[float] | int:
    """Return the moments at which looks can have found nothing, or a look without one."""
    moments: list[float] = []
    cores = unseen = 0
    waiting: set[int] = set()
    for moment, kind, detail in _events(stays, looks, chances) if looks else ():
        if kind == _PUT:
            cores, unseen = cores + detail, unseen + 1 - detail
        elif kind == _TAKEN:
            cores, unseen = cores - detail, unseen - 1 + detail
            if waiting and not cores and unseen <= 0:
                moments.append(moment)
                waiting.clear()
        elif kind == _LOOKED:
            if detail in waiting:
                return detail
        elif cores or unseen > 0:
            waiting.add(detail)
        else:
            moments.append(moment)
    return moments


def _events(
    stays: Iterable[Stay], looks: Sequence[tuple[float, float]], chances: Sequence[float]
) -> list[tuple[float, int, int]]:
    """Return when cores begin and end, 1 if their end was seen, and looks with their numbers."""
    events = [(chance, _TAKEN, 0) for chance in chances]
    for _, put_by, taken_from, _ in stays:
        if put_by < taken_from:
            events.append((put_by, _PUT, int(taken_from < inf)))
            if taken_from < inf:
                events.append((taken_from, _TAKEN, 1))
    for number, (begin, end) in enumerate(looks):
        events += [(begin, _LOOK, number), (end, _LOOKED, number)]
    events.sort()
    return events


def left_before(found: Visits, moment: float) -> list[int]:
    """Return the values that were put in before and never seen again, the earliest first."""
    left = [p for p, s in enumerate(found.stays) if s[TAKEN_FROM] == inf and s[PUT_BY] < moment]
    return sorted(left, key=lambda p: found.stays[p][PUT_BY])


def crowded(name: str, found: Visits, look: int, take: str) -> Violation:
    """Explain that a take found nothing although something must have been inside."""
    begin, end = found.looks[look]
    call = found.empty[look]
    reason = f"a {take} found nothing in {name}, which was not empty"
    if not found.chances:
        return Violation(reason, [call, *found.calls(covering(found.stays, begin, end))], call)
    seen = [s if s[TAKEN_FROM] < inf else [inf] * 4 for s in found.stays]
    lost = found.lost[: bisect_right(found.chances, end)]
    left = left_before(found, end)[: len(lost) + 1]
    if left:
        reason += f": {names(found, left)} never came out, and {only(lost, take)}"
    proof = found.calls((*covering(seen, begin, end), *left))
    return Violation(reason, [call, *proof, *lost], call)


def names(found: Visits, positions: Sequence[int]) -> str:
    """Return values in words, three at most."""
    named = [found.name(position) for position in positions[:3]]
    if len(positions) > len(named):
        named.append(plural(len(positions) - len(named), "other"))
    return " and ".join(named) if len(named) < 3 else f"{', '.join(named[:-1])} and {named[-1]}"


def only(lost: Sequence[Call], take: str) -> str:
    if not lost:
        return "nobody else had asked for one by then"
    return f"only {plural(len(lost), take)} of unknown outcome had begun by then"
