"""`history is linearizable`: every object on its own, the fastest exact method first."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from planc_runtime.checkers.budget import Budget, OutOfBudget
from planc_runtime.checkers.linearizable.answer import Answer, Orderable, Undecided, Violation
from planc_runtime.checkers.linearizable.blame import blamed
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.methods import judge_quickly
from planc_runtime.checkers.linearizable.minimize import smallest_violation
from planc_runtime.checkers.linearizable.models import Model, ModelFailed
from planc_runtime.checkers.linearizable.objects import sort_into_objects
from planc_runtime.checkers.linearizable.search import search
from planc_runtime.checkers.linearizable.sift import in_order
from planc_runtime.checkers.linearizable.verbs import Unfit
from planc_runtime.checkers.results import inconclusive, passed, violated
from planc_runtime.checkers.words import plural
from planc_runtime.history import History, Outcome, Verdict

_WANTED = "linearizable"


def linearizable(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge whether the operations can be put in one order that real time and the model allow.

    Options: `model`, a name of MODELS or a function `(state, operation) -> state`; without it the
    names of the operations choose. `initial`, the first state for such a function. Operations that
    failed are left out; those of unknown outcome may have taken effect at any later time or never.
    """
    vouched, rest = _sifted(history, options)
    objects = sort_into_objects(rest, options)
    if isinstance(objects, str):
        return inconclusive(_WANTED, objects)
    certain = sum(call.certain for _, calls in objects.values() for call in calls)
    certain += sum(vouched.values())
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
    kinds = {model.name for model, _ in objects.values()} | ({"register"} if vouched else set())
    noun = kinds.pop() if len(kinds) == 1 else "object"
    count = len(objects) + len(vouched)
    counted = f"{plural(certain, 'operation')} on {plural(count, noun)}"
    if undecided:
        reason = f"not decided for {len(undecided)} of {counted}: {undecided[0]}"
        return inconclusive(_WANTED, reason)
    data = {"objects": count, "states": budget.spent}
    return passed(_WANTED, f"{counted} can be ordered", checked=certain, **data)


def _sifted(history: History, options: Mapping[str, Any]) -> tuple[dict[Hashable, int], History]:
    """Return the registers that are in order beyond doubt, with their operations counted; the rest.

    A register without a certain operation is not counted as one, here as elsewhere.
    """
    if options.get("model", "register") not in ("register", "key-value"):
        return {}, history
    try:
        counts, good = in_order(history.operations)
    except Unfit:
        return {}, history
    attempted = Outcome.OK, Outcome.UNKNOWN
    rest = (
        History()
        if len(good) == len(counts)
        else history.where(lambda o: o.outcome in attempted and o.args[0] not in good)
    )
    return {key: count for key, count in counts.items() if key in good}, rest


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
    return smallest_violation(model, calls, stuck.call)
