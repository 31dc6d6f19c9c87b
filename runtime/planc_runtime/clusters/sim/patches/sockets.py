"""Real sockets, which simulated code may make and bind but never use; polling of simulated ones.

Libraries make a socket only to pass it to asyncio (`sock=`). Such a socket remembers the address it
was bound to; nothing is bound on the real machine.
"""

from __future__ import annotations

import select
import socket
from typing import Any
from weakref import WeakKeyDictionary

from planc_runtime.clusters.sim import names
from planc_runtime.clusters.sim.patches.patching import Patches, per_process
from planc_runtime.clusters.sim.process import PROCESS, Process
from planc_runtime.clusters.sim.sockets import FIRST_DESCRIPTOR, open_sockets
from planc_runtime.errors import NotSupported

_HELP = "use asyncio's streams, transports or an asyncio client library"
_BLOCKING = ("connect", "connect_ex", "accept", "sendall", "send", "recv", "sendto", "recvfrom")


def apply(patches: Patches) -> None:
    bound: WeakKeyDictionary[socket.socket, Any] = WeakKeyDictionary()

    def bind(process: Process, sock: socket.socket, address: Any) -> None:
        host, port = address[:2]
        bound[sock] = (host or "0.0.0.0", port or process.machine.ephemeral("tcp"))

    def getsockname(process: Process, sock: socket.socket) -> Any:
        return bound.get(sock, ("0.0.0.0", 0))

    _method(patches, "bind", bind)
    _method(patches, "getsockname", getsockname)
    _method(patches, "listen", lambda process, sock, backlog=0: None)
    for name in _BLOCKING:
        _method(patches, name, _refuse(name))
    for name, simulated in (
        ("getaddrinfo", _getaddrinfo),
        ("gethostbyname", lambda process, host: _getaddrinfo(process, host, 0)[0][4][0]),
        ("gethostname", lambda process: process.machine.name),
        ("getfqdn", lambda process, name="": name or process.machine.name),
    ):
        real = getattr(socket, name)
        patches.function(socket, name, per_process(real, simulated))
    patches.function(select, "poll", per_process(select.poll, lambda process: Poll()))


def _method(patches: Patches, name: str, simulated: Any) -> None:
    """Override a method that `socket.socket` inherits from its base written in C."""
    real = getattr(socket.socket, name)

    def method(self: socket.socket, *args: Any) -> Any:
        process = PROCESS.get()
        if process is None or self.family not in (socket.AF_INET, socket.AF_INET6):
            return real(self, *args)
        return simulated(process, self, *args)

    if name in vars(socket.socket):
        patches.set(socket.socket, name, method)
    else:
        setattr(socket.socket, name, method)
        patches.undo(delattr, socket.socket, name)


def _refuse(name: str) -> Any:
    def refuse(process: Process, *_: Any) -> Any:
        raise NotSupported("sim", f"call {name}() of a blocking socket", help=_HELP)

    return refuse


def _getaddrinfo(
    process: Process,
    host: Any,
    port: Any,
    family: int = 0,
    type: int = 0,
    proto: int = 0,
    flags: int = 0,
) -> Any:
    network = process.loop.network
    return names.resolve(
        network, process.machine, host, port, family=family, type=type, flags=flags
    )


class Poll:
    """Stands in for `select.poll`: knows simulated descriptors, asks the real one for others."""

    def __init__(self) -> None:
        self._real = _REAL_POLL()
        self._simulated: dict[int, int] = {}

    def register(self, fd: Any, mask: int = select.POLLIN) -> None:
        number = fd if isinstance(fd, int) else fd.fileno()
        if number >= FIRST_DESCRIPTOR:
            self._simulated[number] = mask
        else:
            self._real.register(number, mask)

    modify = register

    def unregister(self, fd: Any) -> None:
        number = fd if isinstance(fd, int) else fd.fileno()
        if self._simulated.pop(number, None) is None:
            self._real.unregister(number)

    def poll(self, timeout: float | None = None) -> list[tuple[int, int]]:
        ready = []
        for number, mask in self._simulated.items():
            sock = open_sockets.get(number)
            if sock is None:
                ready.append((number, select.POLLNVAL))
            elif mask & select.POLLIN and sock.readable():
                ready.append((number, select.POLLIN))
        return ready + self._real.poll(0)


_REAL_POLL = select.poll
