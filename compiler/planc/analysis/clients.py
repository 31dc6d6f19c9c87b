"""Resolve `client`: how to talk to a system, and what its answers mean."""

from __future__ import annotations

import re

from planc import model as m
from planc.analysis.bodies import Body
from planc.analysis.calls import WORDS, Calls, with_words
from planc.analysis.expressions import Expressions
from planc.analysis.operators import condition
from planc.analysis.scope import Local, Scope
from planc.analysis.symbols import Symbol
from planc.syntax import nodes as n
from planc.vocabulary import OUTCOME_WORDS, ROUTES

_ACTIONS: dict[str, type[n.Node] | None] = {
    "http": n.HttpCall,
    "redis": n.RedisCommand,
    "tcp": n.TcpLine,
    "exec": n.ExecCall,
    "python": None,
}
_FORMS = {
    "http": 'a request: read(k) GET "/{k}"',
    "redis": 'a command: read(k) command ["GET", k]',
    "tcp": 'a line: read(k) line "GET {k}"',
    "exec": 'a command: read(k) run "get {k}"',
    "python": "its name alone, for its class has the method: read(k)",
}
_TARGET_WORDS = ("name", "ip", "ip6", "port")
_TARGET = {"node": Local("word", "any", fields=_TARGET_WORDS, what="field of the node asked")}
"""What a command may say of the node that it is run for."""
_STATUS = re.compile(r"[1-5]\d\d")


def client(of: Expressions, symbol: Symbol) -> m.Client:
    """Resolve a client."""
    assert isinstance(symbol.node, n.Client)
    return _Client(of, symbol, symbol.node).model()


class _Client:
    def __init__(self, of: Expressions, symbol: Symbol, node: n.Client) -> None:
        self.of = of
        self.problems = of.problems
        self.symbol = symbol
        self.node = node
        self.body = Body(of, f"the client `{symbol.name}`", node.body)
        self.calls = Calls(of)
        # Of a protocol that does not exist, which was said, nobody knows what it has.
        self.strange = node.protocol not in _FORMS
        self.scope = Scope(symbol.file, {}, incomplete=self.body.broken or self.strange)

    def model(self) -> m.Client:
        node = self.node
        fail, unknown = self.outcomes()
        return m.Client(
            span=node.span,
            key=self.symbol.key,
            name=self.symbol.name,
            folder=self.symbol.file.folder,
            over=node.protocol,
            port=node.port.id if node.port else None,
            python=self.python(),
            operations=self.operations(),
            fail_on=fail,
            unknown_on=unknown,
            timeout=self.timeout(),
            route=self.route(),
            headers=(*self.headers(), *self.basic()),
        )

    def headers(self) -> tuple[tuple[m.Expression, m.Expression], ...]:
        for line in self.body.settings("tls"):
            self.problems.report(
                "setting-of-later",
                line.span,
                "no client of this release can be told how to use TLS",
                label="it needs the ability `tls`",
            )
        pairs = (line.arguments for line in self.body.settings("header"))
        texts = tuple(
            (name, value)
            for name, value in pairs
            if isinstance(name, n.Text) and isinstance(value, n.Text)
        )
        return self.calls.headers(texts, self.scope)

    def basic(self) -> tuple[tuple[m.Expression, m.Expression], ...]:
        """Turn `auth USER PASSWORD` into the header that HTTP has for it (RFC 7617)."""
        found = []
        for line in self.body.settings("auth"):
            span = line.span
            user, password = (self.of.text(each, self.scope, "`auth`") for each in line.arguments)
            pair = m.Template(span=span, type="text", parts=(user, ":", password))
            coded = m.Apply(span=span, type="text", function="base64", arguments=(pair,))
            value = m.Template(span=span, type="text", parts=("Basic ", coded))
            found.append((m.Constant(span=span, type="text", value="Authorization"), value))
        return tuple(found)

    def python(self) -> str | None:
        reference = self.node.reference
        if self.node.protocol == "python" and reference is None:
            self.body.missing(
                "bad-python-reference",
                self.node.span,
                "a client over Python needs its class",
                'write `over python "module:Class"`',
            )
        return self.body.python(reference, "the class of a client") if reference else None

    # --- operations -----------------------------------------------------------------------------

    def operations(self) -> tuple[m.Operation, ...]:
        lines = self.body.every(n.Operation)
        self.body.unique([line.name for line in lines], f"{self.body.what} has the operation")
        if not lines and not self.strange:
            self.body.missing(
                "no-operations",
                self.node.name.span,
                f"{self.body.what} cannot do anything",
                f"give it an operation that is {_FORMS[self.node.protocol]}",
            )
        return tuple(self.operation(line) for line in lines)

    def operation(self, line: n.Operation) -> m.Operation:
        self.body.unique(line.parameters, f"`{line.name.id}` has the parameter")
        names = {each.id: Local("parameter", "any", each.span) for each in line.parameters}
        scope = self.scope.inner(names)
        if self.node.protocol == "exec":
            scope = self.scope.inner(_TARGET).inner(names)
        answer = with_words(scope, WORDS.get(self.node.protocol, ()))
        return m.Operation(
            span=line.span,
            name=line.name.id,
            parameters=tuple(each.id for each in line.parameters),
            action=self.action(line, scope),
            returns=self.of.analyse(line.returns, answer) if line.returns else None,
            fails_when=self.when(line.fails_when, answer),
            unknown_when=self.when(line.unknown_when, answer),
        )

    def when(self, node: n.Expr | None, scope: Scope) -> m.Expression | None:
        return condition(self.of, node, scope, "what follows `when`") if node else None

    def action(self, line: n.Operation, scope: Scope) -> m.Action | None:
        action, protocol = line.action, self.node.protocol
        given = type(action) if action is not None else None
        if not self.strange and given is not _ACTIONS[protocol]:
            self.problems.report(
                "wrong-action",
                line.span,
                f"an operation over {protocol} is {_FORMS[protocol].partition(':')[0]}",
                help=f"for instance {_FORMS[protocol].partition(': ')[2]}",
            )
            return None
        match action:
            case n.HttpCall():
                return self.calls.http(action, scope, (action.port.id,) if action.port else ())
            case n.ExecCall():
                return self.calls.exec(action, scope)
            case n.RedisCommand(words=words):
                made = tuple(self.of.analyse(word, scope) for word in words)
                return m.RedisCommand(span=action.span, words=made)
            case n.TcpLine(line=text):
                return m.TcpLine(span=action.span, text=self.of.text(text, scope, "a line"))
        return None

    # --- what answers mean ----------------------------------------------------------------------

    def outcomes(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        fail, unknown = self.body.ids("fail on"), self.body.ids("unknown on")
        for name in (*fail, *unknown):
            if name.id not in OUTCOME_WORDS and not _STATUS.fullmatch(name.id):
                self.problems.unknown(
                    "unknown-outcome",
                    name.span,
                    f"`{name.id}` is nothing that can happen to a request",
                    name.id,
                    OUTCOME_WORDS,
                )
        both = {name.id for name in fail} & {name.id for name in unknown}
        for name in unknown:
            if name.id in both:
                self.problems.report(
                    "outcome-twice",
                    name.span,
                    f"`{name.id}` cannot mean both: certainly failed, and perhaps done",
                    help="`unknown` is the safe one: a checker then assumes neither",
                )
        return tuple(name.id for name in fail), tuple(name.id for name in unknown)

    def timeout(self) -> float | None:
        node = self.body.setting("timeout")
        if node is None:
            return None
        return self.of.number(node, self.scope, "duration", "the timeout", positive=True)

    def route(self) -> str | None:
        node = self.body.setting("route")
        if not isinstance(node, n.Name):
            return None
        if node.id not in ROUTES:
            self.problems.unknown(
                "unknown-choice", node.span, f"there is no route `{node.id}`", node.id, ROUTES
            )
        return node.id
