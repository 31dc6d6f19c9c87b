"""Resolve what a plan asks of a system: client calls, requests, commands, Python."""

from __future__ import annotations

from planc import model as m
from planc.analysis.bodies import Body
from planc.analysis.expressions import Expressions
from planc.analysis.operators import check_pattern
from planc.analysis.scope import Local, Scope
from planc.syntax import nodes as n
from planc.vocabulary import HTTP_METHODS

HTTP_RESULT = ("status", "headers", "json", "text", "latency")
EXEC_RESULT = ("exit", "output", "errors")
HTTP_WORDS = ("json", "text", "headers", "code")
WORDS = {
    "http": HTTP_WORDS,
    "redis": ("reply",),
    "tcp": ("reply",),
    "exec": ("output", "exit"),
    "python": (),
}


def with_words(scope: Scope, words: tuple[str, ...]) -> Scope:
    return scope.inner({word: Local("word", _type_of(word)) for word in words})


def _type_of(word: str) -> str:
    return {"text": "text", "output": "text", "code": "number", "exit": "number"}.get(word, "any")


class Calls:
    def __init__(self, of: Expressions) -> None:
        self.of = of
        self.problems = of.problems

    def call(self, node: n.AnyCall, scope: Scope) -> m.Call | None:
        """Resolve a call of a scenario or fault."""
        match node:
            case n.ClientCall():
                return self.client_call(node, scope)
            case n.HttpCall():
                self.check_url(node)
                return self.http(node, scope)
            case n.ExecCall():
                return self.exec(node, scope)
            case n.PythonCall():
                return self.python(node, scope)

    def result(self, node: n.AnyCall) -> Local:
        """Say what `let x = CALL` makes of x."""
        match node:
            case n.HttpCall():
                return Local("variable", "any", node.span, HTTP_RESULT)
            case n.ExecCall():
                return Local("variable", "any", node.span, EXEC_RESULT)
        return Local("variable", "any", node.span)

    # --- clients --------------------------------------------------------------------------------

    def client_call(self, node: n.ClientCall, scope: Scope) -> m.ClientCall | None:
        arguments = tuple(self.of.analyse(each, scope) for each in node.arguments)
        on = self.of.functions.nodes(node.on, scope) if node.on else None
        reference = self.of.names.declared(node.client, scope, "client")
        client = self.of.names.model(reference.key) if reference else None
        if reference is None or not isinstance(client, m.Client):
            return None
        self.check_operation(client, node.operation, len(node.arguments))
        return m.ClientCall(
            span=node.span,
            client=reference,
            operation=node.operation.id,
            arguments=arguments,
            on=on,
        )

    def check_operation(self, client: m.Client, name: n.Name, given: int | None) -> None:
        """Report an operation that the client has not, or one given too much or too little."""
        operation = client.operation(name.id)
        if operation is None:
            if client.operations:
                self.problems.unknown(
                    "unknown-operation",
                    name.span,
                    f"the client `{client.name}` has no operation `{name.id}`",
                    name.id,
                    [each.name for each in client.operations],
                )
            return
        wanted = len(operation.parameters)
        if given is not None and given != wanted:
            listed = ", ".join(operation.parameters)
            self.problems.report(
                "wrong-arity",
                name.span,
                f"`{name.id}` takes {wanted} argument{'s' * (wanted != 1)}, not {given}",
                help=f"write {client.name}.{name.id}({listed})",
            )

    # --- requests -------------------------------------------------------------------------------

    def http(self, node: n.HttpCall, scope: Scope, ports: tuple[str, ...] = ()) -> m.HttpCall:
        """Resolve a request; `ports` are those of the service where one is implied."""
        of = self.of
        if node.port is not None:
            self.check_port(node.port, ports)
        timeout = (
            of.amount(node.timeout, scope, "duration", "the timeout", positive=True)
            if node.timeout
            else None
        )
        return m.HttpCall(
            span=node.span,
            method=self.method(node, scope),
            url=of.text(node.url, scope, "the address"),
            headers=self.headers(node.headers, scope),
            json_body=of.analyse(node.json, scope) if node.json else None,
            body=of.text(node.body, scope, "the body") if node.body else None,
            timeout=timeout,
            port=node.port.id if node.port else None,
        )

    def headers(
        self, headers: tuple[tuple[n.Text, n.Text], ...], scope: Scope
    ) -> tuple[tuple[m.Expression, m.Expression], ...]:
        return tuple(
            (
                self.of.text(name, scope, "the name of a header"),
                self.of.text(value, scope, "a header"),
            )
            for name, value in headers
        )

    def method(self, node: n.HttpCall, scope: Scope) -> m.Expression:
        """GET, POST, ... or the name of a column that holds one."""
        if node.method in HTTP_METHODS:
            return m.Constant(span=node.span, type="text", value=node.method)
        if scope.find(node.method) is not None:
            return self.of.names.name(n.Name(node.span, node.method), scope)
        self.problems.unknown(
            "unknown-method",
            node.span,
            f"there is no HTTP method `{node.method}`",
            node.method,
            HTTP_METHODS,
        )
        return self.of.anything(node.span)

    def check_url(self, node: n.HttpCall) -> None:
        """A step of a scenario speaks to no node in particular: it needs a whole address."""
        first = node.url.parts[0] if node.url.parts else ""
        if isinstance(first, str) and not first.startswith(("http://", "https://")):
            self.problems.report(
                "relative-url",
                node.url.span,
                "a request of a scenario needs a whole address",
                help='write "{url(CLUSTER, PORT)}/path" or "http://..."',
            )

    def check_port(self, name: n.Name, ports: tuple[str, ...]) -> None:
        if name.id not in ports:
            self.problems.unknown(
                "unknown-port",
                name.span,
                f"there is no port `{name.id}`",
                name.id,
                ports,
                help="declare it: ports NAME NUMBER",
            )

    def exec(self, node: n.ExecCall, scope: Scope) -> m.ExecCall:
        return m.ExecCall(
            span=node.span,
            command=self.of.text(node.command, scope, "a command"),
            on=self.of.functions.nodes(node.on, scope) if node.on else None,
        )

    def python(self, node: n.PythonCall, scope: Scope) -> m.PythonCall:
        body = Body(self.of, "the call", ())
        return m.PythonCall(
            span=node.span,
            reference=body.python(node.reference, "what is called"),
            arguments=tuple(self.of.analyse(each, scope) for each in node.arguments or ()),
        )

    def request(
        self, node: n.HttpCall | n.ExecCall | n.PythonCall, scope: Scope, ports: tuple[str, ...]
    ) -> m.Request:
        """Resolve a request to the node that a service describes."""
        match node:
            case n.HttpCall():
                self.needs_port(node, ports)
                return self.http(node, scope, ports)
            case n.ExecCall():
                return self.exec(node, scope)
            case n.PythonCall():
                return self.python(node, scope)

    def needs_port(self, node: n.HttpCall, ports: tuple[str, ...]) -> None:
        if node.port is None and len(ports) != 1:
            self.problems.report(
                "missing-port",
                node.span,
                "the request does not say to which port it goes",
                help="write `on PORT` after the path",
            )

    def probe(self, node: n.Probe, scope: Scope, ports: tuple[str, ...]) -> m.Probe:
        match node:
            case n.TcpCheck(port=port):
                self.check_port(port, ports)
                return m.TcpOpen(span=node.span, port=port.id)
            case n.LogCheck(pattern=pattern):
                text = self.of.plain(pattern, "the pattern")
                made = m.Constant(span=pattern.span, type="text", value=text)
                check_pattern(self.of, made, pattern)
                return m.LogLine(span=node.span, pattern=text)
        return self.request(node, scope, ports)
