"""All models by name, and which of them a history's operations call for."""

from __future__ import annotations

from planc_runtime.checkers.linearizable.containers import (
    Counter,
    List,
    Lock,
    Queue,
    Set,
    Stack,
)
from planc_runtime.checkers.linearizable.models import Model, NamedModel, Register

MODELS: dict[str, Model] = {
    model.name: model for model in (Register(), Set(), List(), Counter(), Queue(), Stack(), Lock())
}
MODELS["key-value"] = MODELS["register"]


def choose_model(names: frozenset[str]) -> Model | None:
    """Return the model that knows the names of all operations; None if none does."""
    for model in MODELS.values():
        if isinstance(model, NamedModel) and names <= model.verbs.keys():
            return model
    return None
