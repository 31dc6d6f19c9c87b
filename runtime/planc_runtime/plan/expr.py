"""Expressions of a plan as trees of values.

Operators on them build further trees; nothing is computed before a scenario asks for it, and then
as often as it asks: `eventually` evaluates the same tree again with every observation. A tree can
say what it is in the plan's words, and of what values its parts were, as evidence.

What has to be waited for (a metric, a memory figure, a function of the plan's author) is read
before the evaluation proper, which therefore is plain synchronous code.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from planc_runtime.errors import PlancError
from planc_runtime.plan.nodeset import NodeSet, field_of
from planc_runtime.plan.scope import Missing, Scope
from planc_runtime.plan.show import as_text, show
from planc_runtime.plan.sourcemap import assigned_name
from planc_runtime.plan.spot import Spot


class Expr:
    """Anything in a plan that has a value once a scenario runs."""

    __slots__ = ()
    __hash__ = object.__hash__

    def value(self, scope: Scope) -> Any:
        """Return the value; raises Missing when a part of it is not there."""
        raise NotImplementedError

    def describe(self) -> str:
        """Return the expression in the plan's words."""
        raise NotImplementedError

    def parts(self) -> Iterable[Expr]:
        """Return the expressions directly below this one."""
        return ()

    def witness(self, scope: Scope) -> Iterator[str]:
        """Yield what the telling parts of the expression were: 'count(leaders(store)) was 2'."""
        try:
            yield f"{self.describe()} was {show(self.value(scope))}"
        except Missing as missing:
            yield f"{self.describe()} was not there: {missing.message}"

    def __getitem__(self, key: Any) -> Expr:
        return Field(self, key)

    def __eq__(self, other: object) -> Expr:  # type: ignore[override]
        return Binary("==", self, other)

    def __ne__(self, other: object) -> Expr:  # type: ignore[override]
        return Binary("!=", self, other)

    def __lt__(self, other: Any) -> Expr:
        return Binary("<", self, other)

    def __le__(self, other: Any) -> Expr:
        return Binary("<=", self, other)

    def __gt__(self, other: Any) -> Expr:
        return Binary(">", self, other)

    def __ge__(self, other: Any) -> Expr:
        return Binary(">=", self, other)

    def __add__(self, other: Any) -> Expr:
        return Binary("+", self, other)

    def __sub__(self, other: Any) -> Expr:
        return Binary("-", self, other)

    def __mul__(self, other: Any) -> Expr:
        return Binary("*", self, other)

    def __truediv__(self, other: Any) -> Expr:
        return Binary("/", self, other)

    def __radd__(self, other: Any) -> Expr:
        return Binary("+", other, self)

    def __rsub__(self, other: Any) -> Expr:
        return Binary("-", other, self)

    def __rmul__(self, other: Any) -> Expr:
        return Binary("*", other, self)

    def __rtruediv__(self, other: Any) -> Expr:
        return Binary("/", other, self)

    def __neg__(self) -> Expr:
        return Binary("-", 0, self)

    def __iter__(self) -> NoReturn:
        raise TypeError(f"`{self.describe()}` is known only when the scenario runs: use s.each")

    def __bool__(self) -> NoReturn:
        raise TypeError(f"`{self.describe()}` is known only when the scenario runs: use s.when")


Num = float | int | Expr


def value_of(thing: Any, scope: Scope) -> Any:
    """Return the value of an expression; anything else is its own value."""
    return thing.value(scope) if isinstance(thing, Expr) else thing


def describe(thing: Any) -> str:
    return thing.describe() if isinstance(thing, Expr) else show(thing)


async def evaluate(thing: Any, scope: Scope) -> Any:
    """Return the value of an expression after reading what has to be waited for."""
    if not isinstance(thing, Expr):
        return thing
    await gather(thing, scope)
    return thing.value(scope)


async def gather(expr: Expr, scope: Scope) -> None:
    """Read every part that has to be waited for, innermost first, into the scope's readings."""
    for part in expr.parts():
        await gather(part, scope)
    if isinstance(expr, Reading):
        scope.readings[id(expr)] = await expr.read(scope)


def only_expressions(*things: Any) -> tuple[Expr, ...]:
    return tuple(thing for thing in things if isinstance(thing, Expr))


class Reading(Expr):
    """Something that only the running system can tell, now: `metric(n1, "heap")`."""

    __slots__ = ()

    @property
    def question(self) -> tuple[str, tuple[Any, ...]]:
        """What to ask of the view, and its arguments, not yet evaluated."""
        raise NotImplementedError

    async def read(self, scope: Scope) -> Any:
        what, arguments = self.question
        try:
            values = tuple(value_of(argument, scope) for argument in arguments)
            return await scope.seen().read(what, values)
        except Missing as missing:
            return missing

    def value(self, scope: Scope) -> Any:
        found = scope.readings.get(id(self), Missing(f"{self.describe()} was not read"))
        if isinstance(found, Missing):
            raise found
        return found

    def parts(self) -> Iterable[Expr]:
        return only_expressions(*self.question[1])


@dataclass(frozen=True, eq=False, slots=True)
class Probe(Reading):
    """A figure of nodes: metric, memory, open_files."""

    what: str
    arguments: tuple[Any, ...] = ()

    @property
    def question(self) -> tuple[str, tuple[Any, ...]]:
        return self.what, self.arguments

    def describe(self) -> str:
        return f"{self.what}({', '.join(map(describe, self.arguments))})"


@dataclass(frozen=True, eq=False, slots=True)
class Known(Expr):
    """A value with a name: a `let`, a column of a case, what a call returned."""

    known: Any
    name: str | None = None
    spot: Spot | None = None

    def value(self, scope: Scope) -> Any:
        return value_of(self.known, scope)

    def describe(self) -> str:
        found = self.name or (self.spot and assigned_name(self.spot))
        return found or ("the reply" if self.spot else show(self.known))

    def parts(self) -> Iterable[Expr]:
        return only_expressions(self.known)


@dataclass(frozen=True, eq=False, slots=True)
class Var(Expr):
    """A name of the enclosing scope: `node`, `port`, `status`, a parameter of an operation."""

    name: str

    def value(self, scope: Scope) -> Any:
        if self.name not in scope.names:
            raise Missing(f"there is no {self.name} here")
        return value_of(scope.names[self.name], scope)

    def describe(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False, slots=True)
class Field(Expr):
    """`x.field` and `x[index]`; of a set of nodes, the field of each."""

    owner: Expr
    key: Any

    def value(self, scope: Scope) -> Any:
        return value_of(field_of(self.owner.value(scope), value_of(self.key, scope)), scope)

    def describe(self) -> str:
        if isinstance(self.key, str) and self.key.isidentifier():
            return f"{self.owner.describe()}.{self.key}"
        return f"{self.owner.describe()}[{describe(self.key)}]"

    def parts(self) -> Iterable[Expr]:
        return only_expressions(self.owner, self.key)


@dataclass(frozen=True, eq=False, slots=True)
class Refusal(Expr):
    """A value that there is not: whoever asks for it is told why."""

    what: str
    reason: PlancError

    def value(self, scope: Scope) -> Any:
        raise self.reason

    def describe(self) -> str:
        return self.what


def _plainly_equal(left: Any, right: Any) -> bool:
    """Nodes are equal when they are the same ones, however they were named."""
    if isinstance(left, NodeSet) and isinstance(right, NodeSet):
        return sorted(left.names) == sorted(right.names)
    return bool(left == right)


def _contains(whole: Any, part: Any) -> bool:
    if isinstance(whole, str):
        return as_text(part) in whole
    return any(_plainly_equal(item, part) for item in whole)


BINARY: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": _plainly_equal,
    "!=": lambda left, right: not _plainly_equal(left, right),
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "in": lambda part, whole: _contains(whole, part),
    "contains": _contains,
    "matches": lambda text, pattern: re.search(pattern, as_text(text)) is not None,
}


@dataclass(frozen=True, eq=False, slots=True)
class Binary(Expr):
    """Two values and an operator between them."""

    symbol: str
    left: Any
    right: Any

    def value(self, scope: Scope) -> Any:
        left, right = value_of(self.left, scope), value_of(self.right, scope)
        try:
            return BINARY[self.symbol](left, right)
        except (TypeError, ZeroDivisionError) as error:
            shown = f"{show(left)} {self.symbol} {show(right)}"
            raise Missing(f"{shown} has no value: {error}") from None

    def describe(self) -> str:
        if self.symbol == "-" and isinstance(self.left, int) and self.left == 0:
            return f"-{describe(self.right)}"
        return f"{describe(self.left)} {self.symbol} {describe(self.right)}"

    def parts(self) -> Iterable[Expr]:
        return only_expressions(self.left, self.right)

    def witness(self, scope: Scope) -> Iterator[str]:
        for side in self.parts():
            if not isinstance(side, Known) or side.name is not None or side.spot is not None:
                yield from side.witness(scope)


def let(name: str, value: Any) -> Expr:
    """Name a value of the plan."""
    return Known(value, name)


def var(name: str) -> Expr:
    """Refer to a name of the enclosing scope."""
    return Var(name)
