"""Elements of sets that are in order beyond doubt, told in one pass over the history.

The rules are those of `elements`; here they need a few moments of each element, and no object for
an operation. What this pass cannot vouch for is judged call by call.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from math import inf

from planc_runtime.checkers.linearizable.passes.takes import key_of, moments
from planc_runtime.checkers.linearizable.passes.told import Told, told
from planc_runtime.checkers.linearizable.passes.verbs import Unfit
from planc_runtime.checkers.values import canonical
from planc_runtime.history import Operation, Outcome

_VERBS = frozenset({"add", "remove", "contains"})


@dataclass(slots=True)
class _Element:
    adds: int = 0
    add_start: float = inf
    """The earliest."""
    shown: float = inf
    """By when it must have been inside: the earliest end of an addition, or of a look at it."""
    removes: int = 0
    remove_start: float = inf
    remove_end: float = inf
    found_end: float = inf
    """The earliest end of a look that found it."""
    found_start: float = -inf
    """The latest beginning of one."""
    missed: list[tuple[float, float]] = field(default_factory=list)
    certain: int = 0

    def add(self, start: float, end: float) -> None:
        self.adds += 1
        self.add_start = min(self.add_start, start)
        self.shown = min(self.shown, end)

    def find(self, start: float, end: float) -> None:
        self.shown = min(self.shown, end)
        self.found_end = min(self.found_end, end)
        self.found_start = max(self.found_start, start)


def elements_in_order(operations: Sequence[Operation]) -> Told:
    """Tell of each element, as (set, element), whether it is in order.

    Raises Unfit where there is anything but additions, removals and looks for an element.
    """
    attempted = [o for o in operations if o.outcome is not Outcome.FAIL]
    elements: dict[Hashable, _Element] = {}
    starts, ends = moments(attempted)
    # One loop and few calls: this is where the time goes.
    for operation, start, end in zip(attempted, starts, ends, strict=True):
        f, args = operation.f, operation.args
        if f not in _VERBS or not 1 <= len(args) <= 2:
            raise Unfit
        if end == inf and f == "contains":
            continue
        name = args[0] if len(args) == 2 else None
        value = args[-1]
        if value.__class__ is not str:
            value = canonical(value)
        key = (name if name.__class__ is str else key_of(args, True), value)
        element = elements.get(key)
        if element is None:
            element = elements[key] = _Element()
        if end < inf:
            element.certain += 1
        if f == "add":
            element.add(start, end)
        elif f == "remove":
            element.removes += 1
            element.remove_start, element.remove_end = start, end
        elif operation.value is True or canonical(operation.value) == "true":
            element.find(start, end)
        else:
            element.missed.append((start, end))
    counts = {key: element.certain for key, element in elements.items()}
    good = {key for key, element in elements.items() if _in_order(element)}
    return told(operations, counts, good, element_of)


def element_of(operation: Operation) -> Hashable:
    return key_of(operation.args, True), canonical(operation.args[-1])


def _in_order(element: _Element) -> bool:
    if element.removes and (element.removes > 1 or element.adds > 1):
        return False
    shown = element.shown
    if element.found_end < element.add_start:
        return False
    missed = [(start, end) for start, end in element.missed if start > shown]
    if not missed and (element.remove_end == inf or element.remove_start <= shown):
        return True
    if not element.removes or element.found_start > element.remove_end:
        return False
    if element.add_start > element.remove_end:
        return not missed
    removed = max(element.remove_start, element.found_start)
    return not any(end < removed for _, end in missed)
