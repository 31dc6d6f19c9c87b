"""Texts of a service with their values put in: commands, environments, files, paths."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from planc_runtime.plan.expr import value_of
from planc_runtime.plan.forms import Text, deep_value
from planc_runtime.plan.scope import Scope
from planc_runtime.plan.show import as_text

_FIRST_MARK = 0xF0000
"""Private-use characters stand for values while a command is split into words."""


def filled(thing: Any, scope: Scope) -> str:
    """Return a text of the plan with its values put in."""
    return as_text(value_of(thing, scope))


def filled_all(things: Mapping[str, Any], scope: Scope) -> dict[str, str]:
    return {name: filled(thing, scope) for name, thing in things.items()}


def words(command: Any, scope: Scope) -> tuple[str, ...]:
    """Split a command like a shell would, and put values in only then.

    A value with spaces or quotes in it stays one argument, whatever it holds.
    """
    values: list[Any] = []
    pieces = command.pieces if isinstance(command, Text) else (command,)
    marked = "".join(_marked(piece, values) for piece in pieces)
    return tuple(_unmarked(word, values, scope) for word in shlex.split(marked))


def _marked(piece: Any, values: list[Any]) -> str:
    if isinstance(piece, str):
        return piece
    values.append(piece)
    return chr(_FIRST_MARK + len(values) - 1)


def _unmarked(word: str, values: list[Any], scope: Scope) -> str:
    found = []
    for character in word:
        position = ord(character) - _FIRST_MARK
        inside = 0 <= position < len(values)
        found.append(filled(values[position], scope) if inside else character)
    return "".join(found)


def plain(thing: Any, scope: Scope) -> Any:
    """Return a literal of the plan as JSON-like data, expressions evaluated."""
    return deep_value(thing, scope)


def number(thing: Any, scope: Scope | None = None) -> float:
    """Return a number of the plan."""
    return float(value_of(thing, scope or Scope()))
