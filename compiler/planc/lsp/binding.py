"""Walk a piece and say of every name what it means there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from planc.lsp.names import (
    Alias,
    Declared,
    Free,
    Local,
    LocalName,
    Member,
    Names,
    Occurrence,
    Owner,
    Target,
    Word,
)
from planc.syntax import nodes as n

Scope = dict[str, Local]
_IDS = {"covers": "cover", "catches": "plant", "tags": "tag", "only on": "backend",
        "skip on": "backend", "fail on": "outcome", "unknown on": "outcome"}  # fmt: skip
_WORDS_OF_SERVICES = ("node", "port", "param", "status", "json", "text", "headers", "code",
                      "reply", "output", "exit", "ip", "name")  # fmt: skip


class Binder:
    """One piece; `scopes` are the blocks around the present node, the innermost last."""

    def __init__(self, names: Names, text: str) -> None:
        self.names = names
        self.text = text
        self.scopes: list[Scope] = []
        self.ends: list[int] = []
        self.service: Owner | None = None
        """The service whose ports and parameters are meant."""
        self.words: tuple[str, ...] = ()
        self.workloads: tuple[Owner, ...] = ()

    # --- what is found --------------------------------------------------------------------------

    def add(self, start: int, end: int, name: str, target: Target, defines: bool = False) -> None:
        self.names.occurrences.append(Occurrence(start, end, name, target, defines))

    def name(self, node: n.Name, target: Target, defines: bool = False) -> None:
        self.add(node.span.start, node.span.end, node.id, target, defines)

    def local(self, node: n.Name, kind: str, whole: Any, first: int | None = None) -> None:
        """Define a name that is known until the innermost block ends."""
        start = node.span.start
        self.scopes[-1].setdefault(node.id, Local(kind, start))
        if self.scopes[-1][node.id].start == start:
            known_from = node.span.end if first is None else first
            self.names.locals[start] = LocalName(
                node.id, kind, start, whole, known_from, self.ends[-1]
            )
        self.name(node, Local(kind, start), True)

    def member(self, owner: n.Name, group: str, node: n.Name) -> None:
        self.names.members.setdefault((owner.id, group, node.id), node.span.start)
        self.name(node, Member((Declared(owner.id),), group, node.id), True)

    def find(self, name: str) -> Local | None:
        return next((scope[name] for scope in reversed(self.scopes) if name in scope), None)

    def declared(self, node: n.Node) -> Owner | None:
        """Refer to a declaration, `library.name` included."""
        if isinstance(node, n.Attribute) and isinstance(node.value, n.Name):
            self.name(node.value, Alias(node.value.id))
            target = Declared(f"{node.value.id}.{node.name}")
            self.add(node.span.end - len(node.name), node.span.end, node.name, target)
            return target
        if not isinstance(node, n.Name):
            return None
        if found := self.find(node.id):
            self.name(node, found)
            return found
        alias, dot, inner = node.id.partition(".")
        if dot:
            start, end = node.span.start, node.span.end
            self.add(start, start + len(alias), alias, Alias(alias))
            self.add(end - len(inner), end, inner, Declared(node.id))
        else:
            self.name(node, Declared(node.id))
        return Declared(node.id)

    def search(self, word: str, pattern: str, start: int, end: int) -> int | None:
        """Find a word of which the tree keeps no place."""
        found = re.compile(pattern.format(re.escape(word))).search(self.text, start, end)
        return found.start(1) if found else None

    # --- blocks ---------------------------------------------------------------------------------

    def open(self, end: int) -> None:
        self.scopes.append({})
        self.ends.append(end)

    def close(self) -> None:
        self.scopes.pop()
        self.ends.pop()

    def block(self, body: Iterable[n.Node], end: int) -> None:
        self.open(end)
        self.every(body)
        self.close()

    def every(self, parts: Any) -> None:
        """Visit nodes, tuples of nodes, and nothing else."""
        if isinstance(parts, n.Node):
            self.visit(parts)
        elif isinstance(parts, tuple | list):
            for each in parts:
                self.every(each)

    def below(self, node: n.Node, *but: str) -> None:
        for word in node.__match_args__:
            if word != "span" and word not in but:
                self.every(getattr(node, word))

    # --- declarations ---------------------------------------------------------------------------

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

    # --- statements and expressions -------------------------------------------------------------

    def visit(self, node: n.Node) -> None:
        """Visit anything that stands inside a declaration."""
        handler = _HANDLERS.get(type(node))
        if handler is None:
            self.below(node)
        else:
            handler(self, node)

    def let(self, node: n.Let) -> None:
        self.every(node.value)
        self.local(node.name, "variable", node)

    def loop(self, node: n.For) -> None:
        self.every(node.values)
        self.open(node.span.end)
        self.local(node.name, "loop", node)
        self.every(node.body)
        self.close()

    def nested(self, node: n.Node) -> None:
        """Visit a statement with a block."""
        self.below(node, "body", "otherwise", "workloads")
        for workload in getattr(node, "workloads", ()):
            self.declared(workload)
        self.block(getattr(node, "body", ()), node.span.end)
        self.block(getattr(node, "otherwise", None) or (), node.span.end)

    def free(self, node: n.Name) -> None:
        if found := self.find(node.id):
            self.name(node, found)
        elif node.id in self.words:
            self.name(node, Word("word", node.id))
        elif node.id == "history":
            self.name(node, Word("word", "history"))
        else:
            self.name(node, Free(node.id))

    def attribute(self, node: n.Attribute) -> None:
        start, end = node.span.end - len(node.name), node.span.end
        owner = node.value
        if not isinstance(owner, n.Name):
            self.visit(owner)
            self.add(start, end, node.name, Word("field", node.name))
            return
        local = self.find(owner.id)
        self.free(owner)
        if self.service and local is None and owner.id in ("port", "param"):
            self.add(start, end, node.name, Member((self.service,), owner.id, node.name))
        elif local is None and owner.id not in self.words:
            self.add(start, end, node.name, Declared(f"{owner.id}.{node.name}"))
        else:
            owners: tuple[Owner, ...] = (local,) if local and local.kind == "cluster" else ()
            word = Word("field", node.name)
            self.add(start, end, node.name, Member(owners, "node", node.name) if owners else word)

    def call(self, node: n.Call) -> None:
        if isinstance(node.function, n.Name):
            self.name(node.function, Word("function", node.function.id))
        else:
            self.visit(node.function)
        self.every(node.arguments)

    def client_call(self, node: n.ClientCall) -> None:
        owner = self.declared(node.client)
        owners = (owner,) if owner else ()
        self.name(node.operation, Member(owners, "operation", node.operation.id))
        self.below(node, "client", "operation")

    def http(self, node: n.HttpCall) -> None:
        if local := self.find(node.method):
            at = self.search(node.method, r"\b({})\b", node.span.start, node.span.end)
            if at is not None:
                self.add(at, at + len(node.method), node.method, local)
        if node.port is not None and self.service:
            self.name(node.port, Member((self.service,), "port", node.port.id))
        self.below(node, "port")

    def tcp(self, node: n.TcpCheck) -> None:
        if self.service:
            self.name(node.port, Member((self.service,), "port", node.port.id))

    def fault_call(self, node: n.FaultCall) -> None:
        self.declared(node.name)
        self.below(node, "name")

    def explore(self, node: n.Explore) -> None:
        self.declared(node.machine)
        self.visit(node.steps)

    def measure(self, node: n.Measure) -> None:
        owners = self.workloads
        if node.workload is not None:
            found = self.declared(node.workload)
            owners = (found,) if found else ()
        if node.of is not None:
            at = self.search(node.of, r"\bof\s+({})\b", node.span.start, node.span.end)
            if at is not None:
                target = Member(owners, "operation", node.of)
                self.add(at, at + len(node.of), node.of, target)
        self.below(node, "workload")

    def history(self, node: n.ExpectHistory) -> None:
        if node.workload is not None:
            self.declared(node.workload)
        self.below(node, "workload")

    def ids(self, node: n.Ids) -> None:
        for name in node.ids:
            self.name(name, Word(_IDS.get(node.word, node.word), name.id))

    def allow(self, node: n.Allow) -> None:
        self.name(node.rule, Word("rule", node.rule.id))

    def setting(self, node: n.Setting) -> None:
        """Visit a setting; a bare word of one that chooses among words is not looked up."""
        for each in node.arguments:
            if node.word in ("severity", "route") and isinstance(each, n.Name):
                self.name(each, Word(node.word, each.id))
            elif node.word != "header" or not isinstance(each, n.Name):
                self.every(each)


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


_HANDLERS: Mapping[type[n.Node], Any] = {
    n.Let: Binder.let,
    n.For: Binder.loop,
    **dict.fromkeys(
        (n.Run, n.Over, n.At, n.RepeatTimes, n.RepeatEvery, n.Weighted, n.When, n.Together),
        Binder.nested,
    ),
    n.Name: Binder.free,
    n.Attribute: Binder.attribute,
    n.Call: Binder.call,
    n.ClientCall: Binder.client_call,
    n.HttpCall: Binder.http,
    n.TcpCheck: Binder.tcp,
    n.FaultCall: Binder.fault_call,
    n.Explore: Binder.explore,
    n.Measure: Binder.measure,
    n.ExpectHistory: Binder.history,
    n.Ids: Binder.ids,
    n.Allow: Binder.allow,
    n.Setting: Binder.setting,
}
