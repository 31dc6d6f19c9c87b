"""Requests, commands and probes as calls of `planc_runtime.api`."""

from __future__ import annotations

from planc import model as m
from planc.emit.code import Argument, Call, Code, Constant, Dict, call, entry, keyword, planc
from planc.emit.expressions import Expressions


def request(of: Expressions, node: m.Probe | m.Action) -> Code:
    """Lower what a service or an operation asks of one node."""
    match node:
        case m.HttpCall():
            return planc("http", *http_arguments(of, node))
        case m.ExecCall(command=text, on=on):
            return planc("command", of.lower(text), *of.options(on=on))
        case m.PythonCall():
            return python(of, node)
        case m.TcpOpen(port=port):
            return planc("tcp_open", Constant(port))
        case m.LogLine(pattern=pattern):
            return planc("log_line", Constant(pattern))
        case m.RedisCommand(words=words):
            return planc("redis", *map(of.lower, words))
        case m.TcpLine(text=text):
            return planc("line", of.lower(text))


def python(of: Expressions, node: m.PythonCall) -> Call:
    return planc("python", Constant(node.reference), *map(of.lower, node.arguments))


def http_arguments(of: Expressions, node: m.HttpCall) -> list[Argument]:
    """Give the arguments that planc.http, s.http and planc.do_http share."""
    arguments = [Argument(of.lower(node.method)), Argument(of.lower(node.url))]
    if node.port is not None:
        arguments.append(keyword("port", Constant(node.port)))
    if node.headers:
        arguments.append(keyword("headers", headers(of, node.headers)))
    return arguments + of.options(json=node.json_body, body=node.body, timeout=node.timeout)


def headers(of: Expressions, pairs: tuple[tuple[m.Expression, m.Expression], ...]) -> Code:
    """Lower headers, whose names are texts as they stand."""
    return Dict(tuple(entry(header_name(name), of.lower(value)) for name, value in pairs))


def header_name(name: m.Expression) -> str:
    return str(name.value) if isinstance(name, m.Constant) else ""


def step(of: Expressions, node: m.Call) -> tuple[str, list[Argument]]:
    """Give the method of a scenario that makes a call, and its arguments."""
    match node:
        case m.ClientCall():
            arguments = [of.lower(node.client), Constant(node.operation)]
            arguments += [of.lower(each) for each in node.arguments]
            return "call", [*map(Argument, arguments), *of.options(on=node.on)]
        case m.HttpCall():
            return "http", http_arguments(of, node)
        case m.ExecCall(command=text, on=on):
            return "exec", [Argument(of.lower(text)), *of.options(on=on)]
        case m.PythonCall(reference=reference, arguments=given):
            lowered = [Argument(of.lower(each)) for each in given]
            return "python", [Argument(Constant(reference)), *lowered]


def in_scenario(of: Expressions, node: m.Call) -> Call:
    method, arguments = step(of, node)
    return call(f"s.{method}", *arguments)


def in_action(of: Expressions, node: m.Call) -> Call:
    method, arguments = step(of, node)
    return planc(f"do_{method}", *arguments)
