"""A node's calls that name addresses: what it means is ours to say, while it waits in the kernel.

`connect` to another node becomes one to the exchange; `bind` to all addresses, or to localhost,
becomes one to the node's own, so that nodes do not take each other's ports; a datagram to a node
that is cut off is swallowed. Everything else goes on untouched.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
from collections.abc import Callable

from planc_runtime.clusters.machine import calls
from planc_runtime.clusters.machine.callers import Caller, signed
from planc_runtime.clusters.machine.desk import Desk
from planc_runtime.clusters.machine.seccomp import Call
from planc_runtime.clusters.redirect import sockaddr
from planc_runtime.clusters.redirect.guide import Guide
from planc_runtime.clusters.redirect.listening import is_listening

_LOCALHOST = "127.0.0.1"
_ANYWHERE = ("0.0.0.0", _LOCALHOST)
_MESSAGE = struct.Struct("=QI4xQQ")
"""The head of a msghdr: name, its length, vectors, their number."""
_PIDFD_OPEN, _PIDFD_GETFD = 434, 438
_libc = ctypes.CDLL(None, use_errno=True)


class Redirector:
    """Answers for one incarnation of a node, from its keeper's loop."""

    def __init__(self, desk: Desk, guide: Guide) -> None:
        self._desk = desk
        self._guide = guide
        self.led = 0
        self.swallowed = 0
        handlers: dict[str, Callable[[Call], None]] = {
            "connect": self._connect,
            "bind": self._bind,
            "sendto": self._send_to,
            "sendmsg": self._send_message,
        }
        for watched in calls.CONNECTIONS:
            desk.handle([watched], self._guarded(handlers[watched.call]))

    def _guarded(self, handler: Callable[[Call], None]) -> Callable[[Call], None]:
        """Whatever goes wrong, the caller must get an answer: that the network is not there."""

        def answer(call: Call) -> None:
            try:
                handler(call)
            except OSError:
                self._desk.answer(call, errno.EHOSTUNREACH)

        return answer

    def _connect(self, call: Call) -> None:
        raw = read_address(call)
        named = sockaddr.read(raw)
        guide = self._guide
        if named is None or named.port == 0:
            pass
        elif named.address == _LOCALHOST and is_listening(guide.own, named.port):
            rewrite(self._desk, call, sockaddr.altered(raw, guide.own, named.port))
        elif guide.is_peer(named.address) and not self._is_stream(call):
            self._give_address(call)
        elif guide.leads(named.address, named.port):
            port = guide.port(named.address, named.port)
            rewrite(self._desk, call, sockaddr.altered(raw, guide.exchange, port))
            self.led += 1
        self._desk.answer(call)

    def _bind(self, call: Call) -> None:
        raw = read_address(call)
        named = sockaddr.read(raw)
        if named is not None and named.address in _ANYWHERE and self._speaks_ipv4(call, named):
            rewrite(self._desk, call, sockaddr.altered(raw, self._guide.own, named.port))
        self._desk.answer(call)

    def _send_to(self, call: Call) -> None:
        caller = Caller(call.thread)
        if self._vanishes(call, caller, call.arguments[4], call.arguments[5]):
            self._desk.finish(call, call.arguments[2])
        else:
            self._desk.answer(call)

    def _send_message(self, call: Call) -> None:
        caller = Caller(call.thread)
        name, length, vectors, count = _MESSAGE.unpack(
            caller.memory(call.arguments[1], _MESSAGE.size)
        )
        if name and self._vanishes(call, caller, name, length):
            self._desk.finish(call, caller.vector_length(vectors, count))
        else:
            self._desk.answer(call)

    def _vanishes(self, call: Call, caller: Caller, address: int, length: int) -> bool:
        named = sockaddr.read(caller.memory(address, min(length, sockaddr.LARGEST)))
        if named is None or not self._guide.is_peer(named.address):
            return False
        self._give_address(call)
        cut = self._guide.cuts(named.address)
        self.swallowed += cut
        return cut

    # --- the socket itself ----------------------------------------------------------------------

    def _give_address(self, call: Call) -> None:
        """Let a datagram come from its node: the kernel would say 127.0.0.1, for all nodes alike.

        A socket that has a port keeps what it has.
        """
        found = _borrowed(call)
        if found is None:
            return
        with found:
            if found.type == socket.SOCK_DGRAM and found.getsockname()[1] == 0:
                own = self._guide.own
                found.bind((f"::ffff:{own}" if found.family == socket.AF_INET6 else own, 0))

    def _is_stream(self, call: Call) -> bool:
        """Tell TCP from UDP; where we may not look, it is taken for TCP."""
        found = _borrowed(call)
        if found is None:
            return True
        with found:
            return found.type == socket.SOCK_STREAM

    def _speaks_ipv4(self, call: Call, named: sockaddr.Named) -> bool:
        """Tell whether an IPv6 socket takes IPv4 connections as well."""
        found = _borrowed(call) if named.mapped else None
        if found is None:
            return True
        with found:
            return not found.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)


def read_address(call: Call) -> bytes:
    """Return the address that `connect` or `bind` names."""
    size = min(call.arguments[2], sockaddr.LARGEST)
    return Caller(call.thread).memory(call.arguments[1], size)


def rewrite(desk: Desk, call: Call, words: bytes) -> None:
    """Let the address that a call has named be another; raises OSError."""
    desk.write(call, call.arguments[1] + sockaddr.CHANGED, words)


def _borrowed(call: Call) -> socket.socket | None:
    """Return a socket of the caller's, to look at; None where the kernel does not let us."""
    watched = _libc.syscall(_PIDFD_OPEN, _process_of(call.thread), 0)
    if watched < 0:
        return None
    try:
        descriptor = _libc.syscall(_PIDFD_GETFD, watched, signed(call.arguments[0]), 0)
    finally:
        os.close(watched)
    return socket.socket(fileno=descriptor) if descriptor >= 0 else None


def _process_of(thread: int) -> int:
    with open(f"/proc/{thread}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Tgid:"))
