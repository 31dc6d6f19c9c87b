"""The TCP handshake: from a connect() to two transports, or to the error that the kernel gives."""

from __future__ import annotations

import asyncio
import errno
import os
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from planc_runtime.clusters.sim.machine import Machine
from planc_runtime.clusters.sim.process import Process
from planc_runtime.clusters.sim.sockets import Listener, SimSocket
from planc_runtime.clusters.sim.streams import StreamTransport

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.loop import SimLoop

ATTEMPTS = 7
"""How often a SYN is sent, at 0, 1, 3, 7, 15, 31, 63 s; Linux gives up after 127 s."""
ACCEPT_RETRY = 1.0
"""Seconds that asyncio waits when it cannot accept for want of descriptors."""
_HEADERS = 66


class Handshake:
    """One connect(): await `connected` for the client's transport."""

    def __init__(self, loop: SimLoop, process: Process, address: str, port: int) -> None:
        self.loop = loop
        self.process = process
        self.address = address
        self.port = port
        self.connected: asyncio.Future[StreamTransport] = loop.create_future()
        self._attempt = 0
        self._target = loop.network.at(address, process.machine)

    def begin(self) -> None:
        self._send_syn(self.process.now())

    def _send_syn(self, now: float) -> None:
        if self.connected.done() or self.process.dead:
            return
        if self._attempt == ATTEMPTS:
            self._fail(now, errno.ETIMEDOUT)
            return
        timeout = 2.0**self._attempt
        self._attempt += 1
        arrival = None
        if self._target is not None:
            link = self.loop.network.link(self.process.machine.name, self._target.name)
            arrival = _flight(link, now)
        if arrival is None:
            self.loop.kernel_at(now + timeout, self._send_syn, now + timeout)
        else:
            self.loop.kernel_at(arrival, self._syn_arrived, self._target, now + timeout)

    def _syn_arrived(self, target: Machine, retry: float) -> None:
        """At the server: refuse, or make both ends and answer."""
        if self.process.dead:
            return
        network, client = self.loop.network, self.process.machine
        there, back = network.link(client.name, target.name), network.link(target.name, client.name)
        answer = _flight(back, self.loop.now)
        if answer is None:
            self.loop.kernel_at(max(retry, self.loop.now), self._send_syn, retry)
            return
        listener = target.find("tcp", self.address, self.port)
        if there.refuse:
            there.counts["refused"] += 1
        if listener is None or there.refuse or not _serves(listener):
            self._fail(answer, errno.ECONNREFUSED)
            return
        assert isinstance(listener, Listener)
        near, far = self._pair(listener, target)
        far.last_arrival = answer
        context = listener.context.copy()
        self.loop.call_soon(accept, listener, far, context=context)
        self.loop.at(answer, self._established, (near,), self.process.context, self.process)

    def _pair(self, listener: Listener, target: Machine) -> tuple[StreamTransport, StreamTransport]:
        network, machine = self.loop.network, self.process.machine
        there = network.link(machine.name, target.name)
        back = network.link(target.name, machine.name)
        source = "127.0.0.1" if self.address.startswith("127.") else machine.address
        local, remote = (source, machine.ephemeral("tcp")), (self.address, self.port)
        near = StreamTransport(network, self.process, there, back, SimSocket(local, remote))
        far = StreamTransport(network, listener.process, back, there, SimSocket(remote, local))
        near.peer, far.peer = far, near
        self.process.adopt(near)
        listener.process.adopt(far)
        return near, far

    def _established(self, near: StreamTransport) -> None:
        if self.connected.done():
            near.abandon()
        else:
            self.connected.set_result(near)

    def _fail(self, when: float, number: int) -> None:
        def tell() -> None:
            if not self.connected.done():
                text = f"Connect call failed {(self.address, self.port)}"
                if number == errno.ETIMEDOUT:
                    text = os.strerror(number)
                self.connected.set_exception(OSError(number, text))

        self.loop.at(max(when, self.loop.now), tell, (), self.process.context, self.process)


def _flight(link: Any, now: float) -> float | None:
    """When a single packet arrives; None when it is lost."""
    if link.cut or (link.lost and link.random.random() < link.lost):
        link.counts["dropped"] += 1
        return None
    return now + float(link.latency(now, _HEADERS))


def _serves(listener: object) -> bool:
    return isinstance(listener, Listener) and listener.factory is not None


def accept(listener: Listener, transport: StreamTransport) -> None:
    """Run in the server's process: give the connection its protocol."""
    loop = listener.process.loop
    if listener.process.machine.files_exhausted:
        loop.call_later(ACCEPT_RETRY, accept, listener, transport)
        return
    if listener.factory is None:
        transport.abandon()
        return
    protocol = listener.factory()
    if listener.tls is not None:
        protocol = tls_protocol(
            loop, protocol, listener.tls, loop.create_future(), listener.tls_timeouts
        )
    transport.attach(protocol, copy_context(), listener.server)
    protocol.connection_made(transport)


def tls_protocol(
    loop: SimLoop,
    protocol: Any,
    context: Any,
    waiter: asyncio.Future[Any],
    timeouts: tuple[float | None, float | None],
    server_hostname: str | None = None,
) -> Any:
    """Put asyncio's own TLS between a transport and a protocol."""
    from asyncio import sslproto

    protocol_type: Any = sslproto.SSLProtocol
    return protocol_type(
        loop,
        protocol,
        context,
        waiter,
        server_hostname is None,
        server_hostname,
        ssl_handshake_timeout=timeouts[0],
        ssl_shutdown_timeout=timeouts[1],
    )
