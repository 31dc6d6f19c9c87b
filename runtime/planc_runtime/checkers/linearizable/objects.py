"""A history cut into objects, each with the model that judges it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.catalogue import MODELS, choose_model
from planc_runtime.checkers.linearizable.containers import Element, Set
from planc_runtime.checkers.linearizable.models import Custom, Model
from planc_runtime.checkers.words import written
from planc_runtime.history import History, Operation, Outcome

_ELEMENT = Element()

Objects = dict[Hashable, tuple[Model, list[Call]]]


def sort_into_objects(history: History, options: Mapping[str, Any]) -> Objects | str:
    """Return the calls of each object with its model, or why that cannot be done.

    Options: `model`, a name of MODELS or a function; `initial`, the first state for a function.
    Without a model the names of the operations choose: of all of them, or where no model knows them
    all, of each workload's. Calls that can say nothing are left out: those that
    failed, and pure ones of unknown outcome.
    """
    attempted = [o for o in history if o.outcome is not Outcome.FAIL]
    choose = _chooser(attempted, options)
    if isinstance(choose, str):
        return choose
    objects: Objects = {}
    for operation in attempted:
        model = choose(operation)
        known = model.call(operation) if model is not None else None
        if model is None or known is None:
            called = f"{operation.f}{written(operation.args)}"
            return f"no model was found for {called}; name one with `as`"
        name, call = known
        if call.certain or not model.pure(call):
            objects.setdefault((model.name, name), (model, []))[1].append(call)
    return dict(_parts(objects))


def _parts(objects: Objects) -> Iterator[tuple[Hashable, tuple[Model, list[Call]]]]:
    """Yield sets that are never read whole element by element: each is an object of its own."""
    for name, (model, calls) in objects.items():
        if not isinstance(model, Set) or any(call.f == "read" for call in calls):
            yield name, (model, calls)
            continue
        elements: dict[Hashable, list[Call]] = {}
        for call in calls:
            elements.setdefault(call.args[0], []).append(call)
        for element, part in elements.items():
            yield (name, element), (_ELEMENT, part)


def _chooser(
    operations: list[Operation], options: Mapping[str, Any]
) -> Callable[[Operation], Model | None] | str:
    wanted = options.get("model")
    if callable(wanted):
        custom = Custom(wanted, options.get("initial"))
        return lambda operation: custom
    if wanted is not None:
        named = MODELS.get(str(wanted))
        known = ", ".join(sorted(MODELS))
        return (lambda _: named) if named else f"there is no model {wanted!r}; there are {known}"
    model = choose_model(operations)
    if model is not None:
        return lambda operation: model
    return _by_workload(operations)


def _by_workload(operations: list[Operation]) -> Callable[[Operation], Model | None]:
    """Choose a model for each workload; a final read belongs to the workload that used its key."""
    users = {repr(o.key): o.workload for o in operations if o.workload}
    spoken: dict[str, list[Operation]] = {}
    for operation in operations:
        workload = operation.workload or users.get(repr(operation.key), "")
        spoken.setdefault(workload, []).append(operation)
    models = {workload: choose_model(said) for workload, said in spoken.items()}
    return lambda operation: models[operation.workload or users.get(repr(operation.key), "")]
