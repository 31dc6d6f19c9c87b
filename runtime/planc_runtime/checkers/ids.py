"""`unique-ids`: what was given out once is never given out again."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from planc_runtime.checkers.budget import Budget
from planc_runtime.checkers.results import inconclusive, passed, violated
from planc_runtime.checkers.values import canonical
from planc_runtime.checkers.words import plural, value_text
from planc_runtime.history import History, Operation, Outcome, Verdict

_READS = frozenset({"read", "get", "final_read"})
_NO_IDS = frozenset(
    {"write", "put", "set", "cas", "delete", "remove", "contains", "release", "unlock", "renew"}
)
"""Operations whose answers say how it went; ids are what others return."""


def unique_ids(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that no two operations returned the same value.

    Option `of` names the operation that makes ids; without it every ok operation counts that
    returned a value, other than yes or no, and is neither a read nor a write of one.
    """
    wanted = "unique-ids"
    made: dict[Hashable, Operation] = {}
    for operation in history:
        if operation.outcome is not Outcome.OK or not _is_id(operation, options.get("of")):
            continue
        twin = made.setdefault(canonical(operation.value), operation)
        if twin is not operation:
            measured = f"{value_text(operation.value)} was given out twice"
            return violated(wanted, measured, [twin, operation], mark="again")
    if len(made) < 2:
        few = "only one id was" if made else "no id was"
        return inconclusive(wanted, f"{few} given out, so there is nothing to compare")
    return passed(wanted, f"{plural(len(made), 'id')} all differ", ids=len(made))


def _is_id(operation: Operation, of: Any) -> bool:
    if operation.value is None or operation.f in _READS:
        return False
    if of is not None:
        return bool(operation.f == of)
    return operation.f not in _NO_IDS and not isinstance(operation.value, bool)
