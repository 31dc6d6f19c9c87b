"""Numbers and their units: to SI at compile time, exactly, and constant arithmetic on them."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from planc import model as m
from planc.vocabulary import UNITS

LARGEST = 2**63
"""What a program in another language could still count to; more is a slip of the keyboard."""


def to_si(value: int | float, unit: str) -> int | float:
    """Convert as a person would on paper: 0.1ms is exactly what 0.0001 reads as.

    Sizes are whole bytes, everything else is a float.
    """
    found = UNITS[unit]
    if unit.startswith("/"):
        return float(Decimal(str(value)) / Decimal(round(1 / found.factor)))
    exact = Decimal(str(value)) * Decimal(str(found.factor))
    return int(exact) if found.type == "size" else float(exact)


def is_sane(value: int | float) -> bool:
    return math.isfinite(value) and abs(value) <= LARGEST


def known(expression: m.Expression) -> bool:
    """Say whether the value of an expression is known at compile time."""
    return isinstance(expression, m.Constant) or (
        isinstance(expression, m.Reference) and expression.known
    )


def value_of(expression: m.Expression) -> m.Scalar:
    """Return the value of a known expression."""
    if isinstance(expression, m.Constant | m.Reference):
        return expression.value
    raise TypeError(f"{expression.kind} is not constant")


def number_of(expression: m.Expression | None) -> float | None:
    """Return the number an expression is known to be, or None."""
    if expression is None or not known(expression):
        return None
    value = value_of(expression)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def fold(op: str, left: m.Scalar, right: m.Scalar) -> m.Scalar:
    """Compute `left op right`; raises ArithmeticError or TypeError for what has no value."""
    if op == "==":
        return left == right
    if op == "!=":
        return left != right
    if isinstance(left, str) and isinstance(right, str):
        return left + right if op == "+" else _ordered(op, left, right)
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        raise TypeError(op)
    return _computed(op, left, right)


def _computed(op: str, left: float, right: float) -> int | float | bool:
    match op:
        case "+":
            return _exact(Decimal(str(left)) + Decimal(str(right)), left, right)
        case "-":
            return _exact(Decimal(str(left)) - Decimal(str(right)), left, right)
        case "*":
            return _exact(Decimal(str(left)) * Decimal(str(right)), left, right)
        case "/":
            quotient = left / right
            whole = isinstance(left, int) and isinstance(right, int) and quotient.is_integer()
            return int(quotient) if whole else quotient
    return _ordered(op, left, right)


def _ordered(op: str, left: Any, right: Any) -> bool:
    match op:
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case ">=":
            return bool(left >= right)
    raise TypeError(op)


def _exact(value: Decimal, left: float, right: float) -> int | float:
    whole = isinstance(left, int) and isinstance(right, int)
    return int(value) if whole else float(value)
