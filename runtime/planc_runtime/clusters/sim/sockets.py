"""Sockets of the simulation: names for the ends of connections, and what is bound to a port.

Libraries ask a transport for its socket, to read addresses, set options, or poll it for a peer that
has hung up; none of them may touch the real network. A SimSocket answers those questions. Its
descriptor is a number that no real file has.
"""

from __future__ import annotations

import asyncio
import errno
import itertools
import os
import socket
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any, Protocol
from weakref import WeakValueDictionary

from planc_runtime.clusters.sim.machine import WILDCARDS
from planc_runtime.clusters.sim.process import Process

FIRST_DESCRIPTOR = 1 << 24
"""Above any descriptor that the operating system gives."""

_descriptors = itertools.count(FIRST_DESCRIPTOR)
open_sockets: WeakValueDictionary[int, SimSocket] = WeakValueDictionary()

Address = tuple[Any, ...]


class Bound(Protocol):
    """What holds a port of a machine."""

    @property
    def address(self) -> str: ...


class SimSocket:
    """As much of a socket as code that leaves the input and output to asyncio asks for."""

    def __init__(
        self,
        local: tuple[str, int],
        remote: tuple[str, int] | None = None,
        kind: socket.SocketKind = socket.SOCK_STREAM,
    ) -> None:
        self._local = local
        self._remote = remote
        self.type = kind
        self.family = socket.AF_INET6 if ":" in local[0] else socket.AF_INET
        self.proto = socket.IPPROTO_TCP if kind == socket.SOCK_STREAM else socket.IPPROTO_UDP
        self.owner: Any = None
        """The transport, once there is one."""
        self._options: dict[tuple[int, int], Any] = {}
        self._descriptor = next(_descriptors)
        open_sockets[self._descriptor] = self

    def fileno(self) -> int:
        return self._descriptor

    def readable(self) -> bool:
        return bool(getattr(self.owner, "readable", False))

    def getsockname(self) -> Address:
        return self._named(self._local)

    def getpeername(self) -> Address:
        if self._remote is None:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        return self._named(self._remote)

    def _named(self, address: tuple[str, int]) -> Address:
        return (*address, 0, 0) if self.family == socket.AF_INET6 else address

    def setsockopt(self, level: int, option: int, value: Any, *rest: Any) -> None:
        self._options[level, option] = value

    def getsockopt(self, level: int, option: int, *size: int) -> Any:
        if (level, option) == (socket.SOL_SOCKET, socket.SO_TYPE):
            return int(self.type)
        return self._options.get((level, option), 0)

    def setblocking(self, flag: bool) -> None:
        """Nothing blocks."""

    def settimeout(self, seconds: float | None) -> None:
        """Nothing blocks."""

    def gettimeout(self) -> float:
        return 0.0

    def listen(self, backlog: int = 0) -> None:
        """The loop begins to accept when its server does."""

    def close(self) -> None:
        """A transport closes, not its socket."""

    def detach(self) -> int:
        return self._descriptor

    def __repr__(self) -> str:
        return f"<sim socket {self._local} -> {self._remote}>"


@dataclass(eq=False)
class Listener:
    """A port that a process accepts connections on."""

    process: Process
    address: str
    port: int
    context: Context
    sock: SimSocket
    factory: Any = None
    """Of protocols; None until the server serves."""
    server: Any = None
    tls: Any = None
    tls_timeouts: tuple[float | None, float | None] = (None, None)

    def release(self) -> None:
        self.process.machine.unbind("tcp", self.port, self)

    def close(self) -> None:
        self.release()
        self.process.disown(self)


@dataclass
class Places:
    """Which addresses of its machine a process wants to bind."""

    process: Process
    taken: list[Listener] = field(default_factory=list)

    def listen(self, address: str, port: int) -> Listener:
        """Take a port (0: any) for connections; raises OSError as bind() does."""
        machine = self.process.machine
        if not machine.owns(address):
            raise bind_error(errno.EADDRNOTAVAIL, address, port)
        port = port or machine.ephemeral("tcp")
        listener = Listener(
            self.process, address, port, self.process.context, SimSocket((address, port))
        )
        if not machine.bind("tcp", port, listener):
            raise bind_error(errno.EADDRINUSE, address, port)
        self.process.adopt(listener)
        self.taken.append(listener)
        return listener

    def give_up(self) -> None:
        for listener in self.taken:
            listener.close()


def bind_error(number: int, address: str, port: int) -> OSError:
    reason = os.strerror(number).lower()
    return OSError(number, f"error while attempting to bind on address {(address, port)}: {reason}")


def normalized(host: str | None) -> str:
    """One name for every way to say "all addresses of this machine"."""
    return "0.0.0.0" if host is None or host in WILDCARDS else host


def server_of(loop: asyncio.AbstractEventLoop, listeners: list[Listener], **parts: Any) -> Any:
    """asyncio's own server object, over simulated sockets."""
    sockets: Any = [listener.sock for listener in listeners]
    return asyncio.base_events.Server(
        loop,
        sockets,
        parts["factory"],
        parts["tls"],
        parts["backlog"],
        *parts["tls_timeouts"],
    )
