"""Stacks whose values all differ: a near-linear answer, exact unless pops were lost.

If the outcome of every pop is known, a history can be ordered just if its stays can be nested (see
`nesting`) and each pop that found nothing meets a moment that no core covers: the parting at such a
moment loses nothing, so the stack can be taken to be empty at all of them.

A pop of unknown outcome may have taken any value that nobody saw come out, at any time after its
invocation, or none. Which of them took which is not decided here in every case. Leaving out all
values that nobody saw come out, and these pops, leaves a history that can be ordered if the whole
can, so what is wrong in it is wrong. So is a value that must be gone by a moment when too few of
these pops had begun. On the other hand each value that must be gone is given one of them, the most
urgent the first, and if what comes of it can be nested there is an order. Between the two lies a
gap, which is left to the search.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from math import inf

from planc_runtime.checkers.linearizable.answer import Answer, Orderable, Violation
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.unique.crowds import crowded, crowded_look, names, only
from planc_runtime.checkers.linearizable.unique.lost import (
    Shortage,
    can_be_nested,
    deadlines,
    left_behind,
    shortage,
)
from planc_runtime.checkers.linearizable.unique.nesting import fewest, tangled
from planc_runtime.checkers.linearizable.unique.stays import TAKEN_BY, TAKEN_FROM, Visits, visits


def check_unique_pushes(name: str, calls: Sequence[Call]) -> Answer | None:
    """Decide the history of one stack.

    None where its values are not told apart, or where pops of unknown outcome leave it open.
    """
    found = visits(name, calls, "push")
    if not isinstance(found, Visits):
        return found
    return _check_lost(name, found) if found.chances else _check_known(name, found)


def _check_known(name: str, found: Visits) -> Answer:
    chain = tangled(found.stays)
    if chain is not None:
        return _tangled(name, found, chain)
    look = crowded_look(found.stays, found.looks, found.chances)
    return Orderable() if look is None else crowded(name, found, look, "pop")


def _check_lost(name: str, found: Visits) -> Answer | None:
    """Decide, if that can be done, where pops may have taken values unseen."""
    left = left_behind(found.stays)
    urgent = deadlines(found.stays, left)
    if can_be_nested(found.stays, found.looks, found.chances, left, urgent):
        return Orderable()
    wrong = _check_known(name, _seen(found))
    if isinstance(wrong, Violation):
        return wrong
    short = shortage(urgent, found.chances)
    if short is not None:
        return _short(name, found, short)
    look = crowded_look(found.stays, found.looks, found.chances)
    return None if look is None else crowded(name, found, look, "pop")


def _seen(found: Visits) -> Visits:
    """Return the visits without values that nobody saw come out, and without lost pops."""
    seen = [p for p, stay in enumerate(found.stays) if stay[TAKEN_FROM] < inf]
    return replace(
        found,
        stays=[found.stays[p] for p in seen],
        puts=[found.puts[p] for p in seen],
        takes=[found.takes[p] for p in seen],
        lost=[],
        chances=[],
    )


def _tangled(name: str, found: Visits, chain: Sequence[int]) -> Violation:
    chain = fewest(found.stays, chain)
    if len(chain) > 2:
        reason = f"{names(found, chain)} were in {name}, always one of them at least, so one lay "
        reason += "below the others; but each was pushed after another or popped before another"
        return Violation(reason, found.calls(chain))
    lower, upper = sorted(chain, key=lambda p: found.stays[p][TAKEN_BY])
    one, other = found.name(lower), found.name(upper)
    if found.takes[upper] is None:
        reason = f"{one} was popped although {other}, which never was, had been pushed on top of it"
    else:
        reason = f"{one} was popped before {other}, which had been pushed on top of it"
    return Violation(reason, found.calls((lower, upper)), found.takes[lower])


def _short(name: str, found: Visits, short: Shortage) -> Violation:
    """Say which values were on top of what came out, and did not come out themselves."""
    lost = found.lost[: bisect_right(found.chances, short.moment)]
    gone = [position for position, _ in short.gone]
    below = [position for _, position in short.gone]
    reason = f"{names(found, gone)} never came out of {name}, but what had been pushed before did, "
    reason += f"and {only(lost, 'pop')}"
    last = found.takes[below[-1]]
    return Violation(reason, [*found.calls((*gone, *below)), *lost], last)
