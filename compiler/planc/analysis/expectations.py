"""Resolve `expect`: what the history, the numbers, and the state must be."""

from __future__ import annotations

from planc import model as m
from planc.analysis.calls import Calls
from planc.analysis.expressions import Expressions
from planc.analysis.operators import check_pattern, condition
from planc.analysis.scope import Scope
from planc.analysis.types import COMPUTABLE, fits, named, replace, with_unit
from planc.syntax import nodes as n
from planc.vocabulary import MEASURES

_MILLISECONDS = ("latency", "send lag")


class Expectations:
    def __init__(self, of: Expressions) -> None:
        self.of = of
        self.problems = of.problems

    def expectation(self, node: n.Expectation, scope: Scope) -> m.Expectation:
        """Resolve any expectation."""
        match node:
            case n.ExpectCondition():
                return m.ExpectCondition(
                    span=node.span,
                    condition=condition(self.of, node.condition, scope, "what is expected"),
                    window=self.window(node.window) if node.window else None,
                )
            case n.ExpectHistory():
                return self.history(node, scope)
            case n.ExpectMeasure():
                return self.measure(node, scope)
            case n.ExpectTransitions():
                return m.ExpectTransitions(span=node.span)
            case n.ExpectSchema(value=value, schema=schema):
                return m.ExpectSchema(
                    span=node.span,
                    value=self.of.analyse(value, scope),
                    json_schema=self.of.analyse(schema, scope),
                )
            case n.ExpectNoLogLine():
                return self.log(node, scope)
            case n.ExpectPython(call=call):
                made = Calls(self.of).python(call, scope)
                return m.ExpectPython(span=node.span, call=made)

    def history(self, node: n.ExpectHistory, scope: Scope) -> m.ExpectHistory:
        workload = (
            self.of.names.declared(node.workload, scope, "workload") if node.workload else None
        )
        own = Calls(self.of).python(node.python, scope).reference if node.python else None
        return m.ExpectHistory(
            span=node.span,
            property=node.property,
            negated=node.negated,
            model=own or node.model,
            workload=workload,
        )

    def log(self, node: n.ExpectNoLogLine, scope: Scope) -> m.ExpectNoLogLine:
        pattern = self.of.analyse(node.pattern, scope)
        check_pattern(self.of, pattern, node.pattern)
        target = node.target
        return m.ExpectNoLogLine(
            span=node.span,
            pattern=pattern,
            target=self.of.typed(target, scope, "nodes", "whose log it is") if target else None,
            ignoring_case=node.ignoring_case,
            window=self.window(node.window) if node.window else None,
            excepted=tuple(self.window(each) for each in node.excepted),
        )

    def window(self, node: n.Window) -> m.Window:
        start = self.of.plain(node.start, "the name of a mark") if node.start else None
        end = self.of.plain(node.end, "the name of a mark") if node.end else None
        return m.Window(span=node.span, form=node.kind, start=start, end=end)

    # --- numbers --------------------------------------------------------------------------------

    def measure(self, node: n.ExpectMeasure, scope: Scope) -> m.ExpectMeasure:
        measure = self.of.measure(node.measure, scope)
        if node.window:
            measure = measure.changed(window=self.window(node.window))
        self.check_operation(node.measure)
        value = self.limit(node.value, measure, scope) if node.value is not None else None
        amount = node.amount
        return m.ExpectMeasure(
            span=node.span,
            measure=measure,
            form=node.form,
            value=value,
            amount=self.of.amount(amount, scope, "percent", "the tolerance") if amount else None,
        )

    def check_operation(self, node: n.Measure) -> None:
        word = MEASURES.get(node.name)
        if node.of is not None and word is not None and not word.per_operation:
            self.problems.report(
                "measure-of-operation",
                node.span,
                f"{node.name} is not measured of single operations",
                help=f"leave out `of {node.of}`",
            )

    def limit(self, node: n.Expr, measure: m.Measure, scope: Scope) -> m.Expression:
        """Analyse what a measure is compared with; a percent must be one, a duration too."""
        found = self.of.analyse(node, scope)
        if measure.name == "metric":
            return self.limit_of_metric(found, node)
        if fits(found.type, measure.type):
            if measure.type == "percent":
                return self.of.amount(node, scope, "percent", measure.name)
            return found
        proposed = with_unit(node, measure.type, small=measure.name in _MILLISECONDS)
        self.problems.report(
            "missing-unit" if proposed else "not-comparable",
            node.span,
            f"{measure.name} is {named(measure.type)}, this is {named(found.type)}",
            help=f"did you mean `{proposed}`?" if proposed else "",
            fix=replace(node.span, proposed),
        )
        return self.of.anything(node.span)

    def limit_of_metric(self, found: m.Expression, node: n.Expr) -> m.Expression:
        """Metrics count anything in their base units: seconds, bytes, things, these per second."""
        if found.type in COMPUTABLE - {"bandwidth"} or found.type == "any":
            return found
        self.problems.report(
            "not-comparable",
            node.span,
            f"a metric is a number, this is {named(found.type)}",
            help="write a number, or a quantity with its unit: 64MiB, 50ms, 10/s",
        )
        return self.of.anything(node.span)
