"""Transactions as lists of micro-operations, whatever form a history has them in.

A transaction is an operation named txn with one argument, a list of [f, key, value], where f is
"r", "w" (a register) or "append" (a list). An ok one returns the same list with what its reads
found. Plain operations are transactions of one step: read, write, append, delete (which writes
nothing), and cas, which reads and writes. So isolation can be judged of any key-value history. Only
what an ok transaction read counts.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, NamedTuple

from planc_runtime.checkers.order import changed_nothing
from planc_runtime.checkers.values import canonical
from planc_runtime.history import History, Operation, Outcome

_READS = frozenset({"r", "read", "get", "final_read"})
_WRITES = frozenset({"w", "write", "put", "set"})


class Step(NamedTuple):
    f: str
    """"r", "w" or "append"."""
    key: Hashable
    value: Any
    """What was written or appended, canonical; or what a read found, as it came back."""


@dataclass(slots=True, eq=False)
class Transaction:
    operation: Operation
    steps: list[Step]

    @property
    def committed(self) -> bool:
        return self.operation.outcome is Outcome.OK

    @property
    def aborted(self) -> bool:
        return self.operation.outcome is Outcome.FAIL


def transactions(history: History) -> list[Transaction]:
    """Return the transactions of a history; operations of other names or forms are left out."""
    found = []
    for operation in history:
        try:
            steps = _of_txn(operation) if operation.f == "txn" else _of_plain(operation)
        except (TypeError, ValueError):
            continue
        if steps:
            found.append(Transaction(operation, steps))
    return found


def _of_plain(operation: Operation) -> list[Step]:
    ok = operation.outcome is Outcome.OK
    if not operation.args or changed_nothing(operation):
        return []
    key, *values = (canonical(argument) for argument in operation.args)
    if operation.f in _READS:
        return [Step("r", key, operation.value)] if ok else []
    if operation.f in _WRITES and values:
        return [Step("w", key, values[0])]
    if operation.f == "delete":
        return [Step("w", key, None)]
    if operation.f == "append" and values:
        return [Step("append", key, values[0])]
    if operation.f == "cas" and len(values) > 1:
        found = [Step("r", key, values[0])] if ok else []
        return [*found, Step("w", key, values[1])]
    return []


def _of_txn(operation: Operation) -> list[Step]:
    asked = operation.args[0] if operation.args else ()
    answered = operation.value if operation.outcome is Outcome.OK else None
    if not isinstance(answered, (list, tuple)) or len(answered) != len(asked):
        answered = None
    steps = []
    for place, (f, key, value) in enumerate(asked):
        if f not in _READS:
            word = "append" if f == "append" else "w"
            steps.append(Step(word, canonical(key), canonical(value)))
        elif answered is not None:
            steps.append(Step("r", canonical(key), _found(answered[place])))
    return steps


def _found(answer: Any) -> Any:
    """Return what a read found: the third of [f, key, value], or the answer itself."""
    whole = isinstance(answer, (list, tuple)) and len(answer) == 3 and answer[0] in _READS
    return answer[2] if whole else answer
