"""Typed, resolved expressions: every name says what it means, every unit is SI.

`type` is the printed form of a type of `planc.analysis.types` ("duration", "list of node", "any").
Durations are seconds, percents 0..1, sizes bytes, rates per second, bandwidths bits per second.
"""

from __future__ import annotations

from typing import Literal

from planc.model.base import Item

Scalar = str | int | float | bool | None
Means = Literal[
    "let",
    "variable",
    "parameter",
    "column",
    "loop",
    "word",
    "cluster",
    "client",
    "workload",
    "service",
    "mock",
    "machine",
    "history",
]
"""What a name stands for."""


class Typed(Item):
    type: str


class Constant(Typed):
    """A literal, or what constant arithmetic came to."""

    kind: Literal["constant"] = "constant"
    value: Scalar
    written: str = ""
    """As it stood in the plan (`50ms`), for readers; empty when it was computed."""


class Reference(Typed):
    """A name. `means` says of what; declarations are found by `key` in `Plan.declarations`."""

    kind: Literal["reference"] = "reference"
    name: str
    means: Means
    key: str = ""
    value: Scalar = None
    """Of a `let` whose value is known at compile time."""
    known: bool = False


class NodeReference(Typed):
    kind: Literal["node"] = "node"
    cluster: Reference
    name: str


class Member(Typed):
    """`value.field`."""

    kind: Literal["member"] = "member"
    value: Expression
    field: str


class Element(Typed):
    """`value[index]`."""

    kind: Literal["element"] = "element"
    value: Expression
    index: Expression


class Apply(Typed):
    """A builtin function or a target form (any_of, each, all_of, zone, others, group)."""

    kind: Literal["apply"] = "apply"
    function: str
    arguments: tuple[Expression, ...] = ()
    by: str | None = None


class Operator(Typed):
    """`op` is + - * / == != < <= > >= and or not negate in contains matches or_none."""

    kind: Literal["operator"] = "operator"
    op: str
    operands: tuple[Expression, ...]


class Template(Typed):
    """A text with interpolated parts; two plain parts never meet."""

    kind: Literal["template"] = "template"
    parts: tuple[str | Expression, ...]


class PeersTemplate(Typed):
    """`{peers "TEXT" join ","}`: TEXT once for each node of the cluster."""

    kind: Literal["peers"] = "peers"
    template: Expression
    separator: str


class ListOf(Typed):
    kind: Literal["list"] = "list"
    items: tuple[Expression, ...]


class RecordOf(Typed):
    kind: Literal["record"] = "record"
    fields: tuple[tuple[str, Expression], ...]


class Interval(Typed):
    """`3s..6s`: drawn anew each time, from the scenario's seed."""

    kind: Literal["interval"] = "interval"
    low: Expression
    high: Expression


class Spread(Typed):
    """`80ms +/- 20ms`."""

    kind: Literal["spread"] = "spread"
    center: Expression
    spread: Expression


class Conditional(Typed):
    kind: Literal["conditional"] = "conditional"
    condition: Expression
    then: Expression
    otherwise: Expression


class Window(Item):
    """During which part of the run a number or condition is judged."""

    form: str
    """during faults, outside faults, before faults, after heal, or between (two marks)."""
    start: str | None = None
    end: str | None = None


class Measure(Typed):
    """A number of the run: `p99 latency of write on registers outside faults`."""

    kind: Literal["measure"] = "measure"
    name: str
    stat: str | None = None
    of: str | None = None
    workload: Reference | None = None
    target: Expression | None = None
    metric: Expression | None = None
    """The name of a Prometheus metric, of which `stat` is increase, rate, max, min or mean."""
    labels: Expression | None = None
    window: Window | None = None


Expression = (
    Constant
    | Reference
    | NodeReference
    | Member
    | Element
    | Apply
    | Operator
    | Template
    | PeersTemplate
    | ListOf
    | RecordOf
    | Interval
    | Spread
    | Conditional
    | Measure
)
