"""Declarations of the model as assignments of a generated module."""

from __future__ import annotations

from collections.abc import Mapping

from planc import model as m
from planc.emit.calls import headers, request
from planc.emit.code import (
    Argument,
    Call,
    Code,
    Constant,
    Dict,
    List,
    Value,
    entry,
    keyword,
    planc,
    positional,
    strings,
)
from planc.emit.expressions import Expressions

Pairs = tuple[tuple[str, m.Expression], ...]
Assigned = m.Let | m.Service | m.Cluster | m.Client | m.Workload | m.Mock | m.Machine


class Declarations:
    def __init__(self, of: Expressions) -> None:
        self.of = of

    def lower(self, node: Assigned) -> Call:
        """Lower any declaration but a fault, which is a function."""
        match node:
            case m.Let(name=name, value=value):
                return planc("let", Constant(name), self.of.lower(value))
            case m.Service():
                return planc("service", *self.service(node))
            case m.Cluster():
                return planc("cluster", *self.cluster(node))
            case m.Client():
                return planc("client", *self.client(node))
            case m.Workload():
                return planc("workload", *self.workload(node))
            case m.Mock():
                return planc("mock", *self.mock(node))
            case m.Machine():
                return planc("machine", *self.machine(node))

    # --- services -------------------------------------------------------------------------------

    def service(self, node: m.Service) -> list[Argument]:
        found = [Argument(Constant(node.name)), constant("folder", node.folder)]
        found += self.of.options(command=node.command)
        found += [constant("python", node.python)] if node.python else []
        found += self.of.options(cwd=node.cwd, setup=node.setup)
        found += self.pairs("env", node.env) + self.pairs("files", node.files)
        found += self.table("ports", {name: Constant(port) for name, port in node.ports})
        found += self.pairs("params", node.params)
        found += self.listed("needs", [self.need(need) for need in node.needs])
        found += [keyword("ready", self.ready(node.ready))] if node.ready else []
        found += [keyword("status", self.status(node.status))] if node.status else []
        found += [keyword("metrics", self.metrics(node.metrics))] if node.metrics else []
        found += self.table("roles", {r.name: self.of.lower(r.when) for r in node.roles})
        found += [keyword("stop", self.stop(node.stop))] if node.stop else []
        found += self.table("plants", {plant.name: self.plant(plant) for plant in node.plants})
        found += self.table("hooks", {h.name: request(self.of, h.request) for h in node.hooks})
        return found

    def need(self, need: m.Need) -> Call:
        sources = {source.form: source.name for source in need.sources}
        arguments = [constant(form, name) for form, name in sources.items()]
        return planc(need.form, Constant(need.name), *arguments)

    def ready(self, node: m.Ready) -> Call:
        has = self.of.options(has=node.has)
        return planc("ready", request(self.of, node.probe), *has, constant("within", node.within))

    def status(self, node: m.Status) -> Call:
        return planc(
            "status", request(self.of, node.request), *self.of.options(returns=node.returns)
        )

    def metrics(self, node: m.Metrics) -> Call:
        every = constants({"every": node.every})
        return planc("metrics", request(self.of, node.request), *every)

    def stop(self, node: m.Stop) -> Call:
        after = [constant("kill_after", node.kill_after)] if node.kill_after is not None else []
        return planc("stop", Constant(node.signal), *after)

    def plant(self, node: m.Plant) -> Call:
        arguments = self.pairs("env", node.env) + self.of.options(args=node.args)
        return planc(
            "plant", Constant(node.sentence), *arguments, *self.pairs("params", node.params)
        )

    # --- clusters, clients, load ----------------------------------------------------------------

    def cluster(self, node: m.Cluster) -> list[Argument]:
        """Give the arguments that planc.cluster and s.cluster share."""
        found = [Argument(Constant(node.name))]
        found += [Argument(self.nodes(member)) for member in node.members]
        found += self.pairs("set", node.settings)
        if node.links is not None:
            links = node.links
            options = {"jitter": links.jitter or None, "loss": links.loss, "rate": links.rate}
            made = planc("links", Constant(links.delay), *constants(options))
            found.append(keyword("links", made))
        return found + constants({"retransmit": node.retransmit})

    def nodes(self, member: m.Nodes) -> Call:
        options = constants(
            {"name": member.label, "zone": member.zone, "spare": True if member.spare else None}
        )
        return planc("nodes", self.of.number(member.count), self.of.lower(member.service), *options)

    def client(self, node: m.Client) -> list[Argument]:
        found = [Argument(Constant(node.name)), constant("over", node.over)]
        if node.over in ("python", "exec"):
            found.append(constant("folder", node.folder))
        found += constants({"python": node.python, "port": node.port})
        found += self.listed("operations", [self.operation(each) for each in node.operations])
        found += [keyword("fail_on", strings(node.fail_on))] if node.fail_on else []
        found += [keyword("unknown_on", strings(node.unknown_on))] if node.unknown_on else []
        found += constants({"timeout": node.timeout, "route": node.route})
        found += [keyword("headers", headers(self.of, node.headers))] if node.headers else []
        return found

    def operation(self, node: m.Operation) -> Call:
        action = [request(self.of, node.action)] if node.action else []
        return planc(
            "operation",
            Constant(node.name),
            strings(node.parameters),
            *action,
            *self.of.options(
                returns=node.returns, fails_when=node.fails_when, unknown_when=node.unknown_when
            ),
        )

    def workload(self, node: m.Workload) -> list[Argument]:
        found = [Argument(Constant(node.name))]
        found += self.of.options(on=node.cluster, client=node.client)
        found += self.numbers(clients=node.clients)
        found += [keyword("rate", self.rate(node.rate))] if node.rate else []
        found += self.numbers(think=node.think)
        found += self.table("mix", {name: Constant(share) for name, share in node.mix})
        found += [keyword("keys", self.keys(node.keys))] if node.keys else []
        found += [keyword("values", self.values(node.values))] if node.values else []
        return found + self.numbers(operations=node.operations, timeout=node.timeout)

    def rate(self, rate: m.Rate) -> Code:
        if rate.end is None or rate.over is None:
            return self.of.number(rate.start)
        start, end = self.of.number(rate.start), self.of.number(rate.end)
        return planc("ramp", start, end, keyword("over", self.of.number(rate.over)))

    def keys(self, keys: m.Keys) -> Call:
        parameter = [Constant(keys.parameter)] if keys.parameter is not None else []
        return planc("keys", self.of.number(keys.count), Constant(keys.distribution), *parameter)

    def values(self, values: m.Values) -> Call:
        if values.low is None:
            return planc("unique")
        high = [self.of.number(values.high)] if values.high is not None else []
        return planc("sized", self.of.number(values.low), *high)

    # --- mocks and machines ---------------------------------------------------------------------

    def mock(self, node: m.Mock) -> list[Argument]:
        routes = [
            planc(
                "route",
                Constant(route.method),
                self.of.lower(route.path),
                *(self.reply(reply) for reply in route.replies),
            )
            for route in node.routes
        ]
        found = [Argument(Constant(node.name)), Argument(List(positional(*routes)))]
        return found + constants({"port": node.port})

    def reply(self, reply: m.MockReply) -> Call:
        found = [Argument(self.of.number(reply.status))]
        found += self.of.options(json=reply.json_body, text=reply.text)
        found += [keyword("headers", headers(self.of, reply.headers))] if reply.headers else []
        found += self.numbers(after=reply.after)
        return planc("reply", *found, *constants({"probability": reply.probability}))

    def machine(self, node: m.Machine) -> list[Argument]:
        found = [Argument(Constant(node.name))]
        found += self.of.options(on=node.cluster, of=node.service, client=node.client)
        found += self.of.options(state=node.state)
        found += constants({"initial": node.initial})
        transitions = [
            planc(
                "transition",
                strings(each.sources),
                Constant(each.target),
                constant("by", each.event),
            )
            for each in node.transitions
        ]
        return [*found, keyword("transitions", List(positional(*transitions)))]

    # --- shapes ---------------------------------------------------------------------------------

    def numbers(self, **values: m.Expression | None) -> list[Argument]:
        return [keyword(name, self.of.number(value)) for name, value in values.items() if value]

    def pairs(self, name: str, pairs: Pairs) -> list[Argument]:
        return self.table(name, {key: self.of.lower(value) for key, value in pairs})

    def table(self, name: str, values: dict[str, Code]) -> list[Argument]:
        made = Dict(tuple(entry(key, value) for key, value in values.items()))
        return [keyword(name, made)] if values else []

    def listed(self, name: str, values: list[Call]) -> list[Argument]:
        return [keyword(name, List(positional(*values)))] if values else []


def constant(name: str, value: Value) -> Argument:
    return keyword(name, Constant(value))


def constants(values: Mapping[str, Value]) -> list[Argument]:
    """Return keyword arguments for those values that are not None."""
    return [constant(name, value) for name, value in values.items() if value is not None]
