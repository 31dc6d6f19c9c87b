"""All models by name, and which of them a history's operations call for."""

from __future__ import annotations

from collections.abc import Iterable

from planc_runtime.checkers.linearizable.containers import (
    Counter,
    List,
    Lock,
    Queue,
    Set,
    Stack,
)
from planc_runtime.checkers.linearizable.leases import Lease, is_lease
from planc_runtime.checkers.linearizable.models import Model, NamedModel, Register
from planc_runtime.history.operation import Operation

MODELS: dict[str, Model] = {
    model.name: model
    for model in (Register(), Set(), List(), Counter(), Queue(), Stack(), Lock(), Lease())
}
MODELS["key-value"] = MODELS["register"]


def choose_model(operations: Iterable[Operation]) -> Model | None:
    """Return the model that knows the names of all operations; None if none does."""
    spoken = list(operations)
    names = frozenset(operation.f for operation in spoken)
    for model in MODELS.values():
        if isinstance(model, NamedModel) and names <= model.verbs.keys():
            leased = model.name == "lock" and any(map(is_lease, spoken))
            return MODELS["lease"] if leased else model
    return None
