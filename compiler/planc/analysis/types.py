"""Types of expressions: which fit where, and what people mean when one does not.

Beside the types of the vocabulary there are those of declared things: a cluster is a set of nodes,
a mock or a client is only itself. `any` comes from outside and fits everywhere.
"""

from __future__ import annotations

from decimal import Decimal

from planc.diagnostics import Edit
from planc.source.span import Span
from planc.syntax import nodes as n

_FITS: dict[str, frozenset[str]] = {
    "nodes": frozenset({"nodes", "cluster", "list"}),
    "list": frozenset({"list", "nodes", "cluster"}),
}

QUANTITIES = frozenset({"duration", "size", "rate", "bandwidth", "percent"})
COMPUTABLE = QUANTITIES | {"number"}

_ARTICLES = {
    "any": "a value",
    "nodes": "nodes",
    "text": "a text",
    "bool": "a condition",
    "none": "none",
    "history": "the history",
}

EXAMPLES = {
    "duration": "50ms",
    "size": "64KiB",
    "rate": "100/s",
    "bandwidth": "1Mbit/s",
    "percent": "95%",
    "number": "3",
    "text": '"text"',
    "list": "[1, 2]",
    "nodes": "n1",
}

_PROPOSED = {"duration": "s", "size": "B", "rate": "/s", "bandwidth": "Mbit/s", "percent": "%"}


def fits(got: str, want: str) -> bool:
    """Say whether a value of type `got` can stand where `want` is needed."""
    return got == want or "any" in (got, want) or got in _FITS.get(want, ())


def named(type_name: str) -> str:
    """Return the type with its article: "a duration", "nodes"."""
    return _ARTICLES.get(type_name, f"a {type_name}")


def with_unit(node: n.Expr, want: str, *, small: bool = False) -> str | None:
    """Propose a bare number with the unit it probably lacks: `50` -> `50ms` where times are small.

    None when `node` is not a bare number or no unit is missing.
    """
    if not isinstance(node, n.Number) or want not in _PROPOSED:
        return None
    if want == "percent" and isinstance(node.value, float) and 0 < node.value <= 1:
        return f"{float(Decimal(str(node.value)) * 100):g}%"  # 0.95 was meant as 95%.
    unit = "ms" if want == "duration" and small else _PROPOSED[want]
    return f"{node.value}{unit}"


def replace(span: Span, text: str | None) -> tuple[Edit, ...]:
    """Make the fix that a proposal allows."""
    return (Edit(span, text),) if text else ()
