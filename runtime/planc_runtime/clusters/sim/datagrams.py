"""UDP as a process sees it. A packet that finds nobody is lost without a word, as on a network."""

from __future__ import annotations

import asyncio
import errno
import os
from contextvars import Context
from typing import TYPE_CHECKING, Any

from planc_runtime.clusters.sim.link import Link
from planc_runtime.clusters.sim.machine import Machine
from planc_runtime.clusters.sim.process import Process
from planc_runtime.clusters.sim.sockets import SimSocket

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.callbacks import Callback
    from planc_runtime.clusters.sim.network import Network

RECEIVE_BUFFER = 212_992
"""Bytes that a socket keeps for a program that does not read: Linux's default."""
LARGEST = 65_507
"""Bytes of payload that an IPv4 datagram can hold."""


class Datagram:
    """A packet on its way: knows its link, so that a cut can take it out of flight."""

    __slots__ = ("address", "content", "incoming", "port", "sender", "source", "target")

    def __init__(
        self, sender: DatagramTransport, link: Link, target: Machine, to: tuple[str, int]
    ) -> None:
        self.sender = sender
        self.incoming = link
        self.target = target
        self.address, self.port = to
        self.source = sender.name_towards(self.address)
        self.content = b""

    def arrive(self) -> None:
        """In the kernel of the target: hand it to whoever has the port."""
        bound = self.target.find("udp", self.address, self.port)
        if isinstance(bound, DatagramTransport):
            if not bound.arrived(self.content, self.source):
                self.incoming.counts["overflowed"] += 1
        else:
            self.incoming.counts["unreachable"] += 1
            self.sender.unreachable(self.target)

    def withdrawn(self, timer: Callback) -> None:
        """Lost: nobody repeats a datagram."""


class DatagramTransport(asyncio.DatagramTransport):
    """A bound UDP port, connected to one remote address or to none."""

    def __init__(
        self,
        network: Network,
        process: Process,
        local: tuple[str, int],
        remote: tuple[str, int] | None,
        context: Context,
    ) -> None:
        import socket

        sock = SimSocket(local, remote, socket.SOCK_DGRAM)
        super().__init__({"socket": sock, "sockname": local, "peername": remote})
        self.network = network
        self.process = process
        self.address, self.port = local
        self._remote = remote
        self._context = context
        self._protocol: Any = None
        self._closing = False
        self._unread = 0

    def attach(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol
        self.process.adopt(self)

    def sendto(self, data: bytes | bytearray | memoryview, addr: Any = None) -> None:
        if self._remote is not None:
            if addr is not None and tuple(addr[:2]) != self._remote:
                raise ValueError(f"Invalid address: must be None or {self._remote}")
            addr = self._remote
        if self._closing or self.process.dead or not data:
            return
        if addr is None:
            raise ValueError("sendto() of an unconnected endpoint needs an address")
        if len(data) > LARGEST:
            self._error(OSError(errno.EMSGSIZE, os.strerror(errno.EMSGSIZE)))
            return
        self._send(bytes(data), str(addr[0]), int(addr[1]))

    def _send(self, data: bytes, host: str, port: int) -> None:
        machine = self.process.machine
        known = self.network.machines.get(host)
        address = known.address if known else host
        target = self.network.at(address, machine)
        if target is None:
            return
        link = self.network.link(machine.name, target.name)
        now = self.process.now()
        for seconds, content in link.datagrams(now, data):
            packet = Datagram(self, link, target, (address, port))
            packet.content = content
            self.network.loop.kernel_at(now + seconds, packet.arrive)

    def name_towards(self, address: str) -> tuple[str, int]:
        """The source address that the receiver sees."""
        if self.address != "0.0.0.0":
            return self.address, self.port
        own = "127.0.0.1" if address.startswith("127.") else self.process.machine.address
        return own, self.port

    def arrived(self, data: bytes, source: tuple[str, int]) -> bool:
        """Take a packet from the kernel; False when the program reads too slowly for it."""
        if self._remote is not None and source != self._remote:
            return True
        if self._unread + len(data) > RECEIVE_BUFFER:
            return False
        self._unread += len(data)
        self.network.loop.call_soon(self._receive, data, source, context=self._context)
        return True

    def _receive(self, data: bytes, source: tuple[str, int]) -> None:
        self._unread -= len(data)
        if not self._closing:
            self._protocol.datagram_received(data, source)

    def unreachable(self, target: Machine) -> None:
        """An ICMP answer comes back; only a connected socket is told of it."""
        back = self.network.link(target.name, self.process.machine.name)
        if self._remote is not None and not back.cut:
            now = self.network.loop.now
            self.network.loop.at(
                now + back.latency(now, 56),
                self._error,
                (ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED)),),
                self._context,
                self.process,
            )

    def _error(self, trouble: OSError) -> None:
        if not self._closing:
            self._protocol.error_received(trouble)

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self.release()
            self.process.disown(self)
            self.network.loop.call_soon(self._protocol.connection_lost, None, context=self._context)

    def abort(self) -> None:
        self.close()

    def is_closing(self) -> bool:
        return self._closing

    def release(self) -> None:
        self._closing = True
        self.process.machine.unbind("udp", self.port, self)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol  # type: ignore[no-any-return]

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol
