"""Which operation of a violation to point at, and what a person would say against it.

A violation is a set of operations that cannot all be true; logic blames none of them. People do.
They trust what was acknowledged and doubt what was read: of the operations without which the
others can be ordered they mean the read, and of several reads one that saw a value before it was
written, or else the one that began last, when the others' answers had long been given.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from planc_runtime.checkers.budget import Budget, OutOfBudget
from planc_runtime.checkers.linearizable.answer import Violation
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.models import Model, Register, leaves, refused
from planc_runtime.checkers.linearizable.search.search import search
from planc_runtime.checkers.order import NEVER
from planc_runtime.checkers.words import action, duration, value_text
from planc_runtime.history import Outcome

MOST = 60
"""Operations of a proof that are tried one by one; a longer one is a chain that nobody reads."""
_STATES = 20_000
"""For each of them."""


def blamed(model: Model, found: Violation) -> Violation:
    """Return the violation with the operation to point at and, of a register, the accusation."""
    culprit = found.culprit or to_blame(model, found.calls)
    against = None
    if isinstance(model, Register) and culprit is not None and culprit.f == "read":
        against = _too_early(culprit, found.calls) or _newer(culprit, found.calls)
    if culprit is None or against is None:
        return replace(found, culprit=culprit)
    return Violation(accuse(culprit, against), found.calls, culprit, against)


def to_blame(model: Model, calls: Sequence[Call]) -> Call | None:
    """Return the operation without which the others can be ordered, a read if there is one."""
    certain = [call for call in calls if call.certain]
    if not certain or len(calls) > MOST:
        return max(certain, key=lambda call: call.end, default=None)
    pure = [call for call in certain if model.pure(call)]
    guilty = [call for call in pure if _can_be_ordered_without(model, calls, call)]
    if not guilty:
        rest = [call for call in certain if not model.pure(call)]
        guilty = [call for call in rest if _can_be_ordered_without(model, calls, call)] or certain
    reads = [call for call in guilty if model.pure(call)]
    if not reads:
        return max(guilty, key=lambda call: call.end)
    early = [c for c in reads if isinstance(model, Register) and _too_early(c, calls) is not None]
    return max(early or reads, key=lambda call: (call.start, call.end))


def _can_be_ordered_without(model: Model, calls: Sequence[Call], call: Call) -> bool:
    """Say whether an order exists once nothing is claimed of one call."""
    rest = [weaken(each) if each is call else each for each in calls]
    if model.pure(call):
        rest = [each for each in calls if each is not call]
    try:
        return search(model, rest, Budget(_STATES)) is None
    except OutOfBudget:
        return False


def weaken(call: Call) -> Call:
    """Return the same call without the claim that it took effect or what it returned."""
    forgotten = replace(call.operation, outcome=Outcome.UNKNOWN, value=None)
    return replace(call, operation=forgotten, certain=False, answered=False, end=NEVER, value=None)


# --- what a person would say ----------------------------------------------------------------------


def accuse(read: Call, newer: Call) -> str:
    """Say in one sentence what is wrong with a read of a register."""
    who = f"client {read.operation.process} {action(read.operation)}"
    other = f"client {newer.operation.process}"
    if read.end < newer.start:
        before = duration(newer.start[0] - read.end[0])
        return f"{who}, answered {before} before {other} began to write it"
    before = duration(read.start[0] - newer.end[0])
    key = _key(newer)
    match newer.f:
        case "read":
            seen = f"{other} had already read the newer{key} = {value_text(newer.value)}"
            return f"{who} although {seen}, answered {before} before this read began"
        case "delete":
            done = f"deleted{key}"
        case "cas":
            done = f"changed{key} from {value_text(newer.args[0])} to {value_text(newer.args[1])}"
        case _:
            done = f"written{key} = {value_text(newer.args[0])}"
    return f"{who} although {other} had {done}, acknowledged {before} before the read began"


def _key(call: Call) -> str:
    """Return " x" for a call on x; nothing where the register has no name."""
    named = len(call.operation.args) > len(call.args)
    return f" {value_text(call.operation.args[0])}" if named else ""


def _too_early(read: Call, calls: Iterable[Call]) -> Call | None:
    """Return the first write of what a read saw, if it began only after the read had ended."""
    writers = _writers(read.value, calls)
    if read.f != "read" or read.value is None or not writers:
        return None
    first = min(writers, key=lambda call: call.start)
    return first if read.end < first.start else None


def _newer(read: Call, calls: Sequence[Call]) -> Call | None:
    """Return what showed, before a read began, that the value which it saw was gone for good."""
    proofs = [
        call
        for call in calls
        if call.certain
        and not refused(call)
        and call.end < read.start
        and _value(call) != read.value
        and _replaced(read.value, call, calls)
    ]
    return min(proofs, key=lambda call: (call.f == "read", call.end), default=None)


def _replaced(old: Hashable, by: Call, calls: Sequence[Call]) -> bool:
    """Say whether a value came after another one, which therefore cannot come back.

    All writes of the old value ended before `by` began, or, where each of the two was written
    once, somebody was done with the old value before somebody else met the new one.
    """
    writers = _writers(old, calls)
    if all(call.end < by.start for call in writers):
        return True
    new = _value(by)
    if len(writers) > 1 or len(_writers(new, calls)) > 1:
        return False
    done = min((c.end for c in calls if c.certain and _value(c) == old), default=None)
    met = max((c.start for c in calls if _value(c) == new), default=None)
    return done is not None and met is not None and done < met


def _writers(value: Hashable, calls: Iterable[Call]) -> list[Call]:
    return [c for c in calls if c.f != "read" and not refused(c) and leaves(c) == value]


def _value(call: Call) -> Hashable:
    """Return what the register held when a call was done."""
    return call.value if call.f == "read" else leaves(call)
