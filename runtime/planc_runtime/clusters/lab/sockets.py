"""Let this process' sockets be made on hosts of the lab, by the context that the code runs in.

A network namespace is a property of the socket, not of who uses it. So nothing of this process is
moved: no thread enters a namespace, no privilege is needed, threads may exist. Whatever makes its
sockets through Python's `socket` (asyncio, httpx, redis, ...) is led in any thread; code in C that
makes its own (libpq, uvloop, ...) is led in the event loop's threads only (see `guests`), and stays
outside of the lab elsewhere.
"""

from __future__ import annotations

import contextvars
import socket
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from planc_runtime.clusters.lab.guests import become_guest
from planc_runtime.clusters.lab.line import LabError, Line

_FAMILIES = frozenset({socket.AF_INET, socket.AF_INET6})
_make = socket.socket.__init__


class Seat:
    """A host as the place that code runs on."""

    def __init__(self, line: Line, name: str) -> None:
        self._line = line
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    def lead_thread(self) -> None:
        """Let all sockets of this thread be made here, those of code in C as well."""
        become_guest(self._line, self._name)

    def descriptor(self, family: int, kind: int, protocol: int) -> int:
        try:
            _, passed = self._line.fetch(
                "socket", name=self._name, family=family, type=kind, proto=protocol
            )
        except LabError as trouble:
            raise OSError(trouble.errno, trouble.strerror) from None
        return passed[0]


_seat: contextvars.ContextVar[Seat | None] = contextvars.ContextVar("planc_seat", default=None)


def take(seat: Seat) -> None:
    """Let sockets that this context makes from now on belong to a host."""
    _seat.set(seat)


def _init(
    self: socket.socket, family: int = -1, type: int = -1, proto: int = -1, fileno: Any = None
) -> None:
    seat = _seat.get() if fileno is None else None
    if seat is not None:
        family = socket.AF_INET if family == -1 else family
        type = socket.SOCK_STREAM if type == -1 else type
        if family in _FAMILIES:
            proto = max(proto, 0)
            fileno = seat.descriptor(int(family), int(type), proto)
    _make(self, family, type, proto, fileno)


class Led:
    """While it is open, sockets are made where the context says. Worlds may nest and overlap."""

    _open = 0
    _lock = threading.Lock()

    def __enter__(self) -> Led:
        with Led._lock:
            Led._open += 1
            socket.socket.__init__ = _init  # type: ignore[method-assign]
        return self

    def __exit__(self, *reason: object) -> None:
        with Led._lock:
            Led._open -= 1
            if not Led._open:
                socket.socket.__init__ = _make  # type: ignore[method-assign]


class ContextExecutor(ThreadPoolExecutor):
    """An event loop's threads, each call in the context that it was asked for in.

    A host has threads of its own, which act from there whatever they run.
    """

    def __init__(self) -> None:
        super().__init__(thread_name_prefix="planc")
        self._seats: dict[str, ThreadPoolExecutor] = {}

    def submit(self, call: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        context, seat = contextvars.copy_context(), _seat.get()
        if seat is None:
            return super().submit(context.run, call, *args, **kwargs)
        if seat.name not in self._seats:
            self._seats[seat.name] = ThreadPoolExecutor(
                thread_name_prefix=f"planc {seat.name}", initializer=seat.lead_thread
            )
        return self._seats[seat.name].submit(context.run, call, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        for threads in self._seats.values():
            threads.shutdown(wait, cancel_futures=cancel_futures)
        super().shutdown(wait, cancel_futures=cancel_futures)
