"""One element of a set, which is added, removed and looked for: an exact answer in linear time.

A set that is never read whole falls apart into its elements, and each is judged alone. If it is
added and removed once at most, there are few ways: it was inside from its addition to its removal,
or for ever, as the removal came first and found nothing. Looks that found it want the addition
before their end and the removal after their beginning. Those that did not find it want the addition
as late, and the removal as early, as that allows; so the latest and the earliest are tried.

An element that nobody removes may be added any number of times: it is inside from the first on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from planc_runtime.checkers.linearizable.answer import Answer, Orderable, Violation
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.order import BEGINNING, NEVER, Moment
from planc_runtime.checkers.words import value_text


@dataclass(slots=True)
class _Element:
    adds: list[Call] = field(default_factory=list)
    removes: list[Call] = field(default_factory=list)
    found: list[Call] = field(default_factory=list)
    missed: list[Call] = field(default_factory=list)


def check_element(name: str, calls: Sequence[Call]) -> Answer | None:
    """Decide what was done to one element; None where it was removed and added too often."""
    element = _Element()
    for call in calls:
        match call.f:
            case "add":
                element.adds.append(call)
            case "remove":
                element.removes.append(call)
            case "contains":
                (element.found if call.value == "true" else element.missed).append(call)
            case _:
                return None
    if element.removes and (len(element.removes) > 1 or len(element.adds) > 1):
        return None
    what = value_text(calls[0].args[0])
    return _judge(element, what, name) or Orderable()


def _judge(element: _Element, what: str, name: str) -> Violation | None:
    adds, found = element.adds, element.found
    first = min(found, key=lambda call: call.end, default=None)
    if first is not None and not adds:
        return Violation(f"{what} was found in {name}, to which nobody added it", [first])
    if first is not None and first.end < min(add.start for add in adds):
        earliest = min(adds, key=lambda call: call.start)
        reason = f"{what} was found in {name} before it was added"
        return Violation(reason, [first, earliest], first)
    shown = min((*found, *adds), key=lambda call: call.end, default=None)
    if shown is None or shown.end == NEVER:
        return None
    if not element.removes:
        return _missed_for_ever(element.missed, shown, adds, what, name)
    return _removed(element, shown, what, name)


def _missed_for_ever(
    missed: Sequence[Call], shown: Call, adds: Sequence[Call], what: str, name: str
) -> Violation | None:
    """Find a look that missed what was inside by then, and was never removed."""
    late = next((look for look in missed if look.start > shown.end), None)
    if late is None:
        return None
    how = "had been added to" if shown in adds else "had been found in"
    reason = f"{what} {how} {name} and nobody removed it, but it was not there later"
    return Violation(reason, [shown, late], late)


def _removed(element: _Element, shown: Call, what: str, name: str) -> Violation | None:
    """Look for a way to place one addition, `shown` at the latest, and one removal."""
    added, removal = shown.end, element.removes[0]
    late = next((look for look in element.missed if look.start > added), None)
    if late is None and (not removal.certain or removal.start <= added):
        return None
    last = max(element.found, key=lambda call: call.start, default=None)
    seen_from: Moment = last.start if last is not None else BEGINNING
    involved = [*element.adds, shown, removal]
    if last is not None and seen_from > removal.end:
        reason = f"{what} was found in {name} after it had been removed"
        if late is not None:
            reason = f"{what} was found in {name} after its removal, but it was not there later"
        proof = [*involved, last, *([late] if late is not None else [])]
        return Violation(reason, _unique(proof), late or last)
    if late is not None and element.adds[0].start > removal.end:
        reason = f"{what} was added to {name} after its removal, but it was not there later"
        return Violation(reason, _unique([*involved, late]), late)
    removed = max(removal.start, seen_from)
    inside = next((m for m in element.missed if m.start > added and m.end < removed), None)
    if inside is None:
        return None
    if last is not None and removed == seen_from:
        involved.append(last)
    reason = f"{what} was not found in {name} although it was inside all the time"
    return Violation(reason, _unique([*involved, inside]), inside)


def _unique(calls: Sequence[Call]) -> list[Call]:
    return list({id(call): call for call in calls}.values())
