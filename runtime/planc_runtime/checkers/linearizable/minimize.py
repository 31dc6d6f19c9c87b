"""From a violated history to the few operations that prove it.

Only reductions that keep a lawful history lawful are made, so that what is left still proves the
violation of the whole: calls that began after the failing one returned are cut off; pure calls are
left out; a register's write is left out once no remaining call saw its value; of any other call
the claim that it happened is dropped, so that it may have, at any time, or not.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from planc_runtime.checkers.budget import Budget, OutOfBudget
from planc_runtime.checkers.linearizable.answer import Violation
from planc_runtime.checkers.linearizable.blame import blamed, to_blame, weaken
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.models import Model, Register, leaves, refused
from planc_runtime.checkers.linearizable.search.search import Stuck, search, shown_nearby
from planc_runtime.checkers.order import NEVER
from planc_runtime.checkers.words import action, seconds

_STATES = 300_000
"""For all trials together: evidence should be small, but not at any price."""
_LONG = 200
"""Calls that are too many to go through one by one, or to be shown."""


def violation_of(model: Model, calls: Sequence[Call], stuck: Stuck) -> Violation:
    """Return what shows best why a search got stuck.

    Of a register that many operations went before, the last ones show it by themselves, whatever it
    held at first. Earlier writes of the values in question are shown as well if they are few: what
    is left then holds even of a reader who doubts that the rest of the history came to an end.
    """
    if stuck.calls is calls and len(calls) > _LONG:
        stuck = shown_nearby(model, calls, stuck.call, Budget(_STATES)) or stuck
    if stuck.model is model:
        return smallest_violation(model, calls, stuck.call)
    kept = spare(stuck.model, cut_after(stuck.model, stuck.calls, stuck.call))
    last = max((call for call in kept if call.certain), key=lambda call: call.end)
    whole = _with_writers(calls, kept, last)
    if len(whole) <= _LONG:
        return smallest_violation(model, whole, last)
    since = min(call.start for call in kept if call.certain)
    return _explained(stuck.model, kept, f", whatever it held at {seconds(since[0])} s")


def _with_writers(calls: Sequence[Call], kept: Sequence[Call], last: Call) -> list[Call]:
    """Return some calls of a register with all earlier ones that may have left what they saw."""
    shown = {id(call.operation) for call in kept}
    begun = [call for call in calls if call.start <= last.end]
    while True:
        chosen = [call for call in begun if id(call.operation) in shown]
        seen = _seen(chosen)
        left = [c for c in begun if c.f != "read" and (seen is None or leaves(c) in seen)]
        if len(chosen) > _LONG or all(id(call.operation) in shown for call in left):
            return chosen
        shown.update(id(call.operation) for call in left)


def smallest_violation(model: Model, calls: Sequence[Call], stuck: Call) -> Violation:
    """Return a violation none of whose calls can be spared, as far as trying is affordable."""
    return _explained(model, spare(model, cut_after(model, calls, stuck)))


def _explained(model: Model, kept: Sequence[Call], given: str = "") -> Violation:
    culprit = to_blame(model, kept)
    assert culprit is not None, "a history without a certain call can be ordered"
    who = f"client {culprit.operation.process} {action(culprit.operation)}"
    reason = f"no order of the others allows that {who} by {seconds(culprit.end[0])} s{given}"
    proof = [call for call in kept if call.answered or isinstance(model, Register)]
    return blamed(model, Violation(reason, proof, culprit))


def spare(model: Model, kept: list[Call]) -> list[Call]:
    """Drop ever smaller chunks of a violated history as long as a violation remains."""
    budget = Budget(_STATES)
    chunk = max(1, len(kept) // 2)
    while True:
        reduced = False
        position = 0
        while position < len(kept):
            lesser = _without(model, kept, kept[position : position + chunk])
            if lesser is None or not _violated(model, lesser, budget):
                position += chunk
                continue
            position += chunk if len(lesser) == len(kept) else 0
            kept, reduced = lesser, True
        if chunk == 1 and not reduced:
            return kept
        chunk = max(1, chunk // 2)


def cut_after(model: Model, calls: Sequence[Call], stuck: Call) -> list[Call]:
    """Return what began before a call returned; calls still open at that moment are uncertain."""
    begun = [call for call in calls if call.start <= stuck.end]
    return [
        call if call.end <= stuck.end else replace(call, certain=False, end=NEVER)
        for call in begun
        if call.end <= stuck.end or not model.pure(call)
    ]


def _without(model: Model, kept: Sequence[Call], dropped: Sequence[Call]) -> list[Call] | None:
    """Return the history without some of its calls, or None if that cannot be justified."""
    gone = {id(call) for call in dropped}
    if isinstance(model, Register):
        return _without_unseen(kept, gone)
    if not any(call.answered for call in dropped):
        return None
    return [
        weaken(call) if id(call) in gone and call.answered else call
        for call in kept
        if id(call) not in gone or not model.pure(call)
    ]


def _without_unseen(kept: Sequence[Call], gone: set[int]) -> list[Call] | None:
    """Leave out the reads and, of the writes, those whose value no remaining call saw.

    A cas that was refused saw that the value was another one: while one remains, every write may
    be what it saw.
    """
    while True:
        rest = [call for call in kept if id(call) not in gone]
        needed = _seen(rest)
        missed = {
            id(call)
            for call in kept
            if id(call) in gone and call.f != "read" and not refused(call)
            if needed is None or leaves(call) in needed
        }
        if not missed:
            return rest if len(rest) < len(kept) else None
        gone = gone - missed


def _seen(calls: Sequence[Call]) -> set[Hashable] | None:
    """Return the values that some call saw; None if it may have been any."""
    if any(refused(call) for call in calls):
        return None
    seen = {call.value for call in calls if call.f == "read" and call.certain}
    return seen | {call.args[0] for call in calls if call.f == "cas"}


def _violated(model: Model, calls: Sequence[Call], budget: Budget) -> bool:
    try:
        return search(model, calls, budget) is not None
    except OutOfBudget:
        return False
