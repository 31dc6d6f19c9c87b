"""Elements of sets that are in order beyond doubt, told in one pass over the history.

The rules are those of `elements`; here they need a few moments of each element, and no object for
an operation. What this pass cannot vouch for is judged call by call.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from math import inf

from planc_runtime.checkers.linearizable.quick_takes import key_of, moments
from planc_runtime.checkers.linearizable.verbs import Unfit
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


def elements_in_order(
    operations: Iterable[Operation],
) -> tuple[dict[Hashable, int], set[Hashable]]:
    """Return certain operations per element, as (set, element), and those that are linearizable.

    Raises Unfit where there is anything but additions, removals and looks for an element.
    """
    attempted = [o for o in operations if o.outcome is not Outcome.FAIL]
    elements: dict[Hashable, _Element] = {}
    for operation, (start, end) in zip(attempted, moments(attempted), strict=True):
        f, args = operation.f, operation.args
        if f not in _VERBS or not args:
            raise Unfit
        if f == "contains" and end == inf:
            continue
        value = canonical(args[-1])
        key = (key_of(args, True), value)
        element = elements.get(key)
        if element is None:
            element = elements[key] = _Element()
        if end < inf:
            element.certain += 1
        if f == "add":
            element.adds += 1
            element.add_start = min(element.add_start, start)
            element.shown = min(element.shown, end)
        elif f == "remove":
            element.removes += 1
            element.remove_start, element.remove_end = start, end
        elif canonical(operation.value) == "true":
            element.shown = min(element.shown, end)
            element.found_end = min(element.found_end, end)
            element.found_start = max(element.found_start, start)
        else:
            element.missed.append((start, end))
    counts = {key: element.certain for key, element in elements.items()}
    return counts, {key for key, element in elements.items() if _in_order(element)}


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
