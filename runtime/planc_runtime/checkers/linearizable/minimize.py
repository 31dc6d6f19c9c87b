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
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.models import Model, Register, leaves, refused
from planc_runtime.checkers.linearizable.search import search
from planc_runtime.checkers.order import NEVER
from planc_runtime.checkers.words import action, seconds

_STATES = 300_000
"""For all trials together: evidence should be small, but not at any price."""


def smallest_violation(model: Model, calls: Sequence[Call], stuck: Call) -> Violation:
    """Return a violation none of whose calls can be spared, as far as trying is affordable."""
    kept = _reduce(model, cut_after(model, calls, stuck), Budget(_STATES))
    last = max((call for call in kept if call.certain), key=lambda call: call.end)
    reason = f"{action(last.operation)} by {seconds(last.end[0])} s fits none of the orders left"
    return Violation(reason, [call for call in kept if call.certain or isinstance(model, Register)])


def _reduce(model: Model, kept: list[Call], budget: Budget) -> list[Call]:
    """Drop ever smaller chunks as long as a violation remains."""
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
        call if call.end <= stuck.end else weaken(call)
        for call in begun
        if call.end <= stuck.end or not model.pure(call)
    ]


def weaken(call: Call) -> Call:
    """Return the same call without the claim that it took effect or what it returned."""
    return replace(call, certain=False, end=NEVER, value=None)


def _without(model: Model, kept: Sequence[Call], dropped: Sequence[Call]) -> list[Call] | None:
    """Return the history without some of its calls, or None if that cannot be justified."""
    gone = {id(call) for call in dropped}
    if not isinstance(model, Register):
        lesser = [
            weaken(c) if id(c) in gone and c.certain else c
            for c in kept
            if id(c) not in gone or not model.pure(c)
        ]
        changed = any(call.certain for call in dropped)
        return lesser if changed else None
    rest = [call for call in kept if id(call) not in gone]
    needed = _seen(rest)
    needless = [call for call in dropped if call.f == "read" or leaves(call) not in needed]
    if any(refused(call) for call in kept) or not needless:
        return None
    removed = {id(call) for call in needless}
    return [call for call in kept if id(call) not in removed]


def _seen(calls: Sequence[Call]) -> set[Hashable]:
    seen = {call.value for call in calls if call.f == "read" and call.certain}
    return seen | {call.args[0] for call in calls if call.f == "cas"}


def _violated(model: Model, calls: Sequence[Call], budget: Budget) -> bool:
    try:
        return search(model, calls, budget) is not None
    except OutOfBudget:
        return False
