"""Python expressions as a small tree, before they are laid out on lines.

Only the shapes that a generated module may hold exist here: there is no node for an arbitrary
piece of source text, so that what is printed was decided by the emitter and not by a plan. Every
node knows how it reads on one line, `flat`, from the moment it is made: it is asked for by all that
hold it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planc.emit import literals

Value = str | int | float | bool | None


class Code:
    """An expression."""

    __slots__ = ("flat", "must_break")

    def __init__(self, flat: str, must_break: bool = False) -> None:
        self.flat = flat
        """How it reads on one line."""
        self.must_break = must_break
        """Whether a comment inside forbids one line."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.flat!r})"


class Constant(Code):
    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        super().__init__(literals.constant(value))
        self.value = value


class Variable(Code):
    """A Python name, or an attribute of `planc`, `s` or `run`, from the emitter's name tables."""

    __slots__ = ()

    def __init__(self, name: str) -> None:
        super().__init__(name)


class Argument:
    """An element of a call, list or dict: its value, the key or keyword, and its plan line."""

    __slots__ = ("before", "comment", "flat", "must_break", "value")

    def __init__(self, value: Code, before: str = "", comment: str | None = None) -> None:
        self.value = value
        self.before = before
        self.comment = comment
        self.flat = before + value.flat
        self.must_break = comment is not None or value.must_break


class Bracketed(Code):
    """Anything that the formatter may put one element a line: calls, lists, tuples and dicts."""

    __slots__ = ("arguments", "closing", "opening")

    def __init__(self, opening: str, arguments: Iterable[Argument], closing: str) -> None:
        self.arguments = tuple(arguments)
        self.opening = opening
        self.closing = closing
        inner = ", ".join(argument.flat for argument in self.arguments)
        broken = any(argument.must_break for argument in self.arguments)
        super().__init__(f"{opening}{inner}{closing}", broken)


class Call(Bracketed):
    __slots__ = ("function",)

    def __init__(self, function: Code, arguments: Iterable[Argument]) -> None:
        super().__init__(f"{function.flat}(", arguments, ")")
        self.function = function

    def method(self, name: str, *arguments: Argument) -> Call:
        return Call(Method(self, name), arguments)


class Method(Code):
    __slots__ = ("name", "value")

    def __init__(self, value: Code, name: str) -> None:
        super().__init__(f"{value.flat}.{name}", value.must_break)
        self.value = value
        self.name = name


class List(Bracketed):
    __slots__ = ()

    def __init__(self, arguments: Iterable[Argument] = ()) -> None:
        super().__init__("[", arguments, "]")


class Tuple(Bracketed):
    __slots__ = ()

    def __init__(self, arguments: Sequence[Argument]) -> None:
        super().__init__("(", arguments, ",)" if len(arguments) == 1 else ")")


class Dict(Bracketed):
    __slots__ = ()

    def __init__(self, arguments: Iterable[Argument] = ()) -> None:
        super().__init__("{", arguments, "}")


class Lambda(Code):
    __slots__ = ("body", "parameter")

    def __init__(self, parameter: str, body: Code) -> None:
        super().__init__(f"lambda {parameter}: {body.flat}", body.must_break)
        self.parameter = parameter
        self.body = body


class Subscript(Code):
    __slots__ = ("index", "value")

    def __init__(self, value: Code, index: Code) -> None:
        loose = isinstance(value, Operation | Negative)
        owner = f"({value.flat})" if loose else value.flat
        super().__init__(f"{owner}[{index.flat}]", value.must_break)
        self.value = value
        self.index = index


_BINDING = {"*": 3, "/": 3, "+": 2, "-": 2}
_COMPARISON = 1


class Operation(Code):
    """`left operator right`; comparisons never chain."""

    __slots__ = ("binding", "left", "operator", "right")

    def __init__(self, operator: str, left: Code, right: Code) -> None:
        self.operator = operator
        self.left = left
        self.right = right
        self.binding = _BINDING.get(operator, _COMPARISON)
        sides = self._operand(left, False), self._operand(right, True)
        super().__init__(f" {operator} ".join(sides), left.must_break or right.must_break)

    @property
    def simple(self) -> bool:
        return not isinstance(self.left, Operation) and not isinstance(self.right, Operation)

    def _operand(self, operand: Code, right: bool) -> str:
        """Print an operand, in parentheses where Python would read the bare one differently."""
        if isinstance(operand, Operation):
            loose = operand.binding <= self.binding if right else operand.binding < self.binding
            if loose or operand.binding == _COMPARISON:
                return f"({operand.flat})"
        return operand.flat


class Negative(Code):
    __slots__ = ("value",)

    def __init__(self, value: Code) -> None:
        loose = isinstance(value, Operation | Negative)
        super().__init__(f"-({value.flat})" if loose else f"-{value.flat}", value.must_break)
        self.value = value


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
    made = (each if isinstance(each, Argument) else Argument(each) for each in arguments)
    return Call(Variable(function), made)


def strings(values: Sequence[str]) -> List:
    return List(positional(*(Constant(value) for value in values)))
