"""The builtin functions of the language."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from planc_runtime.plan.expr import Expr, Probe, Var, only_expressions, value_of
from planc_runtime.plan.forms import Call
from planc_runtime.plan.nodeset import Each, NodeSet, NodeView
from planc_runtime.plan.scope import Missing, Scope
from planc_runtime.plan.show import as_text, show


def _per_node(of_one: Callable[[NodeView], Any], target: Any) -> Any:
    """Apply a question to one node, or to each of several."""
    if not isinstance(target, NodeSet):
        raise TypeError(f"{show(target)} is not a node")
    if len(target) == 1:
        return of_one(target.nodes[0])
    if target.single or not target.nodes:
        raise Missing("there is no such node")
    return Each(of_one(node) for node in target)


def _same(values: Iterable[Any]) -> bool:
    found = list(values)
    return all(value == found[0] for value in found)


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _end(position: int) -> Callable[[Any], Any]:
    def of(values: Any) -> Any:
        if not len(values):
            raise Missing("the list is empty")
        if isinstance(values, NodeSet):
            return NodeSet((values.nodes[position],), single=True)
        return values[position]

    return of


def _decode(value: Any) -> Any:
    """base64 to text; what is nothing stays nothing."""
    return None if value is None else b64decode(value).decode()


def _whole(value: Any) -> int:
    return int(float(value)) if isinstance(value, str) and "." in value else int(value)


def _read_log(node: NodeView) -> str:
    try:
        return node.placement.log.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def _read_file(node: NodeView, path: str) -> str:
    try:
        return (node.placement.data / path).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise Missing(f"{node.name} has no file {path!r}") from None


def _list_files(node: NodeView, pattern: str) -> list[str]:
    root = node.placement.data
    found = root.glob(pattern) if root.is_dir() else ()
    return sorted(str(path.relative_to(root)) for path in found if path.is_file())


def endpoint_of(node: NodeView, port: str | None) -> str:
    """Return `ip:port`, or `[ip]:port` for IPv6; the only port where none is named."""
    host, number = host_and_port(node, port)
    return f"[{host}]:{number}" if ":" in host else f"{host}:{number}"


def host_and_port(node: NodeView, port: str | None) -> tuple[str, int]:
    """Return where a node is asked; the only port where none is named."""
    ports = node.placement.ports
    if port is None and len(ports) == 1:
        return node.host, next(iter(ports.values()))
    if port is None or port not in ports:
        raise Missing(f"{node.name} has no port {port}; it has {', '.join(ports) or 'none'}")
    return node.host, ports[port]


def _url(target: Any, port: str | None = None) -> Any:
    if not isinstance(target, NodeSet):
        return target.field("url")
    return _per_node(lambda node: f"http://{endpoint_of(node, port)}", target)


@dataclass(frozen=True, eq=False, slots=True)
class CountBy(Expr):
    """`count(leaders(C) by term)`: the most different nodes ever seen as leader of one term."""

    cluster: Expr
    role: str
    by: str
    words: str

    def value(self, scope: Scope) -> int:
        return len(self._most(scope)[1])

    def _most(self, scope: Scope) -> tuple[Any, NodeSet]:
        name = getattr(self.cluster, "name", None) or value_of(self.cluster, scope).nodes[0].cluster
        return scope.seen().most_seen(name, self.role, self.by, scope.since)

    def describe(self) -> str:
        return f"count({self.words} by {self.by})"

    def parts(self) -> Iterable[Expr]:
        return (self.cluster,)

    def witness(self, scope: Scope) -> Iterator[str]:
        value, nodes = self._most(scope)
        who = f" ({self.by} {show(value)}: {show(nodes)})" if nodes.nodes else ""
        yield f"{self.describe()} was {len(nodes)}{who}"


def count(x: Any, by: str | None = None) -> Expr:
    """Count nodes or values; with `by`, the most different nodes per value of a status field."""
    if by is None:
        return Call("count", len, (x,))
    cluster, role = getattr(x, "cluster", None), getattr(x, "role", None)
    if not isinstance(cluster, Expr) or not isinstance(role, str):
        raise TypeError("count(... by FIELD) counts leaders(C) or followers(C)")
    return CountBy(cluster, role, by, x.describe())


def sum_(x: Any) -> Expr:
    """Add the values of a list."""
    return Call("sum", sum, (x,))


def min_(*x: Any) -> Expr:
    """Return the least of a list, or of the arguments."""
    return Call("min", min, x)


def max_(*x: Any) -> Expr:
    """Return the greatest of a list, or of the arguments."""
    return Call("max", max, x)


def len_(x: Any) -> Expr:
    """Return how many characters, items or nodes there are."""
    return Call("len", len, (x,))


def any_(x: Any) -> Expr:
    """Say whether any value of a list is true."""
    return Call("any", any, (x,))


def all_(x: Any) -> Expr:
    """Say whether every value of a list is true."""
    return Call("all", all, (x,))


def sorted_(x: Any) -> Expr:
    """Return the values in order."""
    return Call("sorted", sorted, (x,))


def str_(x: Any) -> Expr:
    """Return the value as text."""
    return Call("str", as_text, (x,))


def int_(x: Any) -> Expr:
    """Return the whole number that a text or number stands for."""
    return Call("int", _whole, (x,))


def float_(x: Any) -> Expr:
    """Return the number that a text stands for."""
    return Call("float", float, (x,))


def distinct(x: Any) -> Expr:
    """Return the values without repetition, in the order they came."""
    return Call("distinct", _distinct, (x,))


def same(x: Any) -> Expr:
    """Say whether all values of a list are equal."""
    return Call("same", _same, (x,))


def first(x: Any) -> Expr:
    """Return the first value of a list."""
    return Call("first", _end(0), (x,))


def last(x: Any) -> Expr:
    """Return the last value of a list."""
    return Call("last", _end(-1), (x,))


def base64(x: Any) -> Expr:
    """Return the base64 of a text."""
    return Call("base64", lambda value: b64encode(as_text(value).encode()).decode(), (x,))


def unbase64(x: Any) -> Expr:
    """Return the text that base64 stands for."""
    return Call("unbase64", _decode, (x,))


def decode(x: Any) -> Expr:
    """Return the text that base64 stands for; none stays none."""
    return Call("decode", _decode, (x,))


def json_(x: Any) -> Expr:
    """Return the value that a JSON text stands for."""
    return Call("json", json.loads, (x,))


def text_of(x: Any) -> Expr:
    """Return the value as text, records and lists as JSON."""
    return Call("text", as_text, (x,))


def lower(x: Any) -> Expr:
    """Return a text in lower case."""
    return Call("lower", lambda value: as_text(value).lower(), (x,))


def upper(x: Any) -> Expr:
    """Return a text in upper case."""
    return Call("upper", lambda value: as_text(value).upper(), (x,))


def role(target: Any) -> Expr:
    """Return the role a node was last seen in."""
    return Call("role", lambda t: _per_node(lambda node: node.role, t), (target,))


def status_of(target: Any) -> Expr:
    """Return a node's last status."""
    return Call("status", lambda t: t.field("status"), (target,))


def log_of(target: Any) -> Expr:
    """Return what a node has printed."""
    return Call("log", lambda t: _per_node(_read_log, t), (target,))


def file(target: Any, path: Any) -> Expr:
    """Return the text of a file below a node's data directory."""
    return Call("file", lambda t, p: _per_node(lambda n: _read_file(n, p), t), (target, path))


def files(target: Any, pattern: Any) -> Expr:
    """Return the paths below a node's data directory that match a pattern."""
    return Call("files", lambda t, p: _per_node(lambda n: _list_files(n, p), t), (target, pattern))


def metric(target: Any, name: Any) -> Expr:
    """Return a figure from a node's /metrics page."""
    return Probe("metric", (target, name))


def memory(target: Any) -> Expr:
    """Return the bytes of memory that a node holds."""
    return Probe("memory", (target,))


def open_files(target: Any) -> Expr:
    """Return how many files and sockets a node has open."""
    return Probe("open_files", (target,))


def url(target: Any, port: Any = None) -> Expr:
    """Return `http://ip:port` of a node or a mock."""
    return Call("url", _url, (target,) if port is None else (target, port))


def endpoint(target: Any, port: Any = None) -> Expr:
    """Return `ip:port` of a node."""
    return Call("endpoint", lambda t, p: _per_node(lambda n: endpoint_of(n, p), t), (target, port))


@dataclass(frozen=True, eq=False, slots=True)
class Peers(Expr):
    """`{peers "TEXT" join ","}`: a text for every node of the cluster, joined."""

    template: Any
    separator: Any

    def value(self, scope: Scope) -> str:
        peers = Var("peers").value(scope)
        texts = (as_text(value_of(self.template, scope.with_names(**peer))) for peer in peers)
        return as_text(value_of(self.separator, scope)).join(texts)

    def describe(self) -> str:
        return "peers ..."

    def parts(self) -> Iterable[Expr]:
        return only_expressions(self.separator)


def peers(template: Any, separator: Any = ",") -> Expr:
    """Build a text per node of the cluster, over name, ip, port and index."""
    return Peers(template, separator)
