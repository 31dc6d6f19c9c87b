"""A client with every expression of its plan bound to a plain function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Scope = Mapping[str, Any]
"""Names an operation's expressions may use: its parameters, and what the answer brought."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    node: str
    address: str
    port: int | None
    address6: Any = None
    """Its IPv6 address, or an expression that says why there is none."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    method: str
    path: str
    """A path below the node's address, or a whole URL."""
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    body: str | None = None
    has_json: bool = False
    """Tells `json none` from no body at all."""


@dataclass(frozen=True, slots=True)
class Words:
    """A Redis command."""

    words: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line sent over TCP; the answer is the next line."""

    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A program to run; never a shell line."""

    argv: tuple[str, ...]


Request = HttpRequest | Words | Line | Command


@dataclass(frozen=True, slots=True)
class OperationSpec:
    name: str
    parameters: tuple[str, ...]
    build: Callable[[Scope], Request] | None = None
    """Makes the request; None for python clients, whose methods make their own."""
    returns: Callable[[Scope], Any] | None = None
    fails_when: Callable[[Scope], bool] | None = None
    unknown_when: Callable[[Scope], bool] | None = None


@dataclass(frozen=True, slots=True)
class ClientSpec:
    name: str
    over: str
    """http, redis, tcp, exec or python."""
    operations: Mapping[str, OperationSpec]
    timeout: float = 5.0
    """Seconds an operation may take, from its first byte to its answer, over all nodes asked."""
    route: str = "sticky"
    """sticky (stay until the node cannot be reached), any (drawn anew), each (in turn), leader
    (go on to the next node while the answer is a certain no)."""
    fail_on: frozenset[str] = frozenset()
    unknown_on: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    python: Callable[..., Any] | None = None
    """The class of a python client, resolved: called with an Endpoint."""
