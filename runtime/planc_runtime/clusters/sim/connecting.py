"""The part of the loop's interface that opens things: connections, servers, UDP endpoints."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl as tls_module
from collections.abc import Callable, Iterable
from contextvars import copy_context
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from planc_runtime.clusters.sim import names
from planc_runtime.clusters.sim.connect import Handshake, tls_protocol
from planc_runtime.clusters.sim.datagrams import DatagramTransport
from planc_runtime.clusters.sim.process import PROCESS, Process
from planc_runtime.clusters.sim.sockets import Places, bind_error, normalized, server_of

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.loop import SimLoop
    from planc_runtime.clusters.sim.network import Network
    from planc_runtime.clusters.sim.streams import StreamTransport

    class _Base(asyncio.BaseEventLoop):
        network: Network
        controller: Process
else:
    _Base = object


class Connecting(_Base):
    """Mixed into SimLoop."""

    def __init__(self) -> None:
        super().__init__()
        self._connected: WeakKeyDictionary[Any, StreamTransport] = WeakKeyDictionary()
        """Connections made through a socket of the caller's, until they get a protocol."""

    def process(self) -> Process:
        """The process whose code runs now."""
        return PROCESS.get() or self.controller

    # --- names --------------------------------------------------------------------------------

    async def getaddrinfo(  # type: ignore[override]
        self,
        host: Any,
        port: Any,
        *,
        family: int = 0,
        type: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> list[names.Info]:
        asking = self.process().machine
        return names.resolve(
            self.network, asking, host, port, family=family, type=type, flags=flags
        )

    async def getnameinfo(self, sockaddr: Any, flags: int = 0) -> tuple[str, str]:
        return names.reverse(self.network, sockaddr[0]), str(sockaddr[1])

    # --- TCP ----------------------------------------------------------------------------------

    async def create_connection(
        self,
        protocol_factory: Callable[[], Any],
        host: Any = None,
        port: Any = None,
        *,
        ssl: Any = None,
        sock: Any = None,
        server_hostname: str | None = None,
        family: int = 0,
        flags: int = 0,
        ssl_handshake_timeout: float | None = None,
        ssl_shutdown_timeout: float | None = None,
        **_ignored: Any,
    ) -> tuple[Any, Any]:
        """Connect as asyncio does; the addresses of a name are tried one after the other."""
        if sock is not None:
            transport = self._connected.pop(sock)
        elif host is None and port is None:
            raise ValueError("host and port was not specified and no sock specified")
        else:
            infos = await self.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
            transport = await self._connect(infos)
        protocol = protocol_factory()
        if ssl is None or ssl is False:
            transport.attach(protocol, copy_context())
            protocol.connection_made(transport)
            return transport, protocol
        context = tls_module.create_default_context() if ssl is True else ssl
        waiter = self.create_future()
        timeouts = (ssl_handshake_timeout, ssl_shutdown_timeout)
        name = server_hostname if server_hostname is not None else _text(host)
        layer = tls_protocol(self._loop(), protocol, context, waiter, timeouts, name)
        transport.attach(layer, copy_context())
        layer.connection_made(transport)
        await waiter
        return layer._app_transport, protocol

    async def sock_connect(self, sock: Any, address: Any) -> None:
        """Connect a socket that is then handed to `create_connection(sock=...)`."""
        infos = await self.getaddrinfo(address[0], address[1], type=socket.SOCK_STREAM)
        self._connected[sock] = await self._connect(infos)

    async def _connect(self, infos: list[names.Info]) -> StreamTransport:
        process = self.process()
        if process.machine.files_exhausted:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        trouble: OSError = OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))
        for *_, address in infos:
            handshake = Handshake(self._loop(), process, address[0], address[1])
            handshake.begin()
            try:
                return await handshake.connected
            except OSError as failure:
                trouble = failure
        raise trouble

    async def create_server(
        self,
        protocol_factory: Callable[[], Any],
        host: Any = None,
        port: Any = None,
        *,
        sock: Any = None,
        backlog: int = 100,
        ssl: Any = None,
        ssl_handshake_timeout: float | None = None,
        ssl_shutdown_timeout: float | None = None,
        start_serving: bool = True,
        **_ignored: Any,
    ) -> Any:
        """Bind in the running process; None and wildcards mean all addresses of its machine."""
        process = self.process()
        if process.machine.files_exhausted:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        if sock is not None:
            hosts, port = [sock.getsockname()[0]], sock.getsockname()[1]
        else:
            hosts = _hosts(host)
        places = Places(process)
        try:
            for one in dict.fromkeys(hosts):
                for *_, address in await self._own_addresses(one, port):
                    port = places.listen(normalized(address[0]), address[1] or port or 0).port
        except BaseException:
            places.give_up()
            raise
        timeouts = (ssl_handshake_timeout, ssl_shutdown_timeout)
        parts = {"factory": protocol_factory, "tls": ssl, "backlog": backlog}
        server = server_of(self, places.taken, tls_timeouts=timeouts, **parts)
        for listener in places.taken:
            listener.sock.owner = listener
        if start_serving:
            server._start_serving()
            await asyncio.sleep(0)
        return server

    async def _own_addresses(self, host: str | None, port: Any) -> list[names.Info]:
        flags = socket.AI_PASSIVE
        return await self.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)

    def _start_serving(
        self, factory: Any, sock: Any, tls: Any, server: Any, backlog: int, *timeouts: float | None
    ) -> None:
        """Called by asyncio's server object, for each of its sockets."""
        listener = sock.owner
        listener.factory, listener.server, listener.tls = factory, server, tls
        listener.tls_timeouts = (timeouts[0], timeouts[1])
        listener.context = copy_context()

    def _stop_serving(self, sock: Any) -> None:
        sock.owner.close()

    # --- UDP ----------------------------------------------------------------------------------

    async def create_datagram_endpoint(
        self,
        protocol_factory: Callable[[], Any],
        local_addr: Any = None,
        remote_addr: Any = None,
        *,
        sock: Any = None,
        **_ignored: Any,
    ) -> tuple[Any, Any]:
        """Bind a UDP port of the running process; without a local address any port will do."""
        process = self.process()
        if sock is not None:
            local_addr = sock.getsockname()
        remote = await self._datagram_address(remote_addr) if remote_addr else None
        local = await self._datagram_address(local_addr) if local_addr else ("0.0.0.0", 0)
        local = normalized(local[0]), local[1] or process.machine.ephemeral("udp")
        transport = DatagramTransport(self.network, process, local, remote, copy_context())
        if not process.machine.owns(local[0]):
            raise bind_error(errno.EADDRNOTAVAIL, *local)
        if not process.machine.bind("udp", local[1], transport):
            raise bind_error(errno.EADDRINUSE, *local)
        protocol = protocol_factory()
        transport.attach(protocol)
        self.call_soon(protocol.connection_made, transport)
        await asyncio.sleep(0)
        return transport, protocol

    async def _datagram_address(self, address: Any) -> tuple[str, int]:
        flags = socket.AI_PASSIVE
        infos = await self.getaddrinfo(*address[:2], type=socket.SOCK_DGRAM, flags=flags)
        place = infos[0][4]
        return str(place[0]), int(place[1])

    def _loop(self) -> SimLoop:
        return self  # type: ignore[return-value]


def _hosts(host: Any) -> list[str | None]:
    if host is None or host == "":
        return [None]
    if isinstance(host, (str, bytes)) or not isinstance(host, Iterable):
        return [_text(host)]
    return [_text(one) for one in host]


def _text(host: Any) -> str:
    return host.decode() if isinstance(host, bytes) else str(host)
