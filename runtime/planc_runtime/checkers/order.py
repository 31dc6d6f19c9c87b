"""Which operation came before which: real-time order without guessing at ties.

A moment is (seconds, ordinal of the event). Recorded histories carry the ordinal, so that two
events of one instant of virtual time keep their order; where it is missing, events at equal times
count as concurrent, which can hide a violation but never invent one.
"""

from __future__ import annotations

from math import inf

from planc_runtime.history.operation import Operation, Outcome

Moment = tuple[float, int]
BEGINNING: Moment = (-inf, -1)
NEVER: Moment = (inf, -1)


def invocation(operation: Operation) -> Moment:
    return (operation.invoked, operation.began)


def completion(operation: Operation) -> Moment:
    """Return when its effect had certainly taken place.

    Only an ok operation has such a moment: one of unknown outcome may still take effect at any
    later time, whatever the client was told.
    """
    if operation.outcome is Outcome.OK and operation.completed is not None:
        return (operation.completed, operation.ended)
    return NEVER


def precedes(a: Operation, b: Operation) -> bool:
    """Say whether a's effect had certainly taken place when b was invoked."""
    return completion(a) < invocation(b)


def changed_nothing(operation: Operation) -> bool:
    """Say whether a cas answered that it found another value."""
    return operation.f == "cas" and operation.outcome is Outcome.OK and operation.value is False
