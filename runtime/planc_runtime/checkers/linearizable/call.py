"""An operation made ready for judging: canonical values, moments for times, certain or not."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from planc_runtime.checkers.order import Moment, completion, invocation
from planc_runtime.checkers.values import canonical
from planc_runtime.history.operation import Operation, Outcome


@dataclass(slots=True, eq=False)
class Call:
    operation: Operation
    f: str
    """The model's own word for what it does."""
    args: tuple[Hashable, ...]
    """Canonical, without the name of the object."""
    value: Hashable
    """What it returned, if that is known."""
    answered: bool
    """Whether that is known: if the call took effect, it returned `value`."""
    certain: bool
    """It took effect. False: it may have, or may at any later time, or never."""
    start: Moment
    end: Moment
    """When it had certainly taken effect; infinite if uncertain."""


def make_call(operation: Operation, f: str, args: tuple[object, ...]) -> Call:
    certain = operation.outcome is Outcome.OK
    return Call(
        operation=operation,
        f=f,
        args=tuple(canonical(argument) for argument in args),
        value=canonical(operation.value) if certain else None,
        answered=certain,
        certain=certain,
        start=invocation(operation),
        end=completion(operation),
    )
