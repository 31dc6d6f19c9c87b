"""Walk what stands inside a declaration: statements and expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from planc.lsp.binding.recorder import Recorder
from planc.lsp.names import Declared, Free, Member, Owner, Word
from planc.syntax import nodes as n

_IDS = {"covers": "cover", "catches": "plant", "tags": "tag", "only on": "backend",
        "skip on": "backend", "fail on": "outcome", "unknown on": "outcome"}  # fmt: skip


class Bodies(Recorder):
    """Whatever has no handler of its own is looked through for what stands below it."""

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


_HANDLERS: Mapping[type[n.Node], Any] = {
    n.Let: Bodies.let,
    n.For: Bodies.loop,
    **dict.fromkeys(
        (n.Run, n.Over, n.At, n.RepeatTimes, n.RepeatEvery, n.Weighted, n.When, n.Together),
        Bodies.nested,
    ),
    n.Name: Bodies.free,
    n.Attribute: Bodies.attribute,
    n.Call: Bodies.call,
    n.ClientCall: Bodies.client_call,
    n.HttpCall: Bodies.http,
    n.TcpCheck: Bodies.tcp,
    n.FaultCall: Bodies.fault_call,
    n.Explore: Bodies.explore,
    n.Measure: Bodies.measure,
    n.ExpectHistory: Bodies.history,
    n.Ids: Bodies.ids,
    n.Allow: Bodies.allow,
    n.Setting: Bodies.setting,
}
