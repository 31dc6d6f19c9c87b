"""Questions to a node: how a client asks, how readiness is probed, how the status is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from planc_runtime.plan.expr import Reading, describe
from planc_runtime.plan.spot import Spot, here

NOTHING: Any = object()
"""Tells `json none` from no body at all."""


@dataclass(frozen=True, eq=False, slots=True)
class Http:
    method: Any
    path: Any
    port: str | None = None
    headers: Mapping[str, Any] = field(default_factory=dict)
    json: Any = NOTHING
    body: Any = None
    timeout: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class TcpOpen:
    """A probe: somebody accepts connections."""

    port: str | None


@dataclass(frozen=True, eq=False, slots=True)
class LogLine:
    """A probe: a line of the node's log matches."""

    pattern: Any


@dataclass(frozen=True, eq=False, slots=True)
class Command:
    """A program; its text is split into words first, and each word interpolated then."""

    text: Any
    on: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class Redis:
    words: tuple[Any, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    text: Any


@dataclass(frozen=True, eq=False, slots=True)
class Python(Reading):
    """A function of the plan's author; imported when it is called, from the plan's folder.

    As an expression it is what the function returns; `history` may be one of its arguments.
    """

    reference: str
    arguments: tuple[Any, ...] = ()
    spot: Spot | None = None

    @property
    def question(self) -> tuple[str, tuple[Any, ...]]:
        return "python", (self.reference, *self.arguments)

    def describe(self) -> str:
        return f"python {self.reference}({', '.join(map(describe, self.arguments))})"


Request = Http | TcpOpen | LogLine | Command | Redis | Line | Python


def http(
    method: Any,
    path: Any,
    *,
    port: str | None = None,
    headers: Mapping[str, Any] | None = None,
    json: Any = NOTHING,
    body: Any = None,
    timeout: Any = None,
) -> Http:
    """Describe an HTTP request; `port` names one of the service's, `timeout` is in seconds."""
    return Http(method, path, port, headers or {}, json, body, timeout)


def tcp_open(port: str | None = None) -> TcpOpen:
    """Probe whether a port accepts connections."""
    return TcpOpen(port)


def log_line(pattern: Any) -> LogLine:
    """Probe whether the node has printed a line that matches a regular expression."""
    return LogLine(pattern)


def command(text: Any, on: Any = None) -> Command:
    """Describe a program to run beside a node."""
    return Command(text, on)


def redis(*words: Any) -> Redis:
    """Describe a Redis command, a word each."""
    return Redis(words)


def line(text: Any) -> Line:
    """Describe a line sent over TCP."""
    return Line(text)


def python(reference: str, *arguments: Any) -> Python:
    """Refer to `package.module:callable`, resolved only when the scenario runs."""
    return Python(reference, arguments, here())
