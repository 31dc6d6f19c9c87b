"""`x.y`: the name of a library, a node of a cluster, or a field of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planc import model as m
from planc.analysis.scope import Scope
from planc.analysis.symbols import Symbol
from planc.analysis.types import named
from planc.source.span import Span
from planc.syntax import nodes as n

if TYPE_CHECKING:
    from planc.analysis.expressions import Expressions

NODE_FIELDS = (
    "name", "ip", "ip6", "zone", "index", "cluster", "running", "role", "status", "data", "log",
    "spare",
)  # fmt: skip
MOCK_FIELDS = ("url", "requests")
WITH_FIELDS = ("any", "record", "list")


def attribute(of: Expressions, node: n.Attribute, scope: Scope) -> m.Expression:
    """Resolve `value.name`."""
    owner = node.value
    if isinstance(owner, n.Name):
        local = scope.find(owner.id)
        if local is None and owner.id in scope.file.aliases and not scope.owners(owner.id):
            symbol = of_alias(of, node, scope, "name")
            return of.names.reference(symbol, node.span) if symbol else of.anything(node.span)
        if local is not None and local.fields is not None and node.name not in local.fields:
            what = local.what or "field"
            message = f"there is no {what} `{node.name}`"
            of.problems.unknown("unknown-field", name_span(node), message, node.name, local.fields)
            return of.anything(node.span)
    return _field(of, node, of.analyse(owner, scope))


def _field(of: Expressions, node: n.Attribute, owner: m.Expression) -> m.Expression:
    span, name = node.span, node.name
    if owner.type == "cluster" and isinstance(owner, m.Reference):
        return _of_cluster(of, node, owner)
    if owner.type == "nodes":
        _known(of, node, "node", NODE_FIELDS)
        if name == "status" and (services := of.names.services(owner)):
            of.functions.check_status(span, services)
    elif owner.type == "mock":
        _known(of, node, "mock", MOCK_FIELDS)
    elif owner.type not in WITH_FIELDS:
        of.problems.report(
            "no-such-field",
            span,
            f"{named(owner.type)} has no fields",
            label=f"there is no `.{name}` of it",
        )
    return m.Member(span=span, type="any", value=owner, field=name)


def _of_cluster(of: Expressions, node: n.Attribute, owner: m.Reference) -> m.Expression:
    cluster = of.names.model(owner.key)
    if not isinstance(cluster, m.Cluster):
        return of.anything(node.span)
    if node.name in cluster.node_names or (not cluster.counted and of.names.may_be_node(node.name)):
        return m.NodeReference(span=node.span, type="nodes", cluster=owner, name=node.name)
    if node.name in ("url", "endpoint"):
        return m.Apply(span=node.span, type="text", function=node.name, arguments=(owner,))
    if node.name not in NODE_FIELDS:
        of.problems.unknown(
            "unknown-node",
            name_span(node),
            f"the cluster `{cluster.name}` has no node `{node.name}`",
            node.name,
            (*cluster.node_names, *NODE_FIELDS)
            if len(cluster.node_names) > 8
            else cluster.node_names,
        )
    return m.Member(span=node.span, type="any", value=owner, field=node.name)


def _known(of: Expressions, node: n.Attribute, what: str, fields: tuple[str, ...]) -> None:
    if node.name not in fields:
        of.problems.unknown(
            "unknown-field", name_span(node), f"a {what} has no `{node.name}`", node.name, fields
        )


def of_alias(of: Expressions, node: n.Attribute, scope: Scope, kind: str) -> Symbol | None:
    """Resolve `alias.name`, the name of a library that was used `as alias`."""
    library = scope.file.aliases.get(node.value.id) if isinstance(node.value, n.Name) else None
    if library is None:
        if not scope.file.incomplete:
            of.problems.report(
                f"unknown-{kind}" if kind != "name" else "unknown-name",
                node.span,
                f"what stands before `.{node.name}` is no library",
                help='libraries get a name by `use "path" as name`',
            )
        return None
    symbol = library.symbols.get(node.name)
    if symbol is None and not library.incomplete:
        of.problems.unknown(
            "unknown-name",
            name_span(node),
            f"`{library.path}` declares no `{node.name}`",
            node.name,
            library.symbols,
        )
    return symbol


def name_span(node: n.Attribute) -> Span:
    """Return where the part after the dot stands."""
    span = node.span
    width = len(node.name)
    if span.line != span.end_line or span.end - span.start < width:
        return span
    return span._replace(start=span.end - width, column=span.end_column - width)
