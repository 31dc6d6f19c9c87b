"""The calls shortly before a place where no order was found, as a history of its own.

Whatever happened before some moment, it left a register in one of few states. If the calls after
that moment cannot be ordered from any state, then neither can the whole history: that is shown by a
few dozen calls instead of a million, and makes better reading.

Of calls that were open at that moment nothing is claimed but that they may take effect. Those of
unknown outcome stay possible. More of one kind than there are certain calls are never of use:
between two of these no state needs to come twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.models import Register, refused
from planc_runtime.checkers.order import NEVER, Moment

_LENGTHS = (16, 64, 512, 4096)
"""In certain calls that returned within it."""
_OTHER = object()
"""A state that no call of a history asks for."""


class RegisterInAnyState(Register):
    """A register of which it is not known what it holds at first."""

    def __init__(self, calls: Sequence[Call]) -> None:
        asked = {call.value for call in calls if call.f == "read" and call.answered}
        asked |= {call.args[0] for call in calls if call.f == "cas"}
        self.initials: tuple[Hashable, ...] = (None, _OTHER, *sorted(asked - {None}, key=repr))


def excerpts(calls: Sequence[Call], stuck: Call) -> Iterator[list[Call]]:
    """Yield ever longer parts of a register's history that end where one of its calls returns."""
    ends = sorted(call.end for call in calls if call.certain and call.end <= stuck.end)
    for length in _LENGTHS:
        if 2 * length < len(ends):
            yield _excerpt(calls, ends[-length - 1], stuck.end)


def _excerpt(calls: Sequence[Call], since: Moment, until: Moment) -> list[Call]:
    within: list[Call] = []
    possible: list[Call] = []
    for call in calls:
        if call.start > until or call.end <= since:
            continue
        if not call.certain:
            possible.append(call)
        elif since < call.start and call.end <= until:
            within.append(call)
        elif call.f != "read" and not refused(call):
            possible.append(replace(call, certain=False, end=NEVER))
    return within + list(_useful(possible, len(within) + 1))


def _useful(possible: list[Call], most: int) -> Iterator[Call]:
    """Yield the first calls of each kind."""
    met: Counter[Hashable] = Counter()
    for call in sorted(possible, key=lambda call: call.start):
        kind = call.f, call.args, call.answered, call.value
        met[kind] += 1
        if met[kind] <= most:
            yield call
