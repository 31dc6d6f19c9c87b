"""What a name in an expression means: a local, a node, a declared thing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planc import model as m
from planc.analysis import members, numbers
from planc.analysis.problems import Problems
from planc.analysis.scope import Scope
from planc.analysis.symbols import FileSymbols, Symbol
from planc.source.span import Span
from planc.syntax import nodes as n
from planc.vocabulary.expectations import MEASURES

if TYPE_CHECKING:
    from planc.analysis.expressions import Expressions

_NODE_NAME = re.compile(r"n[1-9]\d*")
_MEASURED = [word.name for word in MEASURES.values() if word.name.isidentifier()]
"""What is no name but stands where one may: `expect availabilty >= 99%`."""


class Names:
    """Resolve names; `registry` finds every declaration of every file by its key."""

    def __init__(self, of: Expressions, problems: Problems, registry: dict[str, Symbol]) -> None:
        self.of = of
        self.problems = problems
        self.registry = registry
        self.unsure: set[str] = set()
        """What nodes are called of which nobody knows how many there are: `n`, or a label."""

    def name(self, node: n.Name, scope: Scope) -> m.Expression:
        local = scope.find(node.id)
        if local is not None:
            return m.Reference(span=node.span, type=local.type, name=node.id, means=local.means)
        if owners := scope.owners(node.id):
            return self.node(node, owners, scope)
        symbol = scope.file.find(node.id)
        if symbol is not None:
            return self.reference(symbol, node.span)
        if node.id == "history":
            return m.Reference(span=node.span, type="history", name="history", means="history")
        self.unknown_name(node, scope)
        return self.of.anything(node.span)

    def unknown_name(self, node: n.Name, scope: Scope, what: str = "name") -> None:
        if scope.is_incomplete() or scope.file.incomplete:
            return
        if node.id.rstrip("0123456789") in self.unsure:
            return
        self.problems.unknown(
            "unknown-name",
            node.span,
            f"there is no {what} `{node.id}` here",
            node.id,
            scope.known(),
            also=_MEASURED,
            help="a node is known by its name in scenarios that use its cluster"
            if _NODE_NAME.fullmatch(node.id)
            else "",
        )

    def node(self, node: n.Name, owners: list[str], scope: Scope) -> m.Expression:
        """Resolve the name of a node that stands without its cluster."""
        if len(owners) > 1:
            names = [self.short(owner) for owner in owners]
            listed = " and ".join(f"`{name}`" for name in names)
            self.problems.report(
                "ambiguous-node",
                node.span,
                f"{listed} each have a node `{node.id}`",
                help=f"say which: `{names[0]}.{node.id}`",
            )
        cluster = m.Reference(
            span=node.span,
            type="cluster",
            name=self.short(owners[0]),
            means="cluster",
            key=owners[0],
        )
        return m.NodeReference(span=node.span, type="nodes", cluster=cluster, name=node.id)

    def short(self, key: str) -> str:
        symbol = self.registry.get(key)
        return symbol.name if symbol else key.rpartition("#")[2]

    def reference(self, symbol: Symbol, span: Span) -> m.Expression:
        """Refer to a declared thing; its type is its kind, or that of a `let`'s value."""
        kind = symbol.kind
        model = symbol.model
        if kind == "fault":
            self.problems.report(
                "fault-as-value",
                span,
                f"`{symbol.name}` is a fault: it is done, not computed",
                help=f"as a statement: {symbol.name}(...)",
            )
            return self.of.anything(span)
        if model is None:
            return self.of.anything(span)
        if isinstance(model, m.Let):
            value = model.value
            known = numbers.known(value)
            return m.Reference(
                span=span,
                type=value.type,
                name=symbol.name,
                means="let",
                key=symbol.key,
                value=numbers.value_of(value) if known else None,
                known=known,
            )
        return m.Reference(
            span=span, type=kind, name=symbol.name, means=_MEANS[kind], key=symbol.key
        )

    def declared(self, node: n.Name | n.Attribute, scope: Scope, kind: str) -> m.Reference | None:
        """Resolve the name of a declaration of a certain kind, `alias.name` included."""
        symbol = self.symbol(node, scope, kind)
        if symbol is None:
            return None
        if symbol.kind != kind:
            self.problems.report(
                "wrong-kind",
                node.span,
                f"`{symbol.name}` is a {symbol.kind}, not a {kind}",
                help=_nearest_of_kind(scope.file, kind),
            )
            return None
        return (
            m.Reference(
                span=node.span, type=kind, name=symbol.name, means=_MEANS[kind], key=symbol.key
            )
            if symbol.model is not None
            else None
        )

    def symbol(self, node: n.Name | n.Attribute, scope: Scope, kind: str) -> Symbol | None:
        if isinstance(node, n.Attribute):
            return members.of_alias(self.of, node, scope, kind)
        symbol = scope.file.find(node.id)
        if symbol is None and not scope.file.incomplete and not scope.is_incomplete():
            known = scope.file.of_kind(kind)
            self.problems.unknown(
                f"unknown-{kind}",
                node.span,
                f"there is no {kind} `{node.id}`",
                node.id,
                known,
                help="" if known else f"no {kind} is declared here",
            )
        return symbol

    # --- what is known of declared things -------------------------------------------------------

    def model(self, key: str) -> m.Declaration | None:
        symbol = self.registry.get(key)
        return symbol.model if symbol else None

    def cluster(self, expression: m.Expression | None) -> m.Cluster | None:
        """Return the cluster that an expression names, if it is one and nothing more."""
        if isinstance(expression, m.Reference) and expression.means == "cluster":
            found = self.model(expression.key)
            return found if isinstance(found, m.Cluster) else None
        return None

    def services(self, target: m.Expression) -> list[m.Service]:
        """Return the services of the nodes that a target stands for; none when it is not known."""
        match target:
            case m.NodeReference():
                return self.service_of(target)
            case m.Apply(arguments=(*_, last)) if target.type == "nodes":
                return self.services(last)
        cluster = self.cluster(target)
        keys = [member.service.key for member in cluster.members] if cluster else []
        found = [self.model(key) for key in keys]
        return [service for service in found if isinstance(service, m.Service)]

    def roles(self) -> set[str]:
        """Return every role that a service declares."""
        services = [each.node for each in self.registry.values()
                    if isinstance(each.node, n.Service)]  # fmt: skip
        return {item.name.id for service in services for item in service.body
                if isinstance(item, n.Role)}  # fmt: skip

    def service_of(self, node: m.NodeReference) -> list[m.Service]:
        """Return the service that one node runs, if it is known."""
        cluster = self.cluster(node.cluster)
        if cluster is None or node.name not in cluster.node_names:
            return []
        key = cluster.node_services[cluster.node_names.index(node.name)]
        found = self.model(key)
        return [found] if isinstance(found, m.Service) else []

    def may_be_node(self, name: str) -> bool:
        return _NODE_NAME.fullmatch(name) is not None


_MEANS: dict[str, m.Means] = {
    kind: kind for kind in ("cluster", "client", "workload", "service", "mock", "machine")
}


def _nearest_of_kind(file: FileSymbols, kind: str) -> str:
    names = [f"`{name}`" for name in file.of_kind(kind)]
    return f"{kind}s of this file: {', '.join(names)}" if names else f"no {kind} is declared here"
