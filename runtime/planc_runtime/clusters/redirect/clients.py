"""Let this process' connections be led, by the context that the code runs in.

Whatever connects through Python's `socket` (asyncio, httpx, redis, ...) is led; code in C that
makes its own sockets (libpq, gRPC, uvloop) reaches the nodes, but as nobody whose links can be
troubled.
"""

from __future__ import annotations

import contextvars
import socket
import threading
from typing import Any

from planc_runtime.clusters.redirect.guide import Guide

_guide: contextvars.ContextVar[Guide | None] = contextvars.ContextVar("planc_guide", default=None)
_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


def take(guide: Guide) -> None:
    """Let connections that this context makes from now on come from the guide's host."""
    _guide.set(guide)


def _led(connection: socket.socket, address: Any) -> Any:
    guide = _guide.get()
    tcp = connection.family == socket.AF_INET and connection.type == socket.SOCK_STREAM
    if guide is None or not tcp or not guide.leads(*address):
        return address
    return guide.exchange, guide.port(*address)


def _led_connect(self: socket.socket, address: Any) -> None:
    return _connect(self, _led(self, address))


def _led_connect_ex(self: socket.socket, address: Any) -> int:
    return _connect_ex(self, _led(self, address))


class Led:
    """While it is open, connections go where the context says. Worlds may nest and overlap."""

    _open = 0
    _lock = threading.Lock()

    def __enter__(self) -> Led:
        with Led._lock:
            Led._open += 1
            socket.socket.connect = _led_connect  # type: ignore[method-assign,assignment]
            socket.socket.connect_ex = _led_connect_ex  # type: ignore[method-assign,assignment]
        return self

    def __exit__(self, *reason: object) -> None:
        with Led._lock:
            Led._open -= 1
            if not Led._open:
                socket.socket.connect = _connect  # type: ignore[method-assign]
                socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign]
