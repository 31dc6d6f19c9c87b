"""Headers, declarations and their settings, from the grammar's rules to nodes."""

from __future__ import annotations

from typing import Any

from planc.source.span import Span
from planc.syntax import nodes as n
from planc.syntax.build_base import Children
from planc.syntax.build_statements import Statements
from planc.vocabulary.words import CLIENT_PROTOCOLS, DISTRIBUTIONS


class Declarations(Statements):
    def method(self, name: str) -> Any:
        if name.startswith("setting_"):
            return _setting(name.removeprefix("setting_"))
        return super().method(name)

    def file(self, span: Span, children: Children) -> Children:
        return children

    def interpolation(self, span: Span, children: Children) -> n.Expr:
        value: n.Expr = children[0]
        return value

    def plan_header(self, span: Span, children: Children) -> n.Header:
        return n.Header(span, "plan", children[0], tuple(children[1:]))

    def library_header(self, span: Span, children: Children) -> n.Header:
        return n.Header(span, "library", children[0])

    def use(self, span: Span, children: Children) -> n.Use:
        return n.Use(span, children[0], children[1])

    def allow(self, span: Span, children: Children) -> n.Allow:
        return n.Allow(span, children[0], children[1])

    # --- ids ---

    def ids(self, span: Span, children: Children) -> tuple[n.Name, ...]:
        return tuple(children)

    outcomes = ids

    def outcome(self, span: Span, children: Children) -> n.Name:
        return n.Name(span, " ".join(word for word in children if word is not None))

    def ids_covers(self, span: Span, children: Children) -> n.Ids:
        return n.Ids(span, "covers", children[0])

    def ids_catches(self, span: Span, children: Children) -> n.Ids:
        return n.Ids(span, "catches", children[0])

    def ids_tags(self, span: Span, children: Children) -> n.Ids:
        return n.Ids(span, "tags", children[0])

    def ids_only(self, span: Span, children: Children) -> n.Ids:
        return n.Ids(span, "only on", children[0])

    def ids_skip(self, span: Span, children: Children) -> n.Ids:
        return n.Ids(span, "skip on", children[0], children[1])

    def ids_unknown(self, span: Span, children: Children) -> n.Ids:
        return n.Ids(span, "unknown on", children[0])

    def ids_fail(self, span: Span, children: Children) -> n.Ids:
        return n.Ids(span, "fail on", children[0])

    # --- services ---

    def service(self, span: Span, children: Children) -> n.Service:
        return n.Service(span, children[0], tuple(children[1:]))

    def ports(self, span: Span, children: Children) -> n.Ports:
        return n.Ports(span, tuple(children))

    def port(self, span: Span, children: Children) -> tuple[n.Name, n.Number]:
        name, number = children
        return name, self.number(self.span(span.end - len(number), span.end), [number])

    def needs_binary(self, span: Span, children: Children) -> n.Needs:
        return n.Needs(span, "binary", children[0].id, tuple(children[1:]))

    def needs_module(self, span: Span, children: Children) -> n.Needs:
        return n.Needs(span, "module", children[0], tuple(children[1:]))

    def module(self, span: Span, children: Children) -> str:
        return ".".join(part.id for part in children)

    def source_wheel(self, span: Span, children: Children) -> n.Source:
        return n.Source(span, "wheel", children[0])

    def source_package(self, span: Span, children: Children) -> n.Source:
        return n.Source(span, "package", children[0])

    def source_path(self, span: Span, children: Children) -> n.Source:
        return n.Source(span, "path", children[0])

    def tcp_check(self, span: Span, children: Children) -> n.TcpCheck:
        return n.TcpCheck(span, children[0])

    def log_check(self, span: Span, children: Children) -> n.LogCheck:
        return n.LogCheck(span, children[0])

    def ready(self, span: Span, children: Children) -> n.Ready:
        return n.Ready(span, *children)

    def status(self, span: Span, children: Children) -> n.Status:
        return n.Status(span, children[0], children[1])

    def metrics(self, span: Span, children: Children) -> n.Metrics:
        return n.Metrics(span, children[0], children[1])

    def role(self, span: Span, children: Children) -> n.Role:
        return n.Role(span, children[0], children[1])

    def stop_policy(self, span: Span, children: Children) -> n.Stop:
        signal, second, after = children
        if second not in (None, "SIGKILL"):
            self.report(
                "PLC0143",
                span,
                f"only SIGKILL can follow, not {second}",
                label="the second signal",
                help=f"write `stop {signal}, then SIGKILL after ...`",
            )
        return n.Stop(span, signal, after)

    def plant(self, span: Span, children: Children) -> n.Plant:
        settings = tuple(each for each in children[2:] if isinstance(each, n.Setting))
        return n.Plant(span, children[0], children[1], settings)

    def hook(self, span: Span, children: Children) -> n.Hook:
        return n.Hook(span, children[0], children[1])

    # --- clusters ---

    def cluster(self, span: Span, children: Children) -> n.Cluster:
        return n.Cluster(span, children[0], tuple(children[1:]))

    def nodes(self, span: Span, children: Children) -> n.Nodes:
        count, service, label, zone = children
        return n.Nodes(span, count, service, label, zone and zone.id)

    def spare(self, span: Span, children: Children) -> n.Nodes:
        count, service, label, zone = children
        return n.Nodes(span, count, service, label, zone and zone.id, spare=True)

    def normal_links(self, span: Span, children: Children) -> n.NormalLinks:
        return n.NormalLinks(span, *children)

    # --- clients ---

    def client(self, span: Span, children: Children) -> n.Client:
        name, protocol, reference, port, *body = children
        self.known_word(protocol, CLIENT_PROTOCOLS, "protocol")
        return n.Client(span, name, protocol.id, reference, port, tuple(body))

    def operation(self, span: Span, children: Children) -> n.Operation:
        name, parameters, action, *options = children
        return n.Operation(span, name, parameters, action, **self.options(options))

    def redis_command(self, span: Span, children: Children) -> n.RedisCommand:
        return n.RedisCommand(span, children[0].items)

    def tcp_line(self, span: Span, children: Children) -> n.TcpLine:
        return n.TcpLine(span, children[0])

    # --- workloads ---

    def workload(self, span: Span, children: Children) -> n.Workload:
        return n.Workload(span, children[0], children[1], tuple(children[2:]))

    def rate(self, span: Span, children: Children) -> n.Rate:
        return n.Rate(span, *children)

    def mix(self, span: Span, children: Children) -> n.Mix:
        return n.Mix(span, tuple(children))

    def mix_part(self, span: Span, children: Children) -> tuple[n.Name, n.Expr]:
        return children[0], children[1]

    def keys(self, span: Span, children: Children) -> n.Keys:
        count, distribution, parameter = children
        self.known_word(distribution, DISTRIBUTIONS, "distribution of keys")
        return n.Keys(span, count, distribution.id, parameter)

    def values_unique(self, span: Span, children: Children) -> n.Values:
        return n.Values(span, "unique")

    def values_size(self, span: Span, children: Children) -> n.Values:
        return n.Values(span, "size", children[0])

    # --- faults, mocks, machines, scenarios ---

    def fault_declaration(self, span: Span, children: Children) -> n.FaultDeclaration:
        return n.FaultDeclaration(span, children[0], children[1] or (), children[2])

    def mock(self, span: Span, children: Children) -> n.Mock:
        return n.Mock(span, children[0], tuple(children[1:]))

    def mock_route(self, span: Span, children: Children) -> n.MockRoute:
        return n.MockRoute(span, children[0], children[1], tuple(children[2:]))

    def reply(self, span: Span, children: Children) -> n.MockReply:
        probability, status, *options = children
        return n.MockReply(span, probability, status, **self.options(options))

    def machine(self, span: Span, children: Children) -> n.Machine:
        name, on_cluster, of, *body = children
        return n.Machine(span, name, of, on_cluster, tuple(body))

    def of_service(self, span: Span, children: Children) -> bool:
        return False

    def on_cluster(self, span: Span, children: Children) -> bool:
        return True

    def transition(self, span: Span, children: Children) -> n.Transition:
        *sources, target, event = children
        return n.Transition(span, tuple(sources), target, event)

    def scenario(self, span: Span, children: Children) -> n.Scenario:
        title, *rest = children
        loops = tuple(each for each in rest if isinstance(each, n.ForEach))
        return n.Scenario(span, title, loops, tuple(rest[len(loops) :]))

    def for_each(self, span: Span, children: Children) -> n.ForEach:
        return n.ForEach(span, children[0], children[1])

    def cases(self, span: Span, children: Children) -> n.Cases:
        columns, *rows = children
        kept = []
        for row in rows:
            if len(row) == len(columns):
                kept.append(row)
                continue
            place = row[0].span.to(row[-1].span)
            self.report(
                "PLC0144",
                place,
                f"the row has {len(row)} cells, the table {len(columns)} columns",
                label=f"{len(columns)} cells are needed",
                help="write one value for each column",
            )
        return n.Cases(span, columns, tuple(kept))

    def case_columns(self, span: Span, children: Children) -> tuple[n.Name, ...]:
        return tuple(children)

    def case_row(self, span: Span, children: Children) -> tuple[n.Expr, ...]:
        return tuple(children)


def _setting(word: str) -> Any:
    return lambda span, children: n.Setting(span, word, tuple(children))
