"""Python expressions as a small tree, before they are laid out on lines.

Only the shapes that a generated module may hold exist here: there is no node for an arbitrary
piece of source text, so that what is printed was decided by the emitter and not by a plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from planc.emit import literals

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Code:
    """An expression; `flat` is how it reads on one line."""

    @cached_property
    def flat(self) -> str:
        raise NotImplementedError

    @property
    def must_break(self) -> bool:
        """Whether a comment inside forbids one line."""
        return False

    def __getitem__(self, index: Code) -> Code:
        return Subscript(self, index)

    # Without this, __getitem__ alone would make every expression iterable, for ever.
    def __iter__(self) -> Iterator[Code]:
        raise TypeError("an expression is not a list")


@dataclass(frozen=True)
class Constant(Code):
    value: Value

    @cached_property
    def flat(self) -> str:
        return literals.constant(self.value)


@dataclass(frozen=True)
class Variable(Code):
    """A Python name, or an attribute of `planc`, `s` or `run`, from the emitter's name tables."""

    name: str

    @cached_property
    def flat(self) -> str:
        return self.name


@dataclass(frozen=True)
class Argument:
    """An element of a call, list or dict: its value, the key or keyword, and its plan line."""

    value: Code
    before: str = ""
    comment: str | None = None

    @cached_property
    def flat(self) -> str:
        return self.before + self.value.flat

    @property
    def must_break(self) -> bool:
        return self.comment is not None or self.value.must_break


@dataclass(frozen=True)
class Bracketed(Code):
    """Anything that the formatter may put one element a line: calls, lists, tuples and dicts."""

    arguments: tuple[Argument, ...] = field(default=())

    @property
    def opening(self) -> str:
        raise NotImplementedError

    @property
    def closing(self) -> str:
        raise NotImplementedError

    @cached_property
    def flat(self) -> str:
        inner = ", ".join(argument.flat for argument in self.arguments)
        return f"{self.opening}{inner}{self.closing}"

    @property
    def must_break(self) -> bool:
        return any(argument.must_break for argument in self.arguments)


@dataclass(frozen=True)
class Call(Bracketed):
    function: Code = Variable("")

    @property
    def opening(self) -> str:
        return self.function.flat + "("

    @property
    def closing(self) -> str:
        return ")"

    def method(self, name: str, *arguments: Argument) -> Call:
        return Call(arguments, Method(self, name))


@dataclass(frozen=True)
class Method(Code):
    value: Code
    name: str

    @cached_property
    def flat(self) -> str:
        return f"{self.value.flat}.{self.name}"


@dataclass(frozen=True)
class List(Bracketed):
    @property
    def opening(self) -> str:
        return "["

    @property
    def closing(self) -> str:
        return "]"


@dataclass(frozen=True)
class Tuple(Bracketed):
    @property
    def opening(self) -> str:
        return "("

    @property
    def closing(self) -> str:
        return ",)" if len(self.arguments) == 1 else ")"


@dataclass(frozen=True)
class Dict(Bracketed):
    @property
    def opening(self) -> str:
        return "{"

    @property
    def closing(self) -> str:
        return "}"


@dataclass(frozen=True)
class Lambda(Code):
    parameter: str
    body: Code

    @cached_property
    def flat(self) -> str:
        return f"lambda {self.parameter}: {self.body.flat}"

    @property
    def must_break(self) -> bool:
        return self.body.must_break


@dataclass(frozen=True)
class Subscript(Code):
    value: Code
    index: Code

    @cached_property
    def flat(self) -> str:
        value = (
            f"({self.value.flat})"
            if isinstance(self.value, Operation | Negative)
            else self.value.flat
        )
        return f"{value}[{self.index.flat}]"

    @property
    def must_break(self) -> bool:
        return self.value.must_break


_BINDING = {"*": 3, "/": 3, "+": 2, "-": 2}


@dataclass(frozen=True)
class Operation(Code):
    """`left operator right`; comparisons never chain."""

    operator: str
    left: Code
    right: Code

    @property
    def binding(self) -> int:
        return _BINDING.get(self.operator, 1)

    @property
    def simple(self) -> bool:
        return not isinstance(self.left, Operation) and not isinstance(self.right, Operation)

    def parenthesized(self, operand: Code, right: bool) -> str:
        """Print an operand, in parentheses where Python would read the bare one differently."""
        if isinstance(operand, Operation):
            loose = operand.binding <= self.binding if right else operand.binding < self.binding
            if loose or operand.binding == 1:
                return f"({operand.flat})"
        return operand.flat

    @cached_property
    def flat(self) -> str:
        left = self.parenthesized(self.left, right=False)
        return f"{left} {self.operator} {self.parenthesized(self.right, right=True)}"

    @property
    def must_break(self) -> bool:
        return self.left.must_break or self.right.must_break


@dataclass(frozen=True)
class Negative(Code):
    value: Code

    @cached_property
    def flat(self) -> str:
        inner = self.value.flat
        return f"-({inner})" if isinstance(self.value, Operation | Negative) else f"-{inner}"

    @property
    def must_break(self) -> bool:
        return self.value.must_break


def positional(*values: Code) -> tuple[Argument, ...]:
    return tuple(Argument(value) for value in values)


def keyword(name: str, value: Code) -> Argument:
    return Argument(value, f"{name}=")


def entry(key: str, value: Code) -> Argument:
    return Argument(value, f"{literals.string(key)}: ")


def planc(function: str, *arguments: Argument | Code) -> Call:
    """Call a function of `planc_runtime.api`."""
    return call(f"planc.{function}", *arguments)


def call(function: str, *arguments: Argument | Code) -> Call:
    made = tuple(each if isinstance(each, Argument) else Argument(each) for each in arguments)
    return Call(made, Variable(function))


def strings(values: tuple[str, ...]) -> List:
    return List(positional(*(Constant(value) for value in values)))
