"""Calls and requests, from the grammar's rules to nodes."""

from __future__ import annotations

from collections.abc import Callable

from planc.source.span import Span
from planc.syntax import nodes as n
from planc.syntax.build_base import Children, Option
from planc.syntax.build_expressions import Expressions


class Calls(Expressions):
    def call_statement(self, span: Span, children: Children) -> n.CallStatement:
        return n.CallStatement(span, children[0])

    def client_call(self, span: Span, children: Children) -> n.ClientCall:
        path, arguments, on = children
        client, _, operation = path.id.rpartition(".")
        if not client:
            self.report(
                "PLC0142",
                path.span,
                f"`call {operation}` does not say which client is meant",
                label="an operation, or a client?",
                help=f"write `call CLIENT.{operation}(...)`",
            )
        middle = path.span.end - len(operation)
        return n.ClientCall(
            span,
            n.Name(self.span(path.span.start, max(middle - 1, path.span.start)), client),
            n.Name(self.span(middle, path.span.end), operation),
            arguments or (),
            on,
        )

    def http_call(self, span: Span, children: Children) -> n.HttpCall:
        method, url, *options = children
        return n.HttpCall(span, method, url, **self.options(options))

    def http_request(self, span: Span, children: Children) -> n.HttpCall:
        method, url, port, *options = children
        return n.HttpCall(span, method, url, port=port, **self.options(options))

    http_action = http_call

    def exec_call(self, span: Span, children: Children) -> n.ExecCall:
        return n.ExecCall(span, children[0], children[1])

    def exec_request(self, span: Span, children: Children) -> n.ExecCall:
        return n.ExecCall(span, children[0])

    def python_call(self, span: Span, children: Children) -> n.PythonCall:
        return n.PythonCall(span, children[0], children[1] or ())

    def python_request(self, span: Span, children: Children) -> n.PythonCall:
        return n.PythonCall(span, children[0])

    def header_name(self, span: Span, children: Children) -> n.Text:
        name = children[0]
        return name if isinstance(name, n.Text) else n.Text(span, (name,))

    def option_header(self, span: Span, children: Children) -> Option:
        return Option("headers", span, (children[0], children[1]))


def _option(name: str) -> Callable[..., Option]:
    return lambda self, span, children: Option(name, span, children[0])


for _rule, _name in {"for": "duration", "fails": "fails_when", "unknown": "unknown_when"}.items():
    setattr(Calls, f"option_{_rule}", _option(_name))
for _name in ("json", "body", "text", "timeout", "after", "every", "returns"):
    setattr(Calls, f"option_{_name}", _option(_name))
