"""One operation as one line of JSON: stable bytes, plain keys, readable by any tool.

Keys come in a fixed order and empty ones are kept, so that two runs of one seed can be compared
byte for byte and a column can be cut out with `jq`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from planc_runtime.history.operation import Operation, Outcome
from planc_runtime.protocols.text import bytes_text

HALVES = "backslashreplace"
"""How a file of JSON takes halves of characters, which UTF-8 has no bytes for: Python's escape is
JSON's own."""


def encode(operation: Operation) -> str:
    """Return the line for an operation, without its end of line."""
    row: dict[str, Any] = {
        "index": operation.index,
        "process": operation.process,
        "f": operation.f,
        "args": operation.args,
        "intended": operation.intended,
        "invoked": operation.invoked,
        "completed": operation.completed,
        "outcome": operation.outcome.value,
        "value": operation.value,
        "error": operation.error,
        "workload": operation.workload,
        "node": operation.node,
        "began": operation.began,
        "ended": operation.ended,
    }
    if operation.extra:
        row["extra"] = operation.extra
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_plain)


def decode(line: str) -> Operation:
    """Return the operation that a line describes."""
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError("expected an object")
    return of_row(row)


def of_row(row: Mapping[str, Any]) -> Operation:
    """Return the operation that a row describes."""
    return Operation(
        index=row["index"],
        process=row["process"],
        f=row["f"],
        args=tuple(row["args"]),
        intended=row["intended"],
        invoked=row["invoked"],
        completed=row["completed"],
        outcome=Outcome(row["outcome"]),
        value=row["value"],
        error=row["error"],
        workload=row["workload"],
        node=row["node"],
        extra=row.get("extra", {}),
        began=row.get("began", -1),
        ended=row.get("ended", -1),
    )


def _plain(value: object) -> object:
    """Stand-in for what JSON has no form for; never an address or a hash order."""
    if isinstance(value, bytes):
        return bytes_text(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    return f"<{type(value).__name__}>"
