"""Resolve `mock`, which stands for a dependency, and `machine`, which stands for the truth."""

from __future__ import annotations

from planc import model as m
from planc.analysis.bodies import Body
from planc.analysis.calls import Calls
from planc.analysis.expressions import Expressions
from planc.analysis.scope import Local, Scope
from planc.analysis.symbols import Symbol
from planc.source.span import Span
from planc.syntax import nodes as n
from planc.vocabulary import HTTP_METHODS


def mock(of: Expressions, symbol: Symbol) -> m.Mock:
    """Resolve a mock: routes, and what each answers."""
    node = symbol.node
    assert isinstance(node, n.Mock)
    body = Body(of, f"the mock `{symbol.name}`", node.body)
    scope = Scope(symbol.file, {}, incomplete=body.broken)
    lines = body.every(n.MockRoute)
    if not lines:
        body.missing(
            "no-routes", node.name.span, f"{body.what} answers nothing", 'add `GET "/path" -> 200`'
        )
    port = body.setting("port")
    number = of.number(port, scope, "number", "the port", least=1, most=65535) if port else None
    return m.Mock(
        span=node.span,
        key=symbol.key,
        name=symbol.name,
        port=int(number) if number else None,
        routes=tuple(_route(of, line, scope) for line in lines),
    )


def _route(of: Expressions, line: n.MockRoute, scope: Scope) -> m.MockRoute:
    if line.method not in HTTP_METHODS:
        of.problems.unknown(
            "unknown-method",
            line.span,
            f"there is no HTTP method `{line.method}`",
            line.method,
            HTTP_METHODS,
        )
    path = of.plain(line.path, "the path of a route")
    if path and not path.startswith("/"):
        of.problems.report("relative-path", line.path.span, "the path of a route begins with `/`")
    replies = tuple(_reply(of, reply, scope) for reply in line.replies)
    chances = sum(reply.probability or 0.0 for reply in replies)
    if chances > 1 + 1e-6:
        of.problems.report(
            "mix-not-whole",
            line.span,
            f"the chances of the replies are {chances * 100:g}% together, more than there is",
        )
    return m.MockRoute(
        span=line.span,
        method=line.method,
        path=m.Constant(span=line.path.span, type="text", value=path),
        replies=replies,
    )


def _reply(of: Expressions, reply: n.MockReply, scope: Scope) -> m.MockReply:
    chance, after = reply.probability, reply.after
    return m.MockReply(
        span=reply.span,
        probability=of.number(chance, scope, "percent", "a chance") if chance else None,
        status=of.amount(reply.status, scope, "number", "a status", least=100, most=599),
        json_body=of.analyse(reply.json, scope) if reply.json else None,
        text=of.text(reply.text, scope, "the body") if reply.text else None,
        headers=Calls(of).headers(reply.headers, scope),
        after=of.amount(after, scope, "duration", "the delay", least=0) if after else None,
    )


def machine(of: Expressions, symbol: Symbol) -> m.Machine | None:
    """Resolve a state machine; None when it is not known of what."""
    assert isinstance(symbol.node, n.Machine)
    return _Machine(of, symbol, symbol.node).model()


class _Machine:
    def __init__(self, of: Expressions, symbol: Symbol, node: n.Machine) -> None:
        self.of = of
        self.problems = of.problems
        self.symbol = symbol
        self.node = node
        self.body = Body(of, f"the machine `{symbol.name}`", node.body)
        self.scope = Scope(
            symbol.file,
            {"status": Local("word"), "node": Local("word")},
            incomplete=self.body.broken,
        )
        self.lines = self.body.every(n.Transition)

    def model(self) -> m.Machine | None:
        kind = "cluster" if self.node.on_cluster else "service"
        subject = self.of.names.declared(self.node.of, self.scope, kind)
        client = self.client()
        self.check_transitions()
        state, initial = self.body.setting("state"), self.initial()
        expression = self.of.analyse(state, self.scope) if state else None
        if subject is None or client is None:
            return None
        return m.Machine(
            span=self.node.span,
            key=self.symbol.key,
            name=self.symbol.name,
            service=subject if kind == "service" else None,
            cluster=subject if kind == "cluster" else None,
            client=client,
            state=expression,
            initial=initial,
            transitions=tuple(
                m.Transition(
                    span=line.span,
                    sources=tuple(source.id for source in line.sources),
                    target=line.target.id,
                    event=line.event.id,
                )
                for line in self.lines
            ),
        )

    def client(self) -> m.Reference | None:
        node = self.body.setting("client")
        if node is None:
            self.body.missing(
                "machine-without-client",
                self.node.name.span,
                f"{self.body.what} does not say which client makes its events happen",
                "add `client NAME`",
            )
        if not isinstance(node, n.Name | n.Attribute):
            return None
        reference = self.of.names.declared(node, self.scope, "client")
        model = self.of.names.model(reference.key) if reference else None
        if isinstance(model, m.Client):
            for line in self.lines:
                Calls(self.of).check_operation(model, line.event, None)
                self.check_event(model, line.event)
        return reference

    def check_event(self, client: m.Client, event: n.Name) -> None:
        """An event is sent to its node; a parameter, if there is one, is the node's name."""
        operation = client.operation(event.id)
        many = len(operation.parameters) if operation else 0
        if many > 1:
            self.problems.report(
                "wrong-arity",
                event.span,
                f"`{event.id}` takes {many} arguments; an event is given the name of its node, "
                "and no more",
                help=f"declare it in the client `{client.name}` with one parameter, or none: "
                f"{event.id}(node)",
            )

    def states(self) -> dict[str, Span]:
        found: dict[str, Span] = {}
        for line in self.lines:
            for state in (*line.sources, line.target):
                found.setdefault(state.id, state.span)
        return found

    def initial(self) -> str | None:
        node = self.body.setting("initial")
        if not isinstance(node, n.Name):
            return None
        if node.id not in self.states():
            self.problems.unknown(
                "unknown-state",
                node.span,
                f"no transition names the state `{node.id}`",
                node.id,
                self.states(),
            )
        return node.id

    def check_transitions(self) -> None:
        """From one state one event leads to one state."""
        if not self.lines:
            self.body.missing(
                "no-transitions",
                self.node.name.span,
                f"{self.body.what} never moves",
                "add `STATE -> STATE by EVENT`",
            )
        seen: dict[tuple[str, str], Span] = {}
        for line in self.lines:
            for source in line.sources:
                step = (source.id, line.event.id)
                if step in seen:
                    self.problems.report(
                        "ambiguous-transition",
                        line.span,
                        f"`{line.event.id}` leads from `{source.id}` to two places",
                        first=seen[step],
                    )
                seen.setdefault(step, line.span)
