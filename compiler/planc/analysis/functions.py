"""Calls of the language's functions, and the forms that say which nodes are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planc import model as m
from planc.analysis import numbers
from planc.analysis.problems import Problems
from planc.analysis.scope import Scope
from planc.analysis.types import fits, named
from planc.source.span import Span
from planc.syntax import nodes as n
from planc.vocabulary import FUNCTIONS, FunctionWord

if TYPE_CHECKING:
    from planc.analysis.expressions import Expressions

_OF_ROLES = {"leader": ("leader",), "leaders": ("leader",), "followers": ("follower", "leader")}
_COUNTED_BY = ("leaders", "followers", "leader")
_WITH_PORT = ("endpoint", "url")


class Functions:
    def __init__(self, of: Expressions, problems: Problems) -> None:
        self.of = of
        self.problems = problems

    def call(self, node: n.Call, scope: Scope) -> m.Expression:
        """Resolve `f(x, ...)`."""
        name = node.function.id if isinstance(node.function, n.Name) else ""
        word = FUNCTIONS.get(name)
        if word is None:
            self.unknown(node, scope)
            return self.of.anything(node.span)
        if not self.arity(node, word):
            return self.of.anything(node.span)
        arguments = self.arguments(node, word, scope)
        self.check_roles(node, name, arguments)
        self.check_by(node, word, arguments)
        return m.Apply(
            span=node.span,
            type=self.result(word, arguments),
            function=name,
            arguments=arguments,
            by=node.by,
        )

    def unknown(self, node: n.Call, scope: Scope) -> None:
        function = node.function
        symbol = scope.file.find(function.id) if isinstance(function, n.Name) else None
        if symbol is not None and symbol.kind == "fault":
            self.of.names.reference(symbol, node.span)
            return
        word = function.id if isinstance(function, n.Name) else function.name
        self.problems.unknown(
            "unknown-function",
            function.span,
            f"there is no function `{word}`",
            word,
            FUNCTIONS,
            help=self.instead(word),
        )

    def instead(self, word: str) -> str:
        """Say what is written instead of a function that is not there: roles are asked of nodes."""
        role = word.removesuffix("s")
        if role in self.of.names.roles():
            return (
                f'ask a node for its role, `n1.role == "{role}"`; `leader` is the one found by it'
            )
        return 'your own are called by python "module:name"(...)'

    def arity(self, node: n.Call, word: FunctionWord) -> bool:
        given, wanted = len(node.arguments), len(word.parameters)
        least = wanted - 1 if word.name in _WITH_PORT else wanted
        if least <= given <= wanted or (word.variadic and given > wanted):
            return True
        self.problems.report(
            "wrong-arity",
            node.span,
            f"`{word.name}` takes {wanted} argument{'s' * (wanted != 1)}, not {given}",
        )
        return False

    def arguments(self, node: n.Call, word: FunctionWord, scope: Scope) -> tuple[m.Expression, ...]:
        made: list[m.Expression] = []
        for position, argument in enumerate(node.arguments):
            want = word.parameters[min(position, len(word.parameters) - 1)]
            if word.name in _WITH_PORT and position == 1:
                made.append(self.port(argument, made[0], scope))
            else:
                what = f"what `{word.name}` is given"
                made.append(self.of.typed(argument, scope, want, what))
        return tuple(made)

    def port(self, node: n.Expr, target: m.Expression, scope: Scope) -> m.Expression:
        """Read the name of a port, which is no variable; check it where the cluster is known."""
        if not isinstance(node, n.Name):
            return self.of.text(node, scope, "the name of a port")
        ports = [
            port for service in self.of.names.services(target) for port in service.port_names()
        ]
        if self.of.names.services(target) and node.id not in ports:
            self.problems.unknown(
                "unknown-port", node.span, f"there is no port `{node.id}`", node.id, ports
            )
        return m.Constant(span=node.span, type="text", value=node.id)

    def check_roles(self, node: n.Call, name: str, arguments: tuple[m.Expression, ...]) -> None:
        """leader(C) needs to know how a leader is recognised."""
        needed = _OF_ROLES.get(name)
        services = self.of.names.services(arguments[0]) if arguments else []
        if services and needed:
            roles = {role for service in services for role in service.role_names()}
            if not roles.intersection(needed):
                self.problems.report(
                    "no-such-role",
                    node.span,
                    f"`{services[0].name}` does not say how a leader is recognised",
                    help=f"declare it in the service: role {needed[0]} when status.role == "
                    f'"{needed[0]}"',
                )
        if services and name == "status":
            self.check_status(node.span, services)

    def check_status(self, span: Span, services: list[m.Service]) -> None:
        if not any(service.status for service in services):
            self.problems.report(
                "no-status",
                span,
                f"`{services[0].name}` does not say where its status is read",
                help='declare it in the service: status GET "/status" on PORT',
            )

    def check_by(
        self, node: n.Call, word: FunctionWord, arguments: tuple[m.Expression, ...]
    ) -> None:
        if node.by is None:
            return
        counted = arguments[0] if arguments else None
        fine = isinstance(counted, m.Apply) and counted.function in _COUNTED_BY
        if not word.by or not fine:
            self.problems.report(
                "misplaced-by",
                node.span,
                f"`by {node.by}` goes only with count(leaders(C)) and count(followers(C))",
            )
        elif isinstance(counted, m.Apply) and (services := self.of.names.services(counted)):
            self.check_status(node.span, services)

    def result(self, word: FunctionWord, arguments: tuple[m.Expression, ...]) -> str:
        """min, max, first ... of values of one type are of that type."""
        if word.name in ("min", "max") and len(arguments) > 1:
            kinds = {argument.type for argument in arguments}
            return kinds.pop() if len(kinds) == 1 else "any"
        if word.name in ("first", "last") and arguments[0].type in ("nodes", "cluster"):
            return "nodes"
        return word.returns

    # --- which nodes ----------------------------------------------------------------------------

    def target(self, node: n.Expr, scope: Scope) -> m.Expression:
        """`any 2 of T`, `each of T`, `all of T`, `zone NAME of T`, `others`."""
        span = node.span
        match node:
            case n.AnyOf(count=count, of=of):
                one = m.Constant(span=span, type="number", value=1)
                drawn = (
                    self.of.amount(count, scope, "number", "how many nodes", positive=True)
                    if count
                    else one
                )
                return self.some(span, drawn, self.nodes(of, scope))
            case n.EachOf(of=of):
                return self.applied(span, "each", self.nodes(of, scope))
            case n.AllOf(of=of):
                return self.applied(span, "all_of", self.nodes(of, scope))
            case n.ZoneOf(zone=zone, of=of):
                return self.zone(span, zone, self.nodes(of, scope))
            case n.Others():
                return m.Apply(span=span, type="nodes", function="others")
        raise TypeError(f"not an expression: {type(node).__name__}")

    def nodes(self, node: n.Expr, scope: Scope) -> m.Expression:
        """Analyse an expression that must be nodes; a list of nodes is a group of them."""
        found = self.of.analyse(node, scope)
        if isinstance(found, m.ListOf):
            bad = [item for item in found.items if not fits(item.type, "nodes")]
            for item in bad:
                self.problems.report("not-nodes", item.span, f"{named(item.type)} is not a node")
            return self.applied(node.span, "group", *found.items)
        if not fits(found.type, "nodes"):
            self.problems.report(
                "not-nodes",
                node.span,
                f"{named(found.type)} is not a node or a set of nodes",
                help="say which nodes: n1, any 2 of store, leader(store)",
            )
            return self.of.anything(node.span)
        return found

    def applied(self, span: Span, function: str, *arguments: m.Expression) -> m.Apply:
        return m.Apply(span=span, type="nodes", function=function, arguments=arguments)

    def some(self, span: Span, drawn: m.Expression, population: m.Expression) -> m.Expression:
        wanted = numbers.number_of(drawn)
        cluster = self.of.names.cluster(population)
        if wanted and cluster and cluster.counted and wanted > len(cluster.node_names):
            self.problems.report(
                "too-many-nodes",
                span,
                f"`{cluster.name}` has {len(cluster.node_names)} nodes, not {wanted:g}",
            )
        return self.applied(span, "any_of", drawn, population)

    def zone(self, span: Span, zone: str, population: m.Expression) -> m.Expression:
        cluster = self.of.names.cluster(population)
        if cluster is not None:
            zones = sorted({member.zone for member in cluster.members if member.zone})
            if zone not in zones:
                self.problems.unknown(
                    "unknown-zone",
                    span,
                    f"`{cluster.name}` has no nodes in a zone `{zone}`",
                    zone,
                    zones,
                    help="nodes are placed by `nodes 3 of SERVICE in zone NAME`",
                )
        name = m.Constant(span=span, type="text", value=zone)
        return self.applied(span, "zone", name, population)
