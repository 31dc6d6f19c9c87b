"""Objects that are in order beyond doubt, told without making anything of their operations.

Most histories concern one kind of object, and of most of these objects nothing is wrong. The quick
passes over the history say which; only the others are judged call by call.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from planc_runtime.checkers.linearizable.passes.elements import elements_in_order
from planc_runtime.checkers.linearizable.passes.registers import in_order
from planc_runtime.checkers.linearizable.passes.takes import takes_in_order
from planc_runtime.checkers.linearizable.passes.told import Told
from planc_runtime.checkers.linearizable.passes.verbs import CODES, Unfit
from planc_runtime.history import History, Operation


@dataclass(frozen=True, slots=True)
class _Pass:
    """A quick pass over a history of one kind of object; raises Unfit where there is another."""

    kind: str
    judge: Callable[[Sequence[Operation]], Told]


_REGISTERS = _Pass("register", in_order)
_ELEMENTS = _Pass("set", elements_in_order)
_QUEUES = _Pass("queue", partial(takes_in_order, kind="queue"))
_STACKS = _Pass("stack", partial(takes_in_order, kind="stack"))
_PASSES: dict[str, _Pass] = {
    **dict.fromkeys(CODES, _REGISTERS),
    **dict.fromkeys(("add", "remove", "contains"), _ELEMENTS),
    **dict.fromkeys(("enqueue", "dequeue"), _QUEUES),
    **dict.fromkeys(("push", "pop"), _STACKS),
}
_KINDS = {"key-value": "register"}


@dataclass(frozen=True, slots=True)
class Vouched:
    """What is in order beyond doubt, and the history of the rest."""

    rest: History
    kind: str = ""
    counts: Mapping[Hashable, int] = field(default_factory=dict)
    """Certain operations of each object."""


def vouched(history: History, options: Mapping[str, Any]) -> Vouched:
    """Return the objects that are in order beyond doubt, if all are of one kind.

    A register without a certain operation is not counted as one, here as elsewhere.
    """
    operations = history.operations
    chosen = _PASSES.get(operations[0].f) if operations else None
    if chosen is None:
        return Vouched(history)
    wanted = options.get("model", chosen.kind)
    if not isinstance(wanted, str) or _KINDS.get(wanted, wanted) != chosen.kind:
        return Vouched(history)
    try:
        told = chosen.judge(operations)
    except Unfit:
        return Vouched(history)
    counts = {key: count for key, count in told.counts.items() if key in told.good}
    return Vouched(History(told.rest), chosen.kind, counts)
