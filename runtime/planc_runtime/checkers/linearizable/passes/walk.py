"""Registers whose values repeat, told by going from one quiet moment to the next.

Where nobody else is at work on a key, an operation finds what the one before it left: nothing needs
to be searched for. Operations that meet are tried in every order, which gives all the states that
they may leave. That is exact as long as few meet at a time; what this walk cannot vouch for, for
whatever reason, is left to the search.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from math import inf

from planc_runtime.checkers.linearizable.passes.verbs import CAS, READ, REFUSED

MOST = 8
"""Operations that may meet."""
_IMPOSSIBLE = object()


Step = tuple[int, Hashable, Hashable, float, float]
"""An operation that certainly happened: its kind, what a cas wants to find, what it saw or left,
start and end."""


def walks_through(steps: Iterable[Step], following: Iterable[float], nothing: Hashable) -> bool:
    """Say whether the operations of a key are in order beyond doubt.

    They come in the order of their start, each with the start of the next one, and the last with
    one that is later than all ends.
    """
    state: Hashable = nothing
    states: set[Hashable] | None = None
    latest = -inf
    meeting: list[Step] = []
    for step, next_start in zip(steps, following, strict=True):
        kind, old, value, start, end = step
        if states is None and start > latest and end < next_start:
            latest = end
            if kind == READ:
                if state != value:
                    return False
            elif kind == CAS:
                if state != old:
                    return False
                state = value
            elif kind == REFUSED:
                if state == old:
                    return False
            else:
                state = value
            continue
        meeting.append(step)
        latest = max(latest, end)
        if latest < next_start:
            states = outcomes(meeting, {state} if states is None else states)
            meeting = []
            if len(states) == 1:
                (state,) = states
                states = None
            elif not states:
                return False
        elif len(meeting) == MOST:
            return False
    return not meeting


def outcomes(steps: Sequence[Step], states: set[Hashable]) -> set[Hashable]:
    """Return the states in which operations that meet may leave a register."""
    if len(steps) <= 2:
        found = _of_two(steps[0], steps[-1], states)
        found.discard(_IMPOSSIBLE)
        return found
    reached = {(0, state) for state in states}
    for _ in steps:
        reached = {
            (done | 1 << place, after)
            for done, state in reached
            for place in _next(steps, done)
            if (after := _after(steps[place], state)) is not _IMPOSSIBLE
        }
    return {state for _, state in reached}


def _of_two(one: Step, other: Step, states: Iterable[Hashable]) -> set[Hashable]:
    """Return what two operations leave in either order, or one that is given twice leaves."""
    if one is other:
        return {_after(one, state) for state in states}
    found: set[Hashable] = set()
    for state in states:
        found.add(_after(other, _after(one, state)))
        found.add(_after(one, _after(other, state)))
    return found


def _next(steps: Sequence[Step], done: int) -> Iterator[int]:
    """Yield the places of operations that may come next: none had ended before they began."""
    left = [place for place in range(len(steps)) if not done >> place & 1]
    first_end = min(steps[place][4] for place in left)
    for place in left:
        if steps[place][3] <= first_end:
            yield place


def _after(step: Step, state: Hashable) -> Hashable:
    """Return the state after an operation; _IMPOSSIBLE if it cannot happen, or the state cannot."""
    kind, old, value, _, _ = step
    if state is _IMPOSSIBLE:
        return state
    if kind == READ:
        return state if state == value else _IMPOSSIBLE
    if kind == CAS:
        return value if state == old else _IMPOSSIBLE
    if kind == REFUSED:
        return state if state != old else _IMPOSSIBLE
    return value
