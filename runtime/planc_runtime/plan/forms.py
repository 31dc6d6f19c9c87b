"""The forms of expressions beside operators: texts, logic, records, ranges, function calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planc_runtime.plan.expr import Binary, Expr, describe, only_expressions, value_of
from planc_runtime.plan.scope import Missing, Scope
from planc_runtime.plan.show import as_text, show


@dataclass(frozen=True, eq=False, slots=True)
class Text(Expr):
    """A text with values in it; the pieces that are strings stand for themselves."""

    pieces: tuple[Any, ...]

    def value(self, scope: Scope) -> str:
        return "".join(as_text(value_of(piece, scope)) for piece in self.pieces)

    def describe(self) -> str:
        inner = (p if isinstance(p, str) else "{" + describe(p) + "}" for p in self.pieces)
        return '"' + "".join(inner) + '"'

    def parts(self) -> Iterable[Expr]:
        return only_expressions(*self.pieces)


@dataclass(frozen=True, eq=False, slots=True)
class Both(Expr):
    """`a and b`: b is not looked at when a does not hold."""

    left: Any
    right: Any

    def value(self, scope: Scope) -> bool:
        return bool(value_of(self.left, scope)) and bool(value_of(self.right, scope))

    def describe(self) -> str:
        return f"{describe(self.left)} and {describe(self.right)}"

    def parts(self) -> Iterable[Expr]:
        return only_expressions(self.left, self.right)

    def witness(self, scope: Scope) -> Iterator[str]:
        for side in self.parts():
            yield from side.witness(scope)


@dataclass(frozen=True, eq=False, slots=True)
class Either(Both):
    """`a or b`."""

    def value(self, scope: Scope) -> bool:
        return bool(value_of(self.left, scope)) or bool(value_of(self.right, scope))

    def describe(self) -> str:
        return f"{describe(self.left)} or {describe(self.right)}"


@dataclass(frozen=True, eq=False, slots=True)
class Negate(Expr):
    """`not a`."""

    inner: Any

    def value(self, scope: Scope) -> bool:
        return not value_of(self.inner, scope)

    def describe(self) -> str:
        return f"not {describe(self.inner)}"

    def parts(self) -> Iterable[Expr]:
        return only_expressions(self.inner)

    def witness(self, scope: Scope) -> Iterator[str]:
        for side in self.parts():
            yield from side.witness(scope)


@dataclass(frozen=True, eq=False, slots=True)
class OrNone(Expr):
    """`x or none`: none where x is not there."""

    inner: Any

    def value(self, scope: Scope) -> Any:
        try:
            return value_of(self.inner, scope)
        except Missing:
            return None

    def describe(self) -> str:
        return f"{describe(self.inner)} or none"

    def parts(self) -> Iterable[Expr]:
        return only_expressions(self.inner)


@dataclass(frozen=True, eq=False, slots=True)
class IfElse(Expr):
    """`if C then A else B`."""

    condition: Any
    then: Any
    otherwise: Any

    def value(self, scope: Scope) -> Any:
        holds = value_of(self.condition, scope)
        return value_of(self.then if holds else self.otherwise, scope)

    def describe(self) -> str:
        chosen = f"then {describe(self.then)} else {describe(self.otherwise)}"
        return f"if {describe(self.condition)} {chosen}"

    def parts(self) -> Iterable[Expr]:
        return only_expressions(self.condition, self.then, self.otherwise)


@dataclass(frozen=True, eq=False, slots=True)
class Record(Expr):
    """`{ name: expression }`."""

    fields: Mapping[str, Any]

    def value(self, scope: Scope) -> dict[str, Any]:
        return {key: deep_value(item, scope) for key, item in self.fields.items()}

    def describe(self) -> str:
        return "{" + ", ".join(f"{k}: {describe(v)}" for k, v in self.fields.items()) + "}"

    def parts(self) -> Iterable[Expr]:
        return only_expressions(*self.fields.values())


@dataclass(frozen=True, eq=False, slots=True)
class Items(Expr):
    """`[a, b]`."""

    members: tuple[Any, ...]

    def value(self, scope: Scope) -> list[Any]:
        return [deep_value(item, scope) for item in self.members]

    def describe(self) -> str:
        return "[" + ", ".join(map(describe, self.members)) + "]"

    def parts(self) -> Iterable[Expr]:
        return only_expressions(*self.members)


@dataclass(frozen=True, slots=True)
class Range:
    """A value yet to be drawn, uniform in low..high."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:g}..{self.high:g}"


@dataclass(frozen=True, eq=False, slots=True)
class Between(Expr):
    """`3s..6s`."""

    low: Any
    high: Any

    def value(self, scope: Scope) -> Range:
        return Range(value_of(self.low, scope), value_of(self.high, scope))

    def describe(self) -> str:
        return f"{describe(self.low)}..{describe(self.high)}"

    def parts(self) -> Iterable[Expr]:
        return only_expressions(self.low, self.high)


@dataclass(frozen=True, eq=False, slots=True)
class Call(Expr):
    """A builtin function of the language, applied to values."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    wants_scope: bool = False

    def value(self, scope: Scope) -> Any:
        values = [value_of(argument, scope) for argument in self.arguments]
        try:
            return self.function(scope, *values) if self.wants_scope else self.function(*values)
        except (TypeError, ValueError, KeyError, IndexError) as error:
            shown = ", ".join(map(show, values))
            raise Missing(f"{self.name}({shown}) has no value: {error}") from None

    def describe(self) -> str:
        return f"{self.name}({', '.join(map(describe, self.arguments))})"

    def parts(self) -> Iterable[Expr]:
        return only_expressions(*self.arguments)

    def witness(self, scope: Scope) -> Iterator[str]:
        """Add what was counted or compared to the result, where that fits on a line."""
        try:
            line = f"{self.describe()} was {show(self.value(scope))}"
            inner = [show(value_of(argument, scope)) for argument in self.arguments]
        except Missing:
            yield from Expr.witness(self, scope)
            return
        yield f"{line}: {', '.join(inner)}" if inner != [""] else line


def deep_value(thing: Any, scope: Scope) -> Any:
    """Return a literal with the expressions inside it evaluated."""
    match thing:
        case Expr():
            return thing.value(scope)
        case Mapping():
            return {key: deep_value(item, scope) for key, item in thing.items()}
        case list() | tuple():
            return [deep_value(item, scope) for item in thing]
        case _:
            return thing


def text(*parts: Any) -> Expr:
    """Join texts and values into one text."""
    return Text(parts)


def both(left: Any, right: Any) -> Expr:
    """Build `left and right`."""
    return Both(left, right)


def either(left: Any, right: Any) -> Expr:
    """Build `left or right`."""
    return Either(left, right)


def negate(inner: Any) -> Expr:
    """Build `not inner`."""
    return Negate(inner)


def is_in(part: Any, whole: Any) -> Expr:
    """Build `part in whole`."""
    return Binary("in", part, whole)


def contains(whole: Any, part: Any) -> Expr:
    """Build `whole contains part`."""
    return Binary("contains", whole, part)


def matches(value: Any, pattern: Any) -> Expr:
    """Build `value matches "regular expression"`."""
    return Binary("matches", value, pattern)


def or_none(inner: Any) -> Expr:
    """Build `inner or none`."""
    return OrNone(inner)


def if_else(condition: Any, then: Any, otherwise: Any) -> Expr:
    """Build `if condition then ... else ...`."""
    return IfElse(condition, then, otherwise)


def record(fields: Mapping[str, Any]) -> Expr:
    """Build a record that holds expressions."""
    return Record(fields)


def items(members: Sequence[Any]) -> Expr:
    """Build a list that holds expressions."""
    return Items(tuple(members))


def between(low: Any, high: Any) -> Expr:
    """Build a range from which a value is drawn."""
    return Between(low, high)
