"""Resolve `cluster`: which nodes there are, what they are called, how their network is."""

from __future__ import annotations

from planc import model as m
from planc.analysis import numbers
from planc.analysis.bodies import Body
from planc.analysis.expressions import Expressions
from planc.analysis.scope import Scope
from planc.source.span import Span
from planc.syntax import nodes as n

MOST_NODES = 10_000


def cluster(of: Expressions, node: n.Cluster, key: str, scope: Scope, *, own: bool) -> m.Cluster:
    """Resolve a cluster; one of a scenario's `own` may count its nodes when the test runs."""
    return _Cluster(of, node, key, scope, own).model()


class _Cluster:
    def __init__(self, of: Expressions, node: n.Cluster, key: str, scope: Scope, own: bool) -> None:
        self.of = of
        self.problems = of.problems
        self.node = node
        self.key = key
        self.scope = scope
        self.own = own
        self.body = Body(of, f"the cluster `{node.name.id}`", node.body)
        self.names: dict[str, Span] = {}
        self.services: dict[str, str] = {}
        self.counted = not self.body.broken

    def model(self) -> m.Cluster:
        members = tuple(
            made for line in self.body.every(n.Nodes) if (made := self.member(line)) is not None
        )
        if not self.body.every(n.Nodes):
            self.body.missing(
                "empty-cluster",
                self.node.name.span,
                f"{self.body.what} has no nodes",
                "add `nodes 3 of SERVICE`",
            )
        retransmit = self.body.setting("retransmit")
        return m.Cluster(
            span=self.node.span,
            key=self.key,
            name=self.node.name.id,
            members=members,
            settings=self.settings(members),
            links=self.links(),
            retransmit=self.of.number(
                retransmit, self.scope, "duration", "`retransmit`", positive=True
            )
            if retransmit
            else None,
            node_names=tuple(self.names),
            node_services=tuple(self.services[name] for name in self.names),
            counted=self.counted,
        )

    # --- nodes ----------------------------------------------------------------------------------

    def member(self, line: n.Nodes) -> m.Nodes | None:
        known = self.problems.many
        count = self.count(line.count)
        if self.problems.many > known:
            # How many was a mistake: the nodes' names are not to be called unknown as well.
            self.of.names.unsure.add(line.label.id if line.label else "n")
        service = self.of.names.declared(line.service, self.scope, "service")
        before = set(self.names)
        self.name_nodes(line, count)
        key = service.key if service else ""
        self.services |= {name: key for name in self.names if name not in before}
        if service is None:
            self.counted = False
            return None
        return m.Nodes(
            span=line.span,
            count=count,
            service=service,
            label=line.label.id if line.label else None,
            zone=line.zone,
            spare=line.spare,
        )

    def count(self, node: n.Expr) -> m.Expression:
        """Read how many nodes; a cluster of a whole file cannot depend on a scenario."""
        what = "the number of nodes"
        found = self.of.amount(node, self.scope, "number", what, least=1, most=MOST_NODES)
        if not numbers.known(found) and not self.own and found.type != "any":
            self.problems.report(
                "not-constant", node.span, f"{what} must be known when the plan is compiled"
            )
        value = numbers.number_of(found)
        if value is not None and value != int(value):
            self.problems.report("not-whole", node.span, f"{what} must be a whole number")
        return found

    def name_nodes(self, line: n.Nodes, count: m.Expression) -> None:
        """Give n1..nK, or gw1..gwK by its label; a single labelled node is called `gw`."""
        number = self.largest(count)
        if number is None or not 0 < number <= MOST_NODES:
            self.counted = False
            return
        many = int(number)
        label = line.label.id if line.label else "n"
        first = sum(1 for name in self.names if name.startswith("n")) if not line.label else 0
        if line.label and many == 1:
            self.take(label, line)
            return
        names = [f"{label}{index}" for index in range(first + 1, first + many + 1)]
        taken = [name for name in names if name in self.names]
        for name in [*taken[:1], *(name for name in names if name not in taken)]:
            self.take(name, line)

    def largest(self, count: m.Expression) -> float | None:
        """Return the count, or the largest that a scenario's loop gives it."""
        if isinstance(count, m.Reference) and (local := self.scope.find(count.name)):
            return max(local.values, default=None)
        return numbers.number_of(count)

    def take(self, name: str, line: n.Nodes) -> None:
        if name in self.names:
            self.problems.report(
                "duplicate-node",
                line.span,
                f"{self.body.what} has two nodes `{name}`",
                first=self.names[name],
                help="give them different names: nodes 2 of SERVICE as NAME",
            )
        self.names[name] = line.span

    # --- settings -------------------------------------------------------------------------------

    def settings(self, members: tuple[m.Nodes, ...]) -> tuple[tuple[str, m.Expression], ...]:
        """Read `set PARAM = VALUE`, which one of the services must have, of the same type."""
        services = [self.of.names.model(member.service.key) for member in members]
        known = dict(p for s in services if isinstance(s, m.Service) for p in s.params)
        lines = self.body.settings("set")
        names = [line.arguments[0] for line in lines if isinstance(line.arguments[0], n.Name)]
        self.body.unique(names, f"{self.body.what} sets")
        complete = len(members) == len(self.body.every(n.Nodes))
        return tuple(
            (name.id, self.setting(name, line.arguments[1], known, complete))
            for name, line in zip(names, lines, strict=True)
        )

    def setting(
        self, name: n.Name, value: n.Expr, known: dict[str, m.Expression], complete: bool
    ) -> m.Expression:
        if name.id in known:
            return self.of.like(value, self.scope, known[name.id], f"the parameter `{name.id}`")
        if complete:
            self.problems.unknown(
                "unknown-parameter",
                name.span,
                f"no service of {self.body.what} has a parameter `{name.id}`",
                name.id,
                known,
            )
        return self.of.analyse(value, self.scope)

    def links(self) -> m.NormalLinks | None:
        line = self.body.only(n.NormalLinks)
        if line is None:
            return None
        of, scope = self.of, self.scope
        delay = of.typed(line.delay, scope, "duration", "the delay of a link")
        center, spread = (
            (delay.center, delay.spread) if isinstance(delay, m.Spread) else (delay, None)
        )
        known = numbers.number_of(center)
        if known is None and delay.type != "any":
            self.problems.report(
                "not-constant",
                line.delay.span,
                "the normal network must be known when the plan is compiled",
            )
        if known is not None and known < 0:
            self.problems.report("not-positive", line.delay.span, "a delay is not negative")
        return m.NormalLinks(
            span=line.span,
            delay=known or 0.0,
            jitter=numbers.number_of(spread) or 0.0,
            loss=of.number(line.loss, scope, "percent", "the loss") if line.loss else None,
            rate=of.number(line.rate, scope, "bandwidth", "the rate of a link", positive=True)
            if line.rate
            else None,
        )
