"""Lay out expressions on lines exactly as `ruff format` would leave them.

The rule is Black's: one line where it fits, else one element a line with a magic trailing comma,
recursively. The trailing comma is what makes the result independent of the formatter's line
length: a call that was broken at 88 columns stays broken at 100. Where no bracket can take such a
comma (a long comparison of names), the statement is marked `# fmt: skip` instead.
"""

from __future__ import annotations

from dataclasses import dataclass

from planc.emit.code import (
    Argument,
    Bracketed,
    Call,
    Code,
    Lambda,
    Method,
    Negative,
    Operation,
    Subscript,
)

WIDTH = 88
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Statement:
    """`before expression after  # comment`, for instance `x = await ` and `:`."""

    expression: Code
    before: str = ""
    after: str = ""
    comment: str | None = None


def lay_out(statement: Statement, depth: int = 0) -> list[str]:
    """Give the lines of a statement, `depth` blocks deep."""
    printer = _Printer()
    tail = statement.after + _trailing(statement.comment)
    lines = printer.print(statement.expression, INDENT * depth, statement.before, tail)
    if printer.unstable:
        lines[-1] += "  # fmt: skip"
    return lines


def fits(line: str) -> bool:
    """Say whether a line is short enough; wide characters are counted generously.

    Counting too much is safe: the result is an unneeded line break that the formatter keeps.
    """
    return len(line) <= WIDTH and (line.isascii() or len(line) + _wide(line) <= WIDTH)


def _wide(line: str) -> int:
    return sum(not character.isascii() for character in line)


def _trailing(comment: str | None) -> str:
    return f"  # {comment}" if comment is not None else ""


class _Printer:
    def __init__(self) -> None:
        self.unstable = False

    def print(self, code: Code, indent: str, before: str, after: str) -> list[str]:
        if not code.must_break:
            line = indent + before + code.flat + after
            if fits(line):
                return [line]
        return self.broken(code, indent, before, after)

    def broken(self, code: Code, indent: str, before: str, after: str) -> list[str]:
        """Print over several lines, whether or not one would do."""
        match code:
            case Call(function=Method(value=Bracketed() as inner, name=name)) if not code.arguments:
                return self.broken(inner, indent, before, f".{name}(){after}")
            case Lambda(parameter=parameter, body=body):
                return self.print(body, indent, f"{before}lambda {parameter}: ", after)
            case Bracketed() if code.arguments:
                return self.bracketed(code, indent, before, after)
            case Subscript(value=Bracketed() | Subscript() as value, index=index):
                return self.broken(value, indent, before, f"[{index.flat}]{after}")
            case Negative(value=Bracketed() | Subscript() as value):
                return self.broken(value, indent, before + "-", after)
            case Operation() if code.simple and (can_break(code.left) or can_break(code.right)):
                return self.operation(code, indent, before, after)
        self.unstable = self.unstable or _could_be_split(code)
        return [indent + before + code.flat + after]

    def bracketed(self, code: Bracketed, indent: str, before: str, after: str) -> list[str]:
        # The comma of a tuple of one is no magic one.
        self.unstable = self.unstable or code.closing == ",)"
        lines = [indent + before + code.opening]
        self.unstable = self.unstable or not fits(lines[0])
        for argument in code.arguments:
            lines += self.argument(argument, indent + INDENT)
        closing = code.closing.removeprefix(",")
        return [*lines, indent + closing + after]

    def argument(self, argument: Argument, indent: str) -> list[str]:
        tail = "," + _trailing(argument.comment)
        return self.print(argument.value, indent, argument.before, tail)

    def operation(self, code: Operation, indent: str, before: str, after: str) -> list[str]:
        """Break around the operator, which begins the second line.

        At least one operand must hold a magic trailing comma, else a wider setting of the
        formatter would join the lines again.
        """
        force_left = can_break(code.left)
        left = self.broken if force_left else self.print
        right = self.print if force_left else self.broken
        first = left(code.left, indent, before, "")
        return first + right(code.right, indent, f"{code.operator} ", after)


def can_break(code: Code) -> bool:
    """Say whether `code` has a bracket that can take a trailing comma."""
    match code:
        case Call(function=Method(value=Bracketed() as inner)) if not code.arguments:
            return can_break(inner)
        case Bracketed():
            return bool(code.arguments)
        case Subscript(value=Bracketed() | Subscript() as value):
            return can_break(value)
    return False


def _could_be_split(code: Code) -> bool:
    return isinstance(code, Operation | Subscript | Negative | Call)
