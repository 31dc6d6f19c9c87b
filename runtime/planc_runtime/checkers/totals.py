"""`set-total`, `counter-total`: sums that must come out right in the end."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import accumulate
from math import isnan
from typing import Any

from planc_runtime.checkers.budget import Budget
from planc_runtime.checkers.linearizable.containers import elements, number
from planc_runtime.checkers.order import Moment, completion, invocation, precedes
from planc_runtime.checkers.results import inconclusive, passed, violated
from planc_runtime.checkers.values import canonical
from planc_runtime.checkers.words import describe, plural, value_text, written
from planc_runtime.history import History, Operation, Outcome, Verdict

_READS = frozenset({"read", "final_read"})
_ADDS = frozenset({"add", "append"})
_CHANGES = frozenset({"increment", "decrement"})
_Wrong = tuple[str, Operation]
"""What is wrong with an element, in words, and the operation that shows it."""
_MISSING = " is missing"
_NAMED = 5
"""Objects that a reason names."""


def set_total(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that the final reads show exactly the elements that must be there.

    An acknowledged element must be there unless a remove may have come after it; an element that
    was removed must not, unless an add may have come after that; one that nobody added must not.
    """
    wanted = "set-total"
    finals = [o for o in history if o.f == "final_read" and o.outcome is Outcome.OK]
    adds = [o for o in history if o.f in _ADDS and o.args]
    if not any(add.outcome is Outcome.OK for add in adds):
        return inconclusive(wanted, "no element was acknowledged")
    if not finals:
        return inconclusive(wanted, "the set could not be read at the end")
    objects: dict[Hashable, list[Operation]] = defaultdict(list)
    for operation in history:
        if operation.args and (operation.f in _ADDS or operation.f == "remove"):
            objects[_object(operation, 1)].append(operation)
    wrong: list[_Wrong] = []
    telling: list[Operation] = []
    for final in finals:
        if found := _wrong_elements(final, objects.get(_object(final, 0), ())):
            wrong += found
            telling.append(final)
    if wrong:
        return _wrongly_held(wanted, wrong, telling)
    unread = [name for name, changes in objects.items() if not _read_whole(name, changes, finals)]
    if unread:
        reason = f"{plural(len(unread), 'set')} of {len(objects)} could not be read at the end"
        return inconclusive(wanted, f"{reason}: {_named(unread, 'the set')}")
    count = sum(len(elements(canonical(final.value))) for final in finals)
    holds = f"{plural(count, 'element')}, and no other one, {'is' if count == 1 else 'are'} there"
    return passed(wanted, f"{holds}, as must be")


def _wrongly_held(wanted: str, wrong: Sequence[_Wrong], finals: Iterable[Operation]) -> Verdict:
    missing = sum(what.endswith(_MISSING) for what, _ in wrong)
    kind = "missing" if missing == len(wrong) else "wrong"
    are = "is" if len(wrong) == 1 else "are"
    measured = f"{plural(len(wrong), 'element')} of the set {are} {kind}"
    if 0 < missing < len(wrong):
        measured += f", {missing:,} of them missing"
    lines = [f"{what}: {describe(operation)}" for what, operation in wrong]
    culprits = {o.index for _, o in wrong}
    mark = "lost" if kind == "missing" else "wrong"
    proof = [*(o for _, o in wrong), *finals]
    return violated(wanted, measured, proof, lines, culprits=culprits, mark=mark)


def _read_whole(name: Hashable, changes: Iterable[Operation], finals: Iterable[Operation]) -> bool:
    """Say whether a final read shows what became of all that was acknowledged."""
    sure = [o for o in changes if o.f in _ADDS and o.outcome is Outcome.OK]
    reads = [final for final in finals if _object(final, 0) == name]
    return not sure or any(all(precedes(add, read) for add in sure) for read in reads)


def _wrong_elements(final: Operation, operations: Iterable[Operation]) -> list[_Wrong]:
    by_element: dict[Hashable, tuple[list[Operation], list[Operation]]] = {}
    for operation in operations:
        pair = by_element.setdefault(canonical(operation.args[-1]), ([], []))
        pair[operation.f == "remove"].append(operation)
    present = elements(canonical(final.value))
    wrong = []
    for element, (adds, removes) in by_element.items():
        trouble = _absent if element not in present else _present
        wrong += trouble(element, adds, removes, final)
    strange = sorted(written(element) for element in present - by_element.keys())
    wrong += [(f"{element} was never added", final) for element in strange]
    return wrong


def _absent(
    element: Hashable, adds: list[Operation], removes: list[Operation], final: Operation
) -> list[_Wrong]:
    for add in adds:
        may_be_gone = any(r.outcome is not Outcome.FAIL and not precedes(r, add) for r in removes)
        if precedes(add, final) and not may_be_gone:
            return [(f"{written(element)}{_MISSING}", add)]
    return []


def _present(
    element: Hashable, adds: list[Operation], removes: list[Operation], final: Operation
) -> list[_Wrong]:
    possible = [add for add in adds if add.outcome is not Outcome.FAIL]
    if not possible:
        return [
            (f"{written(element)} is there, although its add failed", adds[0] if adds else final)
        ]
    for remove in removes:
        if precedes(remove, final) and all(precedes(add, remove) for add in possible):
            return [(f"{written(element)} is there, although it was removed", remove)]
    return []


def counter_total(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that every read lies between what must and what may have been counted by then.

    Option `initial` is the counter's first value. What was acknowledged before a read began must
    be counted in it; what began before the read ended, and did not fail, may be. An increment that
    returned a number is a read as well, whether that is the sum before it or after it.
    """
    wanted = "counter-total"
    initial = number(canonical(options.get("initial", 0)))
    reads = [o for o in history if o.outcome is Outcome.OK and _tells_a_sum(o)]
    if not reads:
        return inconclusive(wanted, "the counter was never read")
    changes: dict[Hashable, list[Operation]] = defaultdict(list)
    for operation in history:
        if operation.f in _CHANGES and operation.outcome is not Outcome.FAIL:
            changes[_object(operation, 0)].append(operation)
    counting = bool(changes)
    if not counting and "initial" not in options:
        return inconclusive(wanted, "nothing was counted")
    tallies: dict[Hashable, _Tally] = {}
    told = 0
    for read in reads:
        name = _object(read, 0)
        tally = tallies.get(name) or tallies.setdefault(name, _Tally(changes[name]))
        low, high = initial + tally.least(read), initial + tally.most(read)
        if not low <= number(canonical(read.value)) <= high:
            return _miscounted(wanted, read, tally, low, high)
        told += tally.counted(read)
    if counting and not told:
        return inconclusive(wanted, "no read came after anything that was certainly counted")
    unread = _unread_at_the_end(history, changes)
    if unread:
        reason = f"{plural(len(unread), 'counter')} of {len(changes)} could not be read at the end"
        return inconclusive(wanted, f"{reason}: {_named(unread, 'the counter')}")
    lie = "lies" if len(reads) == 1 else "lie"
    return passed(wanted, f"{plural(len(reads), 'read')} {lie} within what was possible")


def _unread_at_the_end(
    history: History, changes: Mapping[Hashable, Sequence[Operation]]
) -> list[Hashable]:
    """Return the counters whose final reads all failed although something had been counted."""
    answered: dict[Hashable, bool] = {}
    for read in history.of_operation("final_read"):
        name = _object(read, 0)
        answered[name] = answered.get(name, False) or read.outcome is Outcome.OK
    return [
        name
        for name, found in answered.items()
        if not found and any(o.outcome is Outcome.OK for o in changes.get(name, ()))
    ]


def _named(names: Sequence[Hashable], only: str) -> str:
    shown = ", ".join(only if name is None else value_text(name) for name in names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown}, ..."


def _miscounted(wanted: str, read: Operation, tally: _Tally, low: float, high: float) -> Verdict:
    possible = f"between {low:g} and {high:g}" if low < high else f"only {low:g}"
    seen = value_text(read.value)
    measured = f"a read returned {seen}, but {possible} was possible"
    lines = [describe(read), *tally.sums(read)]
    return violated(wanted, measured, [read], lines, low=low, high=high, seen=seen)


def _tells_a_sum(operation: Operation) -> bool:
    answer = number(canonical(operation.value))
    return operation.f in _READS or (
        operation.f in _CHANGES and operation.value is not None and not isnan(answer)
    )


class _Tally:
    """The changes of one counter, summed up by when they began and by when they had ended."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        changes = [(operation, _amount(operation)) for operation in operations]
        self._begun = _Sums((invocation(o), amount) for o, amount in changes)
        self._ended = _Sums((completion(o), amount) for o, amount in changes)

    def least(self, read: Operation) -> float:
        """Return the sum if of all that may or may not be counted only what lowers it is."""
        return self._ended.gains(invocation(read)) + self._begun.losses(completion(read))

    def most(self, read: Operation) -> float:
        return self._ended.losses(invocation(read)) + self._begun.gains(completion(read))

    def counted(self, read: Operation) -> bool:
        """Say whether anything had certainly been counted when a read began."""
        return self._ended.any(invocation(read))

    def sums(self, read: Operation) -> list[str]:
        sure = self._ended.gains(invocation(read)) + self._ended.losses(invocation(read))
        low, high = self.least(read) - sure, self.most(read) - sure
        return [
            f"changes acknowledged before it began: {sure:+g}",
            f"changes under way or of unknown outcome: {low:+g} to {high:+g}",
        ]


class _Sums:
    """Running sums of what raises and what lowers a counter, over moments."""

    def __init__(self, changes: Iterable[tuple[Moment, float]]) -> None:
        ordered = sorted(changes)
        self._moments = [moment for moment, _ in ordered]
        self._gains = list(accumulate((max(0.0, a) for _, a in ordered), initial=0.0))
        self._losses = list(accumulate((min(0.0, a) for _, a in ordered), initial=0.0))

    def gains(self, before: Moment) -> float:
        return self._gains[bisect_left(self._moments, before)]

    def any(self, before: Moment) -> bool:
        return bool(bisect_left(self._moments, before))

    def losses(self, before: Moment) -> float:
        return self._losses[bisect_left(self._moments, before)]


def _amount(operation: Operation) -> float:
    amount = number(canonical(operation.args[1])) if len(operation.args) > 1 else 1
    return amount if operation.f == "increment" else -amount


def _object(operation: Operation, payloads: int) -> Hashable:
    """Return the name of what is acted on; None for the only one there is."""
    return canonical(operation.args[0]) if len(operation.args) > payloads else None
