"""Can anything that was answered contradict anything that was done?

A history of writes alone can be ordered whatever the system did with them, and so can reads of what
nobody ever wrote. To pass such a history would be to say yes to a question that was not put.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planc_runtime.checkers.order import changed_nothing
from planc_runtime.history import History, Operation, Outcome

_SAYS_NOTHING = frozenset(
    {"write", "put", "set", "delete", "add", "remove", "append", "enqueue", "push"}
)
"""Operations whose answer is alike in every state; other answers are looked at by the models."""
_COUNTS = frozenset({"increment", "decrement"})
_CHANGES_NOTHING = frozenset({"read", "get", "final_read", "contains"})


def nothing_told(history: History, options: Mapping[str, Any]) -> str:
    """Return why no order of a history could be impossible; empty where one could.

    What a user's own model makes of an operation is not known, so that there every one counts.
    """
    if callable(options.get("model")):
        return ""
    if not any(o.outcome is Outcome.OK and _tells(o) for o in history):
        return "no operation was answered with anything that depends on another one"
    if not any(o.outcome is not Outcome.FAIL and _changes(o) for o in history):
        return "nothing was written, so there was nothing to be seen"
    return ""


def _tells(operation: Operation) -> bool:
    if operation.f in _COUNTS:
        return operation.value is not None
    return operation.f not in _SAYS_NOTHING


def _changes(operation: Operation) -> bool:
    return operation.f not in _CHANGES_NOTHING and not changed_nothing(operation)
