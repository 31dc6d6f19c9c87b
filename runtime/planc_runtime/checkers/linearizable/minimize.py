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
from planc_runtime.checkers.linearizable.search import search
from planc_runtime.checkers.order import NEVER
from planc_runtime.checkers.words import action, seconds

_STATES = 300_000
"""For all trials together: evidence should be small, but not at any price."""


def smallest_violation(model: Model, calls: Sequence[Call], stuck: Call) -> Violation:
    """Return a violation none of whose calls can be spared, as far as trying is affordable."""
    kept = spare(model, cut_after(model, calls, stuck))
    culprit = to_blame(model, kept)
    assert culprit is not None, "a history without a certain call can be ordered"
    who = f"client {culprit.operation.process} {action(culprit.operation)}"
    reason = f"no order of the others allows that {who} by {seconds(culprit.end[0])} s"
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
    """Leave out the reads and, of the writes, those whose value no remaining call saw."""
    if any(refused(call) for call in kept):
        return None
    while True:
        rest = [call for call in kept if id(call) not in gone]
        needed = _seen(rest)
        missed = {id(c) for c in kept if id(c) in gone and c.f != "read" and leaves(c) in needed}
        if not missed:
            return rest if len(rest) < len(kept) else None
        gone = gone - missed


def _seen(calls: Sequence[Call]) -> set[Hashable]:
    seen = {call.value for call in calls if call.f == "read" and call.certain}
    return seen | {call.args[0] for call in calls if call.f == "cas"}


def _violated(model: Model, calls: Sequence[Call], budget: Budget) -> bool:
    try:
        return search(model, calls, budget) is not None
    except OutOfBudget:
        return False
