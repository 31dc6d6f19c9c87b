"""Resolve and type expressions: a tree of words becomes a tree of meanings."""

from __future__ import annotations

import re

from planc import model as m
from planc.analysis import members, numbers, operators
from planc.analysis.functions import Functions
from planc.analysis.naming import Names
from planc.analysis.problems import Problems
from planc.analysis.requirements import Requirements
from planc.analysis.scope import Local, Scope
from planc.analysis.symbols import Symbol
from planc.analysis.types import fits, named
from planc.source.span import Span
from planc.syntax import nodes as n
from planc.vocabulary import LATENCY_STATS, MEASURES, UNITS

PERCENTILE = re.compile(r"p(\d{1,2}(\.\d+)?|100)")
PEER_WORDS = ("name", "ip", "ip6", "index", "zone")
"""What `{peers "..."}` may say of each node of the cluster, beside its ports."""
_WHOLE_THINGS = ("cluster", "client", "service", "workload", "machine", "history")


class Expressions(Requirements):
    """Analyse expressions of any file into one collection of problems."""

    def __init__(self, problems: Problems, registry: dict[str, Symbol]) -> None:
        super().__init__(problems)
        self.names = Names(self, problems, registry)
        self.functions = Functions(self, problems)

    def analyse(self, node: n.Expr, scope: Scope) -> m.Expression:
        """Resolve and type any expression."""
        span = node.span
        match node:
            case n.Number(value=value):
                return self.literal(node, "number", value, f"{value}")
            case n.Quantity(value=value, unit=unit):
                return self.quantity(node, value, unit)
            case n.Bool(value=value):
                return m.Constant(span=span, type="bool", value=value, written=str(value).lower())
            case n.NoneLiteral():
                return m.Constant(span=span, type="none", value=None, written="none")
            case n.Text():
                return self.template(node, scope)
            case n.PeersText(template=template, separator=separator):
                return self.peers(node, template, separator, scope)
            case n.Name():
                return self.names.name(node, scope)
            case n.Attribute():
                return members.attribute(self, node, scope)
            case n.Index(value=value, index=index):
                return self.element(span, value, index, scope)
            case n.Call():
                return self.functions.call(node, scope)
            case n.ListLiteral(items=items):
                made = tuple(self.analyse(item, scope) for item in items)
                return m.ListOf(span=span, type="list", items=made)
            case n.Record(fields=fields):
                return self.record(span, fields, scope)
            case n.Range(low=low, high=high):
                return self.interval(span, low, high, scope)
            case n.Spread(center=center, spread=spread):
                return self.spread(span, center, spread, scope)
            case n.Unary():
                return operators.unary(self, node, scope)
            case n.Binary():
                return operators.binary(self, node, scope)
            case n.Conditional():
                return operators.conditional(self, node, scope)
            case n.Measure():
                return self.measure(node, scope)
        return self.functions.target(node, scope)

    def literal(self, node: n.Expr, type_name: str, value: float, written: str) -> m.Expression:
        if not numbers.is_sane(value):
            self.problems.report("number-too-large", node.span, f"`{written[:20]}` is too large")
            return self.anything(node.span)
        return m.Constant(span=node.span, type=type_name, value=value, written=written)

    def quantity(self, node: n.Quantity, value: float, unit: str) -> m.Expression:
        if unit not in UNITS:
            known = [word for word in UNITS if word[0].isalpha()]
            self.problems.unknown(
                "unknown-unit", node.span, f"there is no unit `{unit}`", unit, known
            )
            return self.anything(node.span)
        if not numbers.is_sane(value):
            return self.literal(node, UNITS[unit].type, value, f"{value}{unit}")
        found = numbers.to_si(value, unit)
        return self.literal(node, UNITS[unit].type, found, f"{value}{unit}")

    def template(self, node: n.Text, scope: Scope) -> m.Expression:
        if all(isinstance(part, str) for part in node.parts):
            whole = "".join(part for part in node.parts if isinstance(part, str))
            return m.Constant(span=node.span, type="text", value=whole)
        parts = tuple(
            part if isinstance(part, str) else self.interpolated(part, scope)
            for part in node.parts
            if part != ""
        )
        return m.Template(span=node.span, type="text", parts=parts)

    def interpolated(self, node: n.Expr, scope: Scope) -> m.Expression:
        found = self.analyse(node, scope)
        if found.type in _WHOLE_THINGS:
            self.problems.report(
                "wrong-type",
                node.span,
                f"a {found.type} cannot stand inside a text",
                help="say what of it: a node's name, its ip, its url"
                if found.type == "cluster"
                else "",
            )
        return found

    def peers(
        self, node: n.PeersText, template: n.Text, separator: str, scope: Scope
    ) -> m.Expression:
        if scope.find("node") is None:
            self.problems.report(
                "peers-outside-service",
                node.span,
                "`peers` tells a node who the others are: it belongs into a service",
            )
            return self.anything(node.span)
        words = {word: Local("word", "any") for word in PEER_WORDS}
        inner = scope.inner({**words, "port": scope.find("port") or Local("word")})
        made = self.template(template, inner)
        return m.PeersTemplate(span=node.span, type="text", template=made, separator=separator)

    def element(self, span: Span, value: n.Expr, index: n.Expr, scope: Scope) -> m.Expression:
        owner, place = self.analyse(value, scope), self.analyse(index, scope)
        if owner.type not in ("any", "list", "record", "text", "nodes"):
            self.problems.report(
                "not-indexable", value.span, f"{named(owner.type)} has no elements to index"
            )
        elif place.type not in ("any", "number", "text"):
            self.problems.report(
                "wrong-type", index.span, f"an index is a number or a text, not {named(place.type)}"
            )
        return m.Element(span=span, type="any", value=owner, index=place)

    def record(
        self, span: Span, fields: tuple[tuple[str, n.Expr], ...], scope: Scope
    ) -> m.Expression:
        seen: set[str] = set()
        for key, value in fields:
            if key in seen:
                self.problems.report(
                    "duplicate-field", value.span, f"the record has two fields `{key}`"
                )
            seen.add(key)
        made = tuple((key, self.analyse(value, scope)) for key, value in fields)
        return m.RecordOf(span=span, type="record", fields=made)

    def interval(self, span: Span, low: n.Expr, high: n.Expr, scope: Scope) -> m.Expression:
        start, end = self.analyse(low, scope), self.analyse(high, scope)
        if not fits(end.type, start.type):
            self.mismatch(high, end.type, start.type, "the end of this range")
        first, last = numbers.number_of(start), numbers.number_of(end)
        if first is not None and last is not None and first > last:
            self.problems.report("empty-range", span, "the range ends before it begins")
        return m.Interval(span=span, type=start.type, low=start, high=end)

    def spread(self, span: Span, center: n.Expr, spread: n.Expr, scope: Scope) -> m.Expression:
        middle, around = self.analyse(center, scope), self.analyse(spread, scope)
        if not fits(around.type, middle.type):
            self.mismatch(spread, around.type, middle.type, "what follows `+/-`")
        width, value = numbers.number_of(around), numbers.number_of(middle)
        if width is not None and (width < 0 or (value is not None and 0 < value < width)):
            self.problems.report(
                "spread-too-wide", spread.span, "the spread is wider than what it spreads around"
            )
        return m.Spread(span=span, type=middle.type, center=middle, spread=around)

    def measure(self, node: n.Measure, scope: Scope) -> m.Measure:
        word = MEASURES.get(node.name)
        stat = node.stat
        of_latency = node.name == "latency" and stat not in LATENCY_STATS
        if stat and of_latency and not PERCENTILE.fullmatch(stat):
            self.problems.report(
                "unknown-percentile",
                node.span,
                f"`{stat}` is no percentile",
                help="write p50, p99 or p99.9, up to p100",
            )
        workload = self.names.declared(node.workload, scope, "workload") if node.workload else None
        target = (
            self.typed(node.target, scope, "nodes", "what is measured") if node.target else None
        )
        return m.Measure(
            span=node.span,
            type=word.type if word else "any",
            name=node.name,
            stat=stat,
            of=node.of,
            workload=workload,
            target=target,
            metric=self.text(node.metric, scope, "the metric") if node.metric else None,
            labels=self.analyse(node.labels, scope) if node.labels else None,
        )
