"""`history is linearizable`: every object on its own, the fastest exact method first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planc_runtime.checkers.budget import Budget, OutOfBudget
from planc_runtime.checkers.linearizable.answer import Answer, Orderable, Undecided, Violation
from planc_runtime.checkers.linearizable.blame import blamed
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.minimize import violation_of
from planc_runtime.checkers.linearizable.models import Model, ModelFailed
from planc_runtime.checkers.linearizable.objects import sort_into_objects
from planc_runtime.checkers.linearizable.passes.vouched import vouched
from planc_runtime.checkers.linearizable.search.search import search
from planc_runtime.checkers.linearizable.telling import nothing_told
from planc_runtime.checkers.linearizable.unique.methods import judge_quickly
from planc_runtime.checkers.results import inconclusive, passed, violated
from planc_runtime.checkers.words import plural
from planc_runtime.history import History, Verdict

_WANTED = "linearizable"


def linearizable(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge whether the operations can be put in one order that real time and the model allow.

    Options: `model`, a name of MODELS or a function `(state, operation) -> state`; without it the
    names of the operations choose. `initial`, the first state for such a function. Operations that
    failed are left out; those of unknown outcome may have taken effect at any later time or never.
    """
    sound = vouched(history, options)
    objects = sort_into_objects(sound.rest, options)
    if isinstance(objects, str):
        return inconclusive(_WANTED, objects)
    certain = sum(call.certain for _, calls in objects.values() for call in calls)
    certain += sum(sound.counts.values())
    if not certain:
        return inconclusive(_WANTED, "no operation succeeded, so there is nothing to order")
    undecided: list[str] = []
    for model, calls in objects.values():
        try:
            answer = judge_object(model, calls, budget)
        except ModelFailed as trouble:
            return inconclusive(_WANTED, str(trouble))
        if isinstance(answer, Violation):
            answer = blamed(model, answer)
            culprits = {answer.culprit.operation.index} if answer.culprit is not None else None
            proof = [call.operation for call in answer.calls]
            against = answer.against.operation.index if answer.against is not None else None
            return violated(_WANTED, answer.reason, proof, culprits=culprits, against=against)
        if isinstance(answer, Undecided):
            undecided.append(answer.reason)
    kinds = {model.name for model, _ in objects.values()} | (
        {sound.kind} if sound.counts else set()
    )
    noun = kinds.pop() if len(kinds) == 1 else "object"
    count = len(objects) + len(sound.counts)
    counted = f"{plural(certain, 'operation')} on {plural(count, noun)}"
    if undecided:
        reason = f"not decided for {len(undecided)} of {counted}: {undecided[0]}"
        return inconclusive(_WANTED, reason)
    untested = nothing_told(history, options)
    if untested:
        return inconclusive(_WANTED, f"{untested}: {counted} can be ordered in any case")
    data = {"objects": count, "states": budget.spent}
    return passed(_WANTED, f"{counted} can be ordered", checked=certain, **data)


def judge_object(model: Model, calls: list[Call], budget: Budget) -> Answer:
    """Judge the calls of one object, with the smallest evidence if they cannot be ordered."""
    quick = judge_quickly(model, calls)
    if quick is not None:
        return quick
    try:
        stuck = search(model, calls, budget)
    except OutOfBudget as reason:
        return Undecided(str(reason))
    if stuck is None:
        return Orderable()
    return violation_of(model, calls, stuck)
