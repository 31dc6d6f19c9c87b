"""Values in words: in texts of a plan, and in evidence."""

from __future__ import annotations

import json
from typing import Any

from planc_runtime.plan.nodeset import NodeSet
from planc_runtime.protocols.text import bytes_text, scalar_text

_LONGEST = 200


def as_text(value: Any) -> str:
    """Return a value as it stands in an interpolated text: 5 for 5.0, true, JSON for the rest."""
    match value:
        case str():
            return value
        case None:
            return "none"
        case bool() | int() | float():
            return scalar_text(value)
        case bytes():
            return bytes_text(value)
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
