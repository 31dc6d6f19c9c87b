"""Expressions of the model as calls of `planc_runtime.api`."""

from __future__ import annotations

from planc import model as m
from planc.analysis.numbers import fold
from planc.emit.code import (
    Argument,
    Code,
    Constant,
    Dict,
    List,
    Negative,
    Operation,
    Subscript,
    Variable,
    entry,
    keyword,
    planc,
    positional,
)
from planc.emit.names import Names

RENAMED = {
    "nodes": "nodes_of",
    "status": "status_of",
    "log": "log_of",
    "text": "text_of",
    **{
        name: f"{name}_"
        for name in (
            "sum",
            "min",
            "max",
            "len",
            "any",
            "all",
            "sorted",
            "str",
            "int",
            "float",
            "json",
        )
    },
}
MEASURES = {
    "availability over time": "availability_over_time",
    "error rate": "error_rate",
    "send lag": "send_lag",
    "share": "share_of_requests",
    "memory growth": "memory_growth",
    "open files": "open_files_of",
    "open files growth": "open_files_growth",
    "metric": "of_metric",
}
_FUNCTIONS = {
    "and": "both",
    "or": "either",
    "not": "negate",
    "in": "is_in",
    "contains": "contains",
    "matches": "matches",
    "or_none": "or_none",
}
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OF_NODES = {"status": "status_of", "log": "log_of"}


class Expressions:
    """Lower expressions; `module` names declarations, `local` what a function binds itself.

    A name that neither knows belongs to a scope of the runtime (`node`, `json`, the parameter of an
    operation) and is looked up there when the test runs.
    """

    def __init__(self, module: Names, local: Names | None = None) -> None:
        self.module = module
        self.local = local

    def maybe(self, expression: m.Expression | None) -> Code:
        return self.lower(expression) if expression is not None else Constant(None)

    def options(self, **values: m.Expression | None) -> list[Argument]:
        """Return keyword arguments for those values that there are."""
        return [keyword(name, self.lower(value)) for name, value in values.items() if value]

    def number(self, expression: m.Expression) -> Code:
        """Lower a number of a setting: its value where that is known."""
        if isinstance(expression, m.Reference) and expression.known:
            return Constant(expression.value)
        return self.lower(expression)

    def lower(self, expression: m.Expression) -> Code:
        """Lower any expression."""
        match expression:
            case m.Constant(value=value):
                return Constant(value)
            case m.Reference():
                return self.reference(expression)
            case m.NodeReference(cluster=cluster, name=name):
                return planc("node", self.reference(cluster), Constant(name))
            case m.Member(value=value, field=field):
                return self.member(value, field)
            case m.Element(value=value, index=index):
                return Subscript(self.operand(value), self.lower(index))
            case m.Apply():
                return self.apply(expression)
            case m.Operator():
                return self.operator(expression)
            case m.Template(parts=parts):
                return planc("text", *(self.part(part) for part in parts))
            case m.PeersTemplate(template=template, separator=separator):
                return planc("peers", self.lower(template), Constant(separator))
            case m.ListOf(items=items):
                return self.items(items, wrapped=not all(map(is_plain, items)))
            case m.RecordOf(fields=fields):
                return self.record(fields, wrapped=not is_plain(expression))
            case m.Interval(low=low, high=high):
                return planc("between", self.number(low), self.number(high))
            case m.Spread(center=center, spread=spread):
                return self.spread(center, spread)
            case m.Conditional(condition=test, then=then, otherwise=otherwise):
                return planc("if_else", *map(self.lower, (test, then, otherwise)))
            case m.Measure():
                return self.measure(expression)

    # --- names and values -----------------------------------------------------------------------

    def reference(self, reference: m.Reference) -> Code:
        if reference.means == "history":
            return planc("history")
        if reference.key:
            found = self.local.find(reference.key) if self.local else None
            return Variable(found or self.module.give(reference.key, reference.name))
        name = self.local.find(reference.name) if self.local else None
        if name is not None and reference.means != "word":
            return Variable(name)
        return planc("var", Constant(reference.name))

    def part(self, part: str | m.Expression) -> Code:
        return Constant(part) if isinstance(part, str) else self.lower(part)

    def member(self, value: m.Expression, field: str) -> Code:
        owner = self.operand(value)
        if value.type in ("nodes", "cluster") and field in _OF_NODES:
            return planc(_OF_NODES[field], owner)
        return Subscript(owner, Constant(field))

    def items(self, items: tuple[m.Expression, ...], wrapped: bool) -> Code:
        made = List(positional(*(self.lower(item) for item in items)))
        return planc("items", made) if wrapped else made

    def record(self, fields: tuple[tuple[str, m.Expression], ...], wrapped: bool) -> Code:
        made = Dict(tuple(entry(key, self.lower(value)) for key, value in fields))
        return planc("record", made) if wrapped else made

    def operand(self, expression: m.Expression) -> Code:
        """Lower something that Python's own operators will be applied to: never a bare list."""
        match expression:
            case m.ListOf(items=items):
                return self.items(items, wrapped=True)
            case m.RecordOf(fields=fields):
                return self.record(fields, wrapped=True)
            case m.Constant(value=str() as value):
                return planc("text", Constant(value))
        return self.lower(expression)

    def spread(self, center: m.Expression, spread: m.Expression) -> Code:
        middle, width = self.number(center), self.number(spread)
        if isinstance(middle, Constant) and isinstance(width, Constant):
            low, high = (fold(op, middle.value, width.value) for op in "-+")
            return planc("between", Constant(low), Constant(high))
        return planc("between", Operation("-", middle, width), Operation("+", middle, width))

    # --- calls ----------------------------------------------------------------------------------

    def apply(self, apply: m.Apply) -> Code:
        arguments = [Argument(self.lower(argument)) for argument in apply.arguments]
        if apply.by is not None:
            arguments.append(keyword("by", Constant(apply.by)))
        return planc(RENAMED.get(apply.function, apply.function), *arguments)

    def operator(self, operator: m.Operator) -> Code:
        op, operands = operator.op, operator.operands
        if op in _FUNCTIONS:
            return planc(_FUNCTIONS[op], *map(self.lower, operands))
        if op == "negate":
            return Negative(self.operand(operands[0]))
        left, right = operands
        if op in _MIRRORED and is_plain(left):
            # A Python value on the left would answer the comparison itself, at once.
            op, left, right = _MIRRORED[op], right, left
        return Operation(op, self.left(left), self.lower(right))

    def left(self, expression: m.Expression) -> Code:
        return self.lower(expression) if is_number(expression) else self.operand(expression)

    def measure(self, measure: m.Measure) -> Code:
        arguments: list[Argument] = []
        if measure.name == "latency":
            arguments.append(Argument(Constant(measure.stat or "mean")))
        if measure.metric is not None:
            arguments += [Argument(Constant(measure.stat)), Argument(self.lower(measure.metric))]
        if measure.target is not None:
            arguments.append(Argument(self.lower(measure.target)))
        if measure.labels is not None:
            arguments.append(keyword("labels", self.operand(measure.labels)))
        if measure.of is not None:
            arguments.append(keyword("of", Constant(measure.of)))
        if measure.workload is not None:
            arguments.append(keyword("on", self.lower(measure.workload)))
        if measure.window is not None:
            arguments.append(keyword("window", self.window(measure.window)))
        return planc(MEASURES.get(measure.name, measure.name), *arguments)

    def window(self, window: m.Window) -> Code:
        if window.form == "between":
            return planc("between_marks", Constant(window.start), Constant(window.end))
        return planc(window.form.replace(" ", "_"))


def is_number(expression: m.Expression) -> bool:
    return isinstance(expression, m.Constant) and isinstance(expression.value, int | float)


def is_plain(expression: m.Expression) -> bool:
    """Say whether an expression is nothing but a Python literal."""
    match expression:
        case m.Constant():
            return True
        case m.ListOf(items=items):
            return all(map(is_plain, items))
        case m.RecordOf(fields=fields):
            return all(is_plain(value) for _, value in fields)
    return False


def is_expression(expression: m.Expression) -> bool:
    """Say whether an expression is lowered to a `planc.Expr`, and not to a bare Python value."""
    return not isinstance(expression, m.Constant | m.ListOf | m.RecordOf | m.Interval | m.Spread)
