"""Operators: what may be added to, compared with and found in what, and what comes of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planc import model as m
from planc.analysis import numbers
from planc.analysis.scope import Scope
from planc.analysis.types import COMPUTABLE, QUANTITIES, fits, named, replace, with_unit
from planc.syntax import nodes as n

if TYPE_CHECKING:
    from planc.analysis.expressions import Expressions

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_PRODUCTS = {
    frozenset({"rate", "duration"}): "number",
    frozenset({"bandwidth", "duration"}): "number",
}
_QUOTIENTS = {("number", "duration"): "rate", ("number", "rate"): "duration"}


def unary(of: Expressions, node: n.Unary, scope: Scope) -> m.Expression:
    """`not x` and `-x`."""
    if node.op == "not":
        inner = condition(of, node.operand, scope, "what follows `not`")
        return m.Operator(span=node.span, type="bool", op="not", operands=(inner,))
    value = of.analyse(node.operand, scope)
    if value.type not in COMPUTABLE and value.type != "any":
        of.problems.report("wrong-operand", node.span, f"{named(value.type)} has no negative")
        return of.anything(node.span)
    if (number := numbers.number_of(value)) is not None:
        written = f"-{value.written}" if isinstance(value, m.Constant) and value.written else ""
        return m.Constant(span=node.span, type=value.type, value=-number, written=written)
    return m.Operator(span=node.span, type=value.type, op="negate", operands=(value,))


def condition(of: Expressions, node: n.Expr, scope: Scope, what: str) -> m.Expression:
    """Analyse something that must be true or false."""
    found = of.analyse(node, scope)
    if not fits(found.type, "bool"):
        of.problems.report(
            "not-a-condition",
            node.span,
            f"{what} must be true or false, this is {named(found.type)}",
            help="compare it with something" if found.type in COMPUTABLE else "",
        )
        return of.anything(node.span)
    return found


def binary(of: Expressions, node: n.Binary, scope: Scope) -> m.Expression:
    """All operators with two sides."""
    op = node.op
    if op in ("and", "or"):
        return _logic(of, node, scope)
    left, right = of.analyse(node.left, scope), of.analyse(node.right, scope)
    if op in COMPARISONS:
        return _comparison(of, node, left, right)
    if op in ("in", "contains", "matches"):
        return _search(of, node, left, right)
    return _arithmetic(of, node, left, right)


def _logic(of: Expressions, node: n.Binary, scope: Scope) -> m.Expression:
    """`a and b`, `a or b`; `x or none` stands for x where it may be missing."""
    if node.op == "or" and isinstance(node.right, n.NoneLiteral):
        value = of.analyse(node.left, scope)
        return m.Operator(span=node.span, type="any", op="or_none", operands=(value,))
    sides = (node.left, node.right)
    made = tuple(condition(of, side, scope, f"each side of `{node.op}`") for side in sides)
    return m.Operator(span=node.span, type="bool", op=node.op, operands=made)


def _comparison(
    of: Expressions, node: n.Binary, left: m.Expression, right: m.Expression
) -> m.Expression:
    if not _comparable(node.op, left.type, right.type):
        _not_comparable(of, node, left, right)
        return of.anything(node.span)
    if node.op not in ("==", "!=") and "text" not in (left.type, right.type):
        for side, value in ((node.left, left), (node.right, right)):
            if value.type not in COMPUTABLE and value.type != "any":
                of.problems.report(
                    "wrong-operand",
                    side.span,
                    f"{named(value.type)} is neither more nor less than anything",
                    help="count(...) gives a number" if fits(value.type, "list") else "",
                )
                return of.anything(node.span)
    _check_role(of, node, left, right)
    return _folded(of, node, "bool", left, right)


def _check_role(of: Expressions, node: n.Binary, left: m.Expression, right: m.Expression) -> None:
    """A role that is compared with a word must be one that its service can have."""
    match left:
        case m.Apply(function="role", arguments=(target,)) | m.Member(field="role", value=target):
            services = of.names.services(target)
        case _:
            return
    roles = [role for service in services for role in service.role_names()]
    word = numbers.value_of(right) if numbers.known(right) else None
    if services and isinstance(word, str) and word not in roles:
        of.problems.unknown(
            "unknown-role",
            node.right.span,
            f"`{services[0].name}` has no role `{word}`",
            word,
            roles,
        )


def _comparable(op: str, left: str, right: str) -> bool:
    if "none" in (left, right) and op in ("==", "!="):
        return True
    return fits(left, right) or fits(right, left)


def _not_comparable(
    of: Expressions, node: n.Binary, left: m.Expression, right: m.Expression
) -> None:
    small = isinstance(left, m.Measure) and left.name in ("latency", "send lag")
    for bare, other in ((node.right, left), (node.left, right)):
        proposed = with_unit(bare, other.type, small=small)
        if proposed:
            of.problems.report(
                "missing-unit",
                bare.span,
                f"{named(other.type)} is compared with a number that has no unit",
                help=f"did you mean `{proposed}`?",
                fix=replace(bare.span, proposed),
            )
            return
    of.problems.report(
        "not-comparable",
        node.span,
        f"{named(left.type)} cannot be compared with {named(right.type)}",
    )


def _search(
    of: Expressions, node: n.Binary, left: m.Expression, right: m.Expression
) -> m.Expression:
    whole, side = (right, node.right) if node.op == "in" else (left, node.left)
    allowed = ("text",) if node.op == "matches" else ("list", "text", "record", "nodes", "cluster")
    if whole.type != "any" and whole.type not in allowed:
        of.problems.report(
            "wrong-operand",
            side.span,
            f"`{node.op}` looks into a {' or '.join(allowed[:2])}, this is {named(whole.type)}",
        )
        return of.anything(node.span)
    if node.op == "matches":
        check_pattern(of, right, node.right)
    return m.Operator(span=node.span, type="bool", op=node.op, operands=(left, right))


def check_pattern(of: Expressions, pattern: m.Expression, node: n.Expr) -> None:
    """Report a regular expression that is none, as far as it is known."""
    if not fits(pattern.type, "text"):
        of.problems.report("wrong-type", node.span, "a pattern is a text")
        return
    if not numbers.known(pattern) or not isinstance(text := numbers.value_of(pattern), str):
        return
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        of.problems.report("bad-pattern", node.span, f"this pattern cannot be read: {error}")


def _arithmetic(
    of: Expressions, node: n.Binary, left: m.Expression, right: m.Expression
) -> m.Expression:
    result = _result(node.op, left.type, right.type)
    if result is None:
        _wrong_operands(of, node, left, right)
        return of.anything(node.span)
    return _folded(of, node, result, left, right)


def _wrong_operands(
    of: Expressions, node: n.Binary, left: m.Expression, right: m.Expression
) -> None:
    for bare, other in ((node.right, left), (node.left, right)):
        proposed = with_unit(bare, other.type)
        if proposed and node.op in "+-":
            of.problems.report(
                "missing-unit",
                bare.span,
                f"`{node.op}` combines {named(other.type)} with a number that has no unit",
                help=f"did you mean `{proposed}`?",
                fix=replace(bare.span, proposed),
            )
            return
    of.problems.report(
        "wrong-operand",
        node.span,
        f"`{node.op}` does not go with {named(left.type)} and {named(right.type)}",
    )


def _result(op: str, left: str, right: str) -> str | None:
    """Return the type of `left op right`; None when there is none."""
    if "any" in (left, right):
        return "any"
    if (
        op in "+-"
        and left == right
        and (left in COMPUTABLE or (op == "+" and left in ("text", "list")))
    ):
        return left
    if op == "*":
        return _product(left, right)
    if op == "/":
        if left == right and left in COMPUTABLE:
            return "number"
        if left in QUANTITIES and right in ("number", "percent"):
            return left
        return _QUOTIENTS.get((left, right))
    return None


def _product(left: str, right: str) -> str | None:
    for factor, other in ((left, right), (right, left)):
        if factor in ("number", "percent") and other in COMPUTABLE:
            return other
    return _PRODUCTS.get(frozenset({left, right}))


def _folded(
    of: Expressions, node: n.Binary, type_name: str, left: m.Expression, right: m.Expression
) -> m.Expression:
    """Compute what is known already."""
    if numbers.known(left) and numbers.known(right):
        try:
            value = numbers.fold(node.op, numbers.value_of(left), numbers.value_of(right))
        except ZeroDivisionError:
            of.problems.report("division-by-zero", node.right.span, "this is a division by zero")
            return of.anything(node.span)
        except (ArithmeticError, TypeError):
            return of.anything(node.span)
        if isinstance(value, int | float) and not numbers.is_sane(value):
            of.problems.report("number-too-large", node.span, "the result is too large")
            return of.anything(node.span)
        return m.Constant(span=node.span, type=type_name, value=value)
    return m.Operator(span=node.span, type=type_name, op=node.op, operands=(left, right))


def conditional(of: Expressions, node: n.Conditional, scope: Scope) -> m.Expression:
    """`if A then B else C`."""
    test = condition(of, node.condition, scope, "what follows `if`")
    then, otherwise = of.analyse(node.then, scope), of.analyse(node.otherwise, scope)
    same = then.type if then.type == otherwise.type else "any"
    return m.Conditional(span=node.span, type=same, condition=test, then=then, otherwise=otherwise)
