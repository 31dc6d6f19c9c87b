"""`history is linearizable`: every object on its own, the fastest exact method first."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from planc_runtime.checkers.budget import Budget, OutOfBudget
from planc_runtime.checkers.linearizable.answer import Answer, Orderable, Undecided, Violation
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.minimize import smallest_violation
from planc_runtime.checkers.linearizable.models import (
    MODELS,
    Custom,
    Model,
    Register,
    choose_model,
)
from planc_runtime.checkers.linearizable.register import check_unique_values
from planc_runtime.checkers.linearizable.search import search
from planc_runtime.checkers.words import describe_all, plural
from planc_runtime.history import History, Outcome, Result, Verdict


def linearizable(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge whether the operations can be put in one order that real time and the model allow.

    Options: `model`, a name of MODELS or a function `(state, operation) -> state`; without it the
    names of the operations choose. `initial`, the first state for such a function. Operations that
    failed are left out; those of unknown outcome may have taken effect at any later time or never.
    """
    attempted = [o for o in history if o.outcome is not Outcome.FAIL]
    model = _model(frozenset(o.f for o in attempted), options)
    if isinstance(model, str):
        return Verdict(Result.INCONCLUSIVE, model, wanted="linearizable")
    objects: dict[Hashable, list[Call]] = {}
    for operation in attempted:
        known = model.call(operation)
        if known is None:
            reason = f"the {model.name} model does not know {operation.f}{operation.args!r}"
            return Verdict(Result.INCONCLUSIVE, reason, wanted="linearizable")
        if known[1].certain or not model.pure(known[1]):
            objects.setdefault(known[0], []).append(known[1])
    return _verdict(model, objects, budget)


def _model(names: frozenset[str], options: Mapping[str, Any]) -> Model | str:
    wanted = options.get("model")
    if callable(wanted):
        return Custom(wanted, options.get("initial"))
    if wanted is not None:
        known = ", ".join(sorted(MODELS))
        return MODELS.get(str(wanted)) or f"there is no model {wanted!r}; there are {known}"
    model = choose_model(names)
    spoken = ", ".join(sorted(names))
    return model or f"no model knows all of these operations: {spoken}; name one with `as`"


def _verdict(model: Model, objects: dict[Hashable, list[Call]], budget: Budget) -> Verdict:
    undecided: list[str] = []
    certain = sum(call.certain for calls in objects.values() for call in calls)
    if not certain:
        reason = "no operation succeeded, so there is nothing to order"
        return Verdict(Result.INCONCLUSIVE, reason, wanted="linearizable")
    for calls in objects.values():
        answer = judge_object(model, calls, budget)
        if isinstance(answer, Violation):
            return _violated(answer)
        if isinstance(answer, Undecided):
            undecided.append(answer.reason)
    counted = f"{plural(certain, 'operation')} on {plural(len(objects), model.name)}"
    if undecided:
        reason = f"not decided for {len(undecided)} of {counted}: {undecided[0]}"
        return Verdict(Result.INCONCLUSIVE, reason, wanted="linearizable")
    data = {"operations": certain, "objects": len(objects), "states": budget.spent}
    return Verdict(Result.PASSED, f"{counted} can be ordered", wanted="linearizable", data=data)


def _violated(violation: Violation) -> Verdict:
    operations = [call.operation for call in violation.calls]
    return Verdict(
        Result.FAILED,
        f"{violation.reason}: these operations cannot be put in one order",
        wanted="linearizable",
        evidence=describe_all(operations),
        data={"operations": sorted({o.index for o in operations})},
    )


def judge_object(model: Model, calls: list[Call], budget: Budget) -> Answer:
    """Judge the calls of one object, with the smallest evidence if they cannot be ordered."""
    if isinstance(model, Register):
        quick = check_unique_values(object_name(calls), calls)
        if quick is not None:
            return quick
    try:
        stuck = search(model, calls, budget)
    except OutOfBudget as reason:
        return Undecided(str(reason))
    if stuck is None:
        return Orderable()
    return smallest_violation(model, calls, stuck.call)


def object_name(calls: list[Call]) -> str:
    """Return what to call an object in a sentence: the key as the operations named it."""
    operation = calls[0].operation
    return str(operation.args[0]) if len(operation.args) > len(calls[0].args) else "it"
