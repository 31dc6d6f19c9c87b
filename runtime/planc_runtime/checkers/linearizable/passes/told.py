"""What a quick pass over a history tells: which objects are in order, and what is left to judge."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from planc_runtime.history import Operation, Outcome


@dataclass(frozen=True, slots=True)
class Told:
    counts: dict[Hashable, int]
    """Certain operations of each object."""
    good: set[Hashable]
    """The objects that are linearizable beyond doubt."""
    rest: list[Operation]
    """What was attempted on the others."""


def told(
    operations: Iterable[Operation],
    counts: dict[Hashable, int],
    good: set[Hashable],
    object_of: Callable[[Operation], Hashable],
) -> Told:
    """Return what is told of a history, with all that was attempted on objects that are not good.

    A pass looks at no operation that can say nothing, so that its object may be a new one; raises
    Unfit, as `object_of` does, where there is none.
    """
    if len(good) == len(counts):
        return Told(counts, good, [])
    failed = Outcome.FAIL
    rest = [o for o in operations if o.outcome is not failed and object_of(o) not in good]
    return Told(counts, good, rest)
