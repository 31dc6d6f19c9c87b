"""Objects that are in order beyond doubt, told without making anything of their operations.

Most histories concern one kind of object, and of most of these objects nothing is wrong. The quick
passes over the history say which; only the others are judged call by call.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from planc_runtime.checkers.linearizable.passes.elements import element_of, elements_in_order
from planc_runtime.checkers.linearizable.passes.registers import in_order, register_of
from planc_runtime.checkers.linearizable.passes.takes import container_of, takes_in_order
from planc_runtime.checkers.linearizable.passes.verbs import CODES, Unfit
from planc_runtime.history import History, Operation, Outcome


@dataclass(frozen=True, slots=True)
class _Pass:
    """A quick pass over a history of one kind of object."""

    kind: str
    judge: Callable[[Sequence[Operation]], tuple[dict[Hashable, int], set[Hashable]]]
    """Returns certain operations per object, and those that are in order; raises Unfit."""
    object_of: Callable[[Operation], Hashable]
    """Raises Unfit where there is no object, which the pass need not have noticed."""


_REGISTERS = _Pass("register", in_order, register_of)
_ELEMENTS = _Pass("set", elements_in_order, element_of)
_QUEUES = _Pass("queue", lambda operations: takes_in_order(operations, "queue"), container_of)
_STACKS = _Pass("stack", lambda operations: takes_in_order(operations, "stack"), container_of)
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
    rest: list[Operation] = []
    try:
        counts, good = chosen.judge(operations)
        if len(good) < len(counts):
            failed, object_of = Outcome.FAIL, chosen.object_of
            rest = [o for o in operations if o.outcome is not failed and object_of(o) not in good]
    except Unfit:
        return Vouched(history)
    return Vouched(History(rest), chosen.kind, {key: counts[key] for key in counts if key in good})
