"""Walk the declarations of a piece, from the top of the file down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from planc.analysis.symbols import KINDS
from planc.lsp.binding.bodies import Bodies
from planc.lsp.names import Alias, Declaration, Declared, Member, Names, Owner, Word
from planc.syntax import nodes as n

_WORDS_OF_SERVICES = ("node", "port", "param", "status", "json", "text", "headers", "code",
                      "reply", "output", "exit", "ip", "name")  # fmt: skip


def names_of(items: Iterable[n.Node], text: str) -> Names:
    """Collect the names of a piece, in the order in which they stand."""
    names = Names()
    binder = Declarations(names, text)
    for item in items:
        if isinstance(item, tuple(KINDS)):
            name: n.Name = item.name  # type: ignore[attr-defined]
            names.declared.setdefault(
                name.id, Declaration(KINDS[type(item)], item, name.span.start)
            )
        binder.top(item)
    names.occurrences.sort(key=lambda each: (each.start, each.end))
    return names


class Declarations(Bodies):
    """Each at the top of the file, with what is known in it alone."""

    def top(self, node: n.Node) -> None:
        """Visit a declaration at the top of the file."""
        self.open(node.span.end)
        name = getattr(node, "name", None)
        match node:
            case n.Use(alias=alias):
                self.names.uses.append(node)
                if alias:
                    self.name(alias, Alias(alias.id), True)
            case n.Let(name=n.Name() as named, value=value):
                self.name(named, Declared(named.id), True)
                self.every(value)
            case n.Scenario():
                self.scenario(node)
            case _:
                if isinstance(name, n.Name):
                    self.name(name, Declared(name.id), True)
                self.declaration(node)
        self.close()
        self.service, self.words, self.workloads = None, (), ()

    def declaration(self, node: n.Node) -> None:
        match node:
            case n.Service():
                self.of_service(node)
            case n.Cluster():
                self.of_cluster(node)
            case n.Client(name=name, body=body):
                self.words = _WORDS_OF_SERVICES
                for each in body:
                    if isinstance(each, n.Operation):
                        self.operation(name, each)
                    else:
                        self.visit(each)
            case n.Workload(cluster=cluster, body=body):
                self.declared(cluster)
                self.of_client(body)
            case n.FaultDeclaration(parameters=parameters, body=body):
                for parameter in parameters:
                    self.local(parameter, "parameter", node)
                self.every(body)
            case n.Machine():
                self.of_machine(node)
            case _:
                self.below(node, "name")

    def of_service(self, node: n.Service) -> None:
        self.service, self.words = Declared(node.name.id), _WORDS_OF_SERVICES
        for each in node.body:
            match each:
                case n.Ports(ports=ports):
                    for port, _ in ports:
                        self.member(node.name, "port", port)
                case n.Setting(word="param", arguments=(n.Name() as param, value)):
                    self.member(node.name, "param", param)
                    self.every(value)
                case n.Setting(word="env", arguments=(_, value)):
                    self.every(value)
                case n.Role(name=role, when=when):
                    self.member(node.name, "role", role)
                    self.every(when)
                case n.Plant(name=plant, settings=settings):
                    self.member(node.name, "plant", plant)
                    self.plant_settings(settings)
                case n.Hook(name=hook, request=request):
                    self.name(hook, Word("hook", hook.id))
                    self.visit(request)
                case _:
                    self.visit(each)

    def plant_settings(self, settings: Iterable[n.Setting]) -> None:
        for each in settings:
            match each:
                case n.Setting(word="param", arguments=(n.Name() as param, value)):
                    owners = (self.service,) if self.service else ()
                    self.name(param, Member(owners, "param", param.id))
                    self.every(value)
                case n.Setting(word="env", arguments=(_, value)):
                    self.every(value)
                case _:
                    self.below(each)

    def of_cluster(self, node: n.Cluster) -> None:
        services: list[Owner] = []
        for each in node.body:
            if isinstance(each, n.Nodes):
                self.every(each.count)
                if found := self.declared(each.service):
                    services.append(found)
                if each.label:
                    self.name(each.label, Word("label", each.label.id))
        for each in node.body:
            match each:
                case n.Nodes():
                    pass
                case n.Setting(word="set", arguments=(n.Name() as param, value)):
                    self.name(param, Member(tuple(services), "param", param.id))
                    self.every(value)
                case _:
                    self.visit(each)

    def of_client(self, body: Iterable[n.Node]) -> None:
        """Visit the lines of a workload, whose mix is made of its client's operations."""
        client: Owner | None = None
        for each in body:
            match each:
                case n.Setting(word="client", arguments=(n.Name() as name,)):
                    client = self.declared(name)
        for each in body:
            match each:
                case n.Setting(word="client"):
                    pass
                case n.Mix(parts=parts):
                    for operation, share in parts:
                        owners = (client,) if client else ()
                        self.name(operation, Member(owners, "operation", operation.id))
                        self.every(share)
                case _:
                    self.visit(each)

    def of_machine(self, node: n.Machine) -> None:
        self.declared(node.of)
        client: Owner | None = None
        for each in node.body:
            match each:
                case n.Setting(word="client", arguments=(n.Name() as name,)):
                    client = self.declared(name)
                case n.Setting(word="state", arguments=(value,)):
                    self.words = _WORDS_OF_SERVICES
                    self.every(value)
        for each in node.body:
            match each:
                case n.Setting(word="initial", arguments=(n.Name() as state,)):
                    self.state(node.name, state)
                case n.Transition(sources=sources, target=target, event=event):
                    for state in (*sources, target):
                        self.state(node.name, state)
                    owners = (client,) if client else ()
                    self.name(event, Member(owners, "operation", event.id))

    def state(self, machine: n.Name, state: n.Name) -> None:
        key = (machine.id, "state", state.id)
        defines = key not in self.names.members
        self.names.members.setdefault(key, state.span.start)
        target = Member((Declared(machine.id),), "state", state.id)
        self.name(state, target, defines)

    def operation(self, client: n.Name, node: n.Operation) -> None:
        self.member(client, "operation", node.name)
        self.open(node.span.end)
        for each in node.parameters:
            self.local(each, "parameter", node)
        self.below(node, "name", "parameters")
        self.close()

    def scenario(self, node: n.Scenario) -> None:
        for loop in node.loops:
            self.every(loop.values)
            self.local(loop.name, "loop", loop, node.span.start)
        for each in node.body:
            match each:
                case n.Cases(columns=columns):
                    for column in columns:
                        self.local(column, "column", each, node.span.start)
                case n.Cluster(name=name):
                    self.local(name, "cluster", each, node.span.start)
        self.workloads = tuple(_run_in(node.body))
        self.visit(node.title)
        for each in node.body:
            if isinstance(each, n.Cases):
                self.every(each.rows)
            elif isinstance(each, n.Cluster):
                self.of_cluster(each)
            else:
                self.visit(each)


def _run_in(body: Any) -> Iterable[Owner]:
    """Yield the workloads that a scenario runs, anywhere in it."""
    waiting = [body]
    while waiting:
        current = waiting.pop(0)
        if isinstance(current, n.Run):
            yield from (Declared(each.id) for each in current.workloads)
        if isinstance(current, n.Node):
            waiting += [getattr(current, word, ()) for word in ("body", "otherwise")]
        elif isinstance(current, tuple):
            waiting.extend(current)
