"""Resolve `workload`: what load is put on which cluster."""

from __future__ import annotations

from planc import model as m
from planc.analysis import numbers
from planc.analysis.bodies import Body
from planc.analysis.calls import Calls
from planc.analysis.expressions import Expressions
from planc.analysis.scope import Scope
from planc.analysis.symbols import Symbol
from planc.syntax import nodes as n

_TO_PORTS = ("http", "redis", "tcp")


def workload(of: Expressions, symbol: Symbol) -> m.Workload | None:
    """Resolve a workload; None when it is not known on what or by which client."""
    assert isinstance(symbol.node, n.Workload)
    return _Workload(of, symbol, symbol.node).model()


class _Workload:
    def __init__(self, of: Expressions, symbol: Symbol, node: n.Workload) -> None:
        self.of = of
        self.problems = of.problems
        self.symbol = symbol
        self.node = node
        self.body = Body(of, f"the workload `{symbol.name}`", node.body)
        self.scope = Scope(symbol.file, {}, incomplete=self.body.broken)

    def model(self) -> m.Workload | None:
        cluster = self.of.names.declared(self.node.cluster, self.scope, "cluster")
        client = self.client()
        mix = self.mix(client)
        rate, think = self.rate(), self.amount("think", "duration")
        if rate and think:
            self.problems.report(
                "think-in-open-loop",
                think.span,
                "with a rate, requests are sent when they are due: nobody thinks in between",
                help="leave out either `rate` or `think`",
            )
        if client and cluster:
            self.check_meeting(client, cluster)
        clients = self.amount("clients", "number", least=1)
        operations = self.amount("operations", "number", least=1)
        timeout = self.amount("timeout", "duration")
        keys, values = self.keys(), self.values()
        if client is None or cluster is None:
            return None
        return m.Workload(
            span=self.node.span,
            key=self.symbol.key,
            name=self.symbol.name,
            cluster=cluster,
            client=client,
            rate=rate,
            think=think,
            mix=mix,
            keys=keys,
            values=values,
            clients=clients,
            operations=operations,
            timeout=timeout,
        )

    def client(self) -> m.Reference | None:
        node = self.body.setting("client")
        if node is None:
            self.body.missing(
                "workload-without-client",
                self.node.name.span,
                f"{self.body.what} does not say which client it uses",
                "add `client NAME`",
            )
        if isinstance(node, n.Name | n.Attribute):
            return self.of.names.declared(node, self.scope, "client")
        return None

    def check_meeting(self, reference: m.Reference, cluster: m.Reference) -> None:
        """The client's port must be one of the cluster's services."""
        client = self.of.names.model(reference.key)
        services = self.of.names.services(cluster)
        if not isinstance(client, m.Client) or not services:
            return
        roles = [role for service in services for role in service.role_names()]
        if client.route == "leader" and "leader" not in roles:
            self.problems.report(
                "no-such-role",
                reference.span,
                f"`{client.name}` goes to the leader, but no service of `{cluster.name}` has one",
                help='declare it in the service: role leader when status.role == "leader"',
            )
        self.check_port(client, services, reference, cluster)

    def check_port(
        self,
        client: m.Client,
        services: list[m.Service],
        reference: m.Reference,
        cluster: m.Reference,
    ) -> None:
        ports = [port for service in services for port in service.port_names()]
        if client.port is None and client.over in _TO_PORTS:
            several = next((each for each in services if len(each.ports) != 1), None)
            if several is not None:
                self.problems.report(
                    "client-port",
                    reference.span,
                    f"`{client.name}` does not say to which port of `{several.name}` it talks",
                    help=f"write `client {client.name} over {client.over} on port NAME`",
                )
        elif client.port is not None and client.port not in ports:
            self.problems.report(
                "client-port",
                reference.span,
                f"`{client.name}` talks to a port `{client.port}`, which no node of "
                f"`{cluster.name}` has",
                help=f"they have {', '.join(ports) or 'none'}",
            )

    def amount(self, word: str, want: str, least: float | None = None) -> m.Expression | None:
        node = self.body.setting(word)
        if node is None:
            return None
        positive = least is None
        return self.of.amount(node, self.scope, want, f"`{word}`", least=least, positive=positive)

    # --- the load -------------------------------------------------------------------------------

    def rate(self) -> m.Rate | None:
        line = self.body.only(n.Rate)
        if line is None:
            return None
        of, scope = self.of, self.scope
        return m.Rate(
            span=line.span,
            start=of.amount(
                line.start, scope, "rate", "the rate", positive=line.end is None, least=0
            ),
            end=of.amount(line.end, scope, "rate", "the rate", positive=True) if line.end else None,
            over=of.amount(line.over, scope, "duration", "the ramp", positive=True)
            if line.over
            else None,
        )

    def mix(self, client: m.Reference | None) -> tuple[tuple[str, float], ...]:
        line = self.body.only(n.Mix)
        if line is None:
            return ()
        self.body.unique([name for name, _ in line.parts], "the mix names")
        model = self.of.names.model(client.key) if client else None
        found: list[tuple[str, float]] = []
        for name, share in line.parts:
            if isinstance(model, m.Client):
                Calls(self.of).check_operation(model, name, None)
            value = self.of.number(share, self.scope, "percent", f"the share of `{name.id}`")
            if value is not None:
                found.append((name.id, value))
        self.check_sum(line, found)
        return tuple(found)

    def check_sum(self, line: n.Mix, found: list[tuple[str, float]]) -> None:
        total = sum(share for _, share in found)
        if len(found) == len(line.parts) and abs(total - 1) > 1e-6:
            self.problems.report(
                "mix-not-whole",
                line.span,
                f"the shares of a mix are 100% together, these are {total * 100:g}%",
                help=f"take {(total - 1) * 100:g}% away somewhere"
                if total > 1
                else f"{(1 - total) * 100:g}% are left for one more operation, or for one of these",
            )

    def keys(self) -> m.Keys | None:
        line = self.body.only(n.Keys)
        if line is None:
            return None
        parameter = None
        if line.parameter is not None:
            parameter = self.of.number(
                line.parameter, self.scope, "number", "the exponent of zipf", positive=True, most=10
            )
            if line.distribution != "zipf":
                self.problems.report(
                    "needless-parameter",
                    line.parameter.span,
                    f"`{line.distribution}` takes no number: only zipf has an exponent",
                )
        count = self.of.amount(line.count, self.scope, "number", "the number of keys", least=1)
        return m.Keys(
            span=line.span, count=count, distribution=line.distribution, parameter=parameter
        )

    def values(self) -> m.Values | None:
        line = self.body.only(n.Values)
        if line is None:
            return None
        if line.kind == "unique" or line.size is None:
            return m.Values(span=line.span, form="unique")
        size = self.of.amount(line.size, self.scope, "size", "the size of a value", positive=True)
        low, high = (size.low, size.high) if isinstance(size, m.Interval) else (size, None)
        if numbers.number_of(low) is None and size.type != "any":
            self.problems.report(
                "not-constant", line.size.span, "the size of a value must be known beforehand"
            )
        return m.Values(span=line.span, form="size", low=low, high=high)
