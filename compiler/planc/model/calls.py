"""What a plan can ask of a system: requests, commands, probes, and Python's own."""

from __future__ import annotations

from typing import Literal

from planc.model.base import Item
from planc.model.expressions import Expression, Reference


class ClientCall(Item):
    kind: Literal["client"] = "client"
    client: Reference
    operation: str
    arguments: tuple[Expression, ...]
    on: Expression | None = None


class HttpCall(Item):
    """`method` is an upper-case word, or the name of a case column that holds one."""

    kind: Literal["http"] = "http"
    method: Expression
    url: Expression
    headers: tuple[tuple[Expression, Expression], ...] = ()
    json_body: Expression | None = None
    body: Expression | None = None
    timeout: Expression | None = None
    port: str | None = None


class ExecCall(Item):
    kind: Literal["exec"] = "exec"
    command: Expression
    on: Expression | None = None


class PythonCall(Item):
    """Resolved only when the test runs; nothing is imported at compile time."""

    kind: Literal["python"] = "python"
    reference: str
    arguments: tuple[Expression, ...] = ()


class TcpOpen(Item):
    kind: Literal["tcp"] = "tcp"
    port: str


class LogLine(Item):
    kind: Literal["log"] = "log"
    pattern: str


class RedisCommand(Item):
    kind: Literal["redis"] = "redis"
    words: tuple[Expression, ...]


class TcpLine(Item):
    kind: Literal["line"] = "line"
    text: Expression


Call = ClientCall | HttpCall | ExecCall | PythonCall
Request = HttpCall | ExecCall | PythonCall
Probe = HttpCall | ExecCall | PythonCall | TcpOpen | LogLine
Action = HttpCall | RedisCommand | TcpLine | ExecCall
