"""Histories that anybody may have written, cut or damaged: read whole, or refused in words.

What the engine has recorded is right by its making, and is read without a second look. What a user
hands over may come from another tool, an older run or half a download; a judge that met a text
where it expects a number would end in a traceback, or worse, in a verdict.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from planc_runtime.history.history import History
from planc_runtime.history.jsonl import of_row
from planc_runtime.history.operation import Operation, Outcome

_FIELDS = ("index", "process", "f", "args", "intended", "invoked", "completed", "outcome", "value",
           "error", "workload", "node")  # fmt: skip
_OUTCOMES = ", ".join(outcome.value for outcome in Outcome)


def read_histories(path: Path) -> dict[str, History]:
    """Return a file's histories by scenario; one that was not joined has the empty name.

    Raises ValueError with the number of the first line that is no operation, OSError.
    """
    parts: dict[str, list[Operation]] = {}
    seen: set[tuple[str, int]] = set()
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(_texts(lines), start=1):
            if not line.strip():
                continue
            scenario, operation = _read(line, number)
            if (scenario, operation.index) in seen:
                raise ValueError(f"line {number} has the index {operation.index} a second time")
            seen.add((scenario, operation.index))
            parts.setdefault(scenario, []).append(operation)
    if not parts:
        raise ValueError("there is no operation in it")
    return {name: History(operations) for name, operations in parts.items()}


def _texts(lines: Any) -> Any:
    try:
        yield from lines
    except UnicodeDecodeError as error:
        raise ValueError("it is no text: packed, perhaps, or of another program") from error


def _read(line: str, number: int) -> tuple[str, Operation]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"line {number} is not JSON: {_said(error)}") from error
    if not isinstance(row, dict):
        raise ValueError(f"line {number} is not an operation: it is no object")
    if wrong := _wrong(row):
        raise ValueError(f"line {number} is not an operation: {wrong}")
    return str(row.get("scenario", "")), of_row(row)


def _said(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (character {error.colno})"
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)


def _wrong(row: Mapping[str, Any]) -> str:
    """Return what keeps a row from being an operation; empty if nothing does."""
    missing = [name for name in _FIELDS if name not in row]
    if missing:
        return f"it has no {', '.join(f'`{name}`' for name in missing)}"
    for name in ("index", "process"):
        if type(row[name]) is not int:
            return f"its `{name}` is no whole number"
    for name in ("intended", "invoked", "completed"):
        if not _is_moment(row[name]) and (name != "completed" or row[name] is not None):
            return f"its `{name}` is no moment in seconds"
    if not isinstance(row["f"], str) or not isinstance(row["args"], list):
        return "its `f` is no name, or its `args` no list"
    if row["outcome"] not in {outcome.value for outcome in Outcome}:
        return f"its `outcome` is none of {_OUTCOMES}"
    if row["completed"] is not None and row["completed"] < row["invoked"]:
        return "it is `completed` before it was `invoked`"
    return _wrong_words(row)


def _wrong_words(row: Mapping[str, Any]) -> str:
    for name in ("error", "node"):
        if row[name] is not None and not isinstance(row[name], str):
            return f"its `{name}` is no text"
    if not isinstance(row["workload"], str):
        return "its `workload` is no name"
    for name in ("began", "ended"):
        if type(row.get(name, -1)) is not int:
            return f"its `{name}` is no whole number"
    return "" if isinstance(row.get("extra", {}), dict) else "its `extra` is no object"


def _is_moment(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
