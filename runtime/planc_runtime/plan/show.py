"""Values in words: in texts of a plan, and in evidence."""

from __future__ import annotations

import json
from typing import Any

from planc_runtime.plan.nodeset import NodeSet

_LONGEST = 200


def as_text(value: Any) -> str:
    """Return a value as it stands in an interpolated text: 5 for 5.0, true, JSON for the rest."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "none"
        case float() if value.is_integer():
            return str(int(value))
        case int() | float():
            return str(value)
        case bytes():
            return value.decode("utf-8", "backslashreplace")
        case NodeSet():
            return ", ".join(value.names)
        case _ if hasattr(value, "placement"):
            return str(value.name)
        case _:
            return json.dumps(value, ensure_ascii=False, default=_foreign)


def _foreign(value: Any) -> str:
    """Return what JSON has no form for: nodes by their name, anything else as Python shows it."""
    if isinstance(value, NodeSet | bytes):
        return as_text(value)
    name = getattr(value, "name", None)
    return name if isinstance(name, str) else repr(value)


def show(value: Any) -> str:
    """Return a value for evidence: nodes by their names, long ones cut."""
    match value:
        case NodeSet():
            text = ", ".join(value.names) or "no node"
        case str():
            text = json.dumps(value, ensure_ascii=False)
        case float():
            text = f"{value:.6g}"
        case _:
            text = as_text(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
