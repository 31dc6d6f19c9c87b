"""What a generated module may hold, as data, and the check that it holds nothing else.

A plan is text of a stranger. Names come from tables and everything else from the literal printer,
so that nothing of it can become code; this list is the second wall behind that first one, and every
module is held against it before anybody sees it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from planc.emit.expressions import RENAMED
from planc.vocabulary import FAULTS, FUNCTIONS

NODES = frozenset(
    {
        ast.Module, ast.Import, ast.alias, ast.Assign, ast.FunctionDef, ast.AsyncFunctionDef,
        ast.Return, ast.AsyncWith, ast.withitem, ast.For, ast.If, ast.Pass, ast.Await, ast.Expr,
        ast.Call, ast.Attribute, ast.Name, ast.Constant, ast.List, ast.Tuple, ast.Dict,
        ast.Subscript, ast.keyword, ast.arguments, ast.arg, ast.Compare, ast.BinOp, ast.UnaryOp,
        ast.USub, ast.Lambda, ast.Load, ast.Store, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt,
        ast.GtE, ast.Add, ast.Sub, ast.Mult, ast.Div,
    }
)  # fmt: skip
"""The kinds of syntax nodes."""

PLANC = frozenset(
    {
        *FAULTS,
        *(RENAMED.get(name, name) for name in FUNCTIONS),
        "plan", "service", "binary", "module", "ready", "status", "stop", "plant", "cluster",
        "nodes", "links", "client", "operation", "workload", "ramp", "keys", "unique", "sized",
        "mock", "route", "reply", "machine", "transition", "http", "tcp_open", "log_line",
        "command", "redis", "line", "python", "let", "var", "text", "peers", "both", "either",
        "negate", "is_in", "contains", "matches", "or_none", "if_else", "record", "items",
        "between", "node", "any_of", "each", "all_of", "zone", "others", "group", "links_of",
        "links_to", "links_between", "heal", "fault", "sequence", "together", "pick", "weight",
        "repeat_every", "repeat", "when", "for_each", "do_call", "do_http", "do_exec", "do_python",
        "do_wait", "do_wait_until", "do_mark", "do_eventually", "do_stays", "do_expect",
        "history", "no_acknowledged_write_is_lost", "some_acknowledged_write_is_lost", "latency",
        "throughput", "goodput", "error_rate", "availability", "downtime", "send_lag", "recovery",
        "availability_over_time", "share_of_requests", "memory_growth", "open_files_of",
        "open_files_growth", "of_metric", "near", "not_slower_than_baseline",
        "no_log_line_matches", "metrics",
        "every_illegal_transition_is_refused", "matches_schema", "during_faults",
        "outside_faults", "before_faults", "after_heal", "between_marks", "scenario", "cases",
        "for_values",
    }
)  # fmt: skip
"""What may be called of `planc_runtime.api`."""

SCENARIO = frozenset(
    {
        "run", "over", "do", "call", "http", "exec", "python", "cluster", "wait", "wait_until",
        "mark", "eventually", "stays", "always", "never", "expect", "explore", "let", "each",
        "when", "times",
    }
)  # fmt: skip
TIMELINE = frozenset({"at", "do", "always", "never"})
CALLABLES = {"planc": PLANC, "s": SCENARIO, "run": TIMELINE}
METHODS = frozenset({"is_", "is_not"})
"""Of what `planc.history()` gives."""
ANNOTATIONS = frozenset({"Expr", "Action", "Scenario"})


class Forbidden(Exception):
    """A module holds what no plan may bring about: a defect of the emitter."""


def require_allowed(text: str) -> None:
    """Raise Forbidden unless the module consists of nothing but what is listed here."""
    nodes = list(ast.walk(ast.parse(text)))
    annotations = set(map(id, _annotations(nodes)))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    known = _bound(nodes)
    for node in nodes:
        _require(type(node) in NODES, node, f"a {type(node).__name__}")
        match node:
            case ast.alias(name=name, asname=asname):
                _require((name, asname) == ("planc_runtime.api", "planc"), node, f"import {name}")
            case ast.Call():
                _require_call(node, known)
            case ast.Attribute(attr=name) if id(node) in annotations:
                _require(name in ANNOTATIONS, node, f"the annotation {name}")
            case ast.Attribute(attr=name):
                _require(id(node) in called, node, f"the attribute {name}")
            case ast.Name(id=name, ctx=ast.Load()):
                _require(name in known, node, f"the name {name}")
            case ast.keyword(arg=None):
                _require(False, node, "keywords out of a dict")
            case ast.Expr(value=value):
                _require(_is_statement(value), node, "a bare value")


def _require(allowed: bool, node: ast.AST, what: str) -> None:
    if not allowed:
        raise Forbidden(f"{what} in line {getattr(node, 'lineno', 0)}")


def _require_call(node: ast.Call, known: set[str]) -> None:
    match node.func:
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in CALLABLES:
            _require(name in CALLABLES[owner], node, f"a call of {owner}.{name}")
        case ast.Attribute(value=ast.Call(func=ast.Attribute(attr="history")), attr=name):
            _require(name in METHODS, node, f"a call of .{name}")
        case ast.Name(id=name):
            _require(name in known, node, f"a call of {name}")
        case _:
            _require(False, node, "a call of something computed")


def _is_statement(value: ast.expr) -> bool:
    """Say whether a bare value is a call, an awaited call, or the docstring."""
    call = value.value if isinstance(value, ast.Await) else value
    return isinstance(call, ast.Call) or (
        isinstance(value, ast.Constant) and isinstance(value.value, str)
    )


def _annotations(nodes: list[ast.AST]) -> Iterator[ast.expr]:
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            yield node.returns
        elif isinstance(node, ast.arg) and node.annotation is not None:
            yield node.annotation


def _bound(nodes: list[ast.AST]) -> set[str]:
    """Return every name that the module binds itself: builtins are not among them."""
    found = {"planc"}
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
    return {name for name in found if name == "_" or not name.startswith("_")}
