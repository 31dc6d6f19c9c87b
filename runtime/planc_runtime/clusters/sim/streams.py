"""TCP as a process sees it: a transport at each end of a connection.

What a sender writes goes into the kernel's buffers as long as they have room (`WINDOW`) and waits
in the transport beyond that, so that `drain()` blocks on a peer that does not read. An end that is
closed, by its program or by the end of it, says FIN, or RST when something was left unread; data
for an end that is closed already is answered with RST.
"""

from __future__ import annotations

import asyncio
import errno
from asyncio.transports import _FlowControlMixin
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING, Any

from planc_runtime.clusters.sim.link import Stalled
from planc_runtime.clusters.sim.process import Process
from planc_runtime.clusters.sim.sockets import SimSocket

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.callbacks import Callback
    from planc_runtime.clusters.sim.link import Link
    from planc_runtime.clusters.sim.network import Network

WINDOW = 262_144
"""Bytes that the two kernels hold for one direction of a connection."""
CHUNK = 65_536
"""The most that one read of the receiver gives."""
_HEADERS = 66


class StreamTransport(_FlowControlMixin):
    """One end of a connection; it reads nothing until it is attached to a protocol."""

    _start_tls_compatible = True
    peer: StreamTransport
    _maybe_pause_protocol: Callable[[], None]
    _maybe_resume_protocol: Callable[[], None]

    def __init__(
        self, network: Network, process: Process, link: Link, incoming: Link, sock: SimSocket
    ) -> None:
        names = {"sockname": sock.getsockname(), "peername": sock.getpeername()}
        super().__init__({"socket": sock, **names}, process.loop)
        self.network = network
        self.process = process
        self.link = link
        self.incoming = incoming
        self.context: Context = process.context
        self.last_arrival = 0.0
        self.in_flight = 0
        """Bytes that the kernels hold: sent, and not yet read by the peer's program."""
        self._protocol: Any = None
        self._server: Any = None
        self._outbox: deque[memoryview] = deque()
        """Written and not yet in the kernel: `_waiting` bytes."""
        self._waiting = 0
        self._reading = False
        self._inbox: deque[bytes] = deque()
        """Arrived and unread; an empty element is the peer's FIN."""
        self._closing = self._eof_written = self._fin_sent = self._lost = False
        self._trouble: Exception | None = None
        sock.owner = self

    def attach(self, protocol: asyncio.BaseProtocol, context: Context, server: Any = None) -> None:
        """Begin: `connection_made` is for the caller to call."""
        self._protocol, self.context, self._server = protocol, context, server
        if server is not None:
            server._attach()
        if self._lost:
            self.process.loop.call_soon(self._connection_lost, self._trouble, context=context)
        self.resume_reading()

    def abandon(self) -> None:
        """Close an end that no program has taken yet."""
        self.process.disown(self)
        self.release()

    # --- writing ------------------------------------------------------------------------------

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"data argument must be a bytes-like object, not {type(data).__name__}")
        if self._eof_written:
            raise RuntimeError("Cannot call write() after write_eof()")
        if not data or self._closing or self.process.dead:
            return
        data = bytes(data)
        if self._outbox or len(data) > CHUNK or self.in_flight >= WINDOW:
            self._outbox.append(memoryview(data))
            self._waiting += len(data)
            self._pump()
            self._maybe_pause_protocol()
        else:
            self._send(data)

    def _send(self, data: bytes) -> None:
        self.in_flight += len(data)
        self.network.send_segment(self, self.peer.segment_arrived, (data,), len(data) + _HEADERS)

    def _pump(self) -> None:
        """Hand to the kernel what it has room for."""
        outbox = self._outbox
        while outbox and self.in_flight < WINDOW:
            data = outbox.popleft()
            if len(data) > CHUNK:
                outbox.appendleft(data[CHUNK:])
                data = data[:CHUNK]
            self._waiting -= len(data)
            self._send(bytes(data))

    def acknowledged(self) -> None:
        """The peer's program has read, so that there is room again."""
        if self._lost:
            return
        self._pump()
        self._maybe_resume_protocol()
        if not self._outbox:
            if self._eof_written:
                self._send_fin()
            if self._closing:
                self._close_kernel()
                self._lose(None)

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def write_eof(self) -> None:
        if not (self._closing or self._eof_written):
            self._eof_written = True
            if not self._outbox:
                self._send_fin()

    def can_write_eof(self) -> bool:
        return True

    def get_write_buffer_size(self) -> int:
        return self._waiting

    # --- reading ------------------------------------------------------------------------------

    def pause_reading(self) -> None:
        self._reading = False

    def resume_reading(self) -> None:
        if not self._reading and not self._closing:
            self._reading = True
            if self._inbox:
                self.process.loop.call_soon(self._read, context=self.context)

    def is_reading(self) -> bool:
        return self._reading and not self._closing

    @property
    def readable(self) -> bool:
        """What `poll` would say: data, an end, or an error is there."""
        return bool(self._inbox) or self._lost

    def segment_arrived(self, data: bytes) -> None:
        """Take data, or the peer's FIN when it is empty, from the network."""
        if self._closing or self.process.dead:
            if data:
                self._send_reset()
            return
        self._inbox.append(data)
        self._read()

    def _read(self) -> None:
        while self._inbox and self._reading and not self._closing:
            data = self._inbox.popleft()
            try:
                self._hand_over(data)
            except Exception as trouble:
                self._fail(trouble)

    def _hand_over(self, data: bytes) -> None:
        if not data:
            if not self._protocol.eof_received():
                self.close()
            return
        self._credit(len(data))
        if isinstance(self._protocol, asyncio.BufferedProtocol):
            self._fill(self._protocol, data)
        else:
            self._protocol.data_received(data)

    def _fill(self, protocol: asyncio.BufferedProtocol, data: bytes) -> None:
        while data:
            room = memoryview(protocol.get_buffer(len(data)))
            count = min(len(room), len(data))
            room[:count] = data[:count]
            protocol.buffer_updated(count)
            data = data[count:]

    def _credit(self, size: int) -> None:
        peer = self.peer
        peer.in_flight -= size
        if peer._outbox:
            self.network.send_segment(self, peer.acknowledged, (), _HEADERS)

    # --- ending -------------------------------------------------------------------------------

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            if not self._outbox:
                self._close_kernel()
                self._lose(None)

    def abort(self) -> None:
        """Close without waiting for what is not yet in the kernel."""
        self._force_close(None)

    def _force_close(self, trouble: Exception | None) -> None:
        """Abort with a reason; asyncio's TLS calls this by name."""
        self._closing = True
        self._outbox.clear()
        self._waiting = 0
        self._close_kernel()
        self._lose(trouble)

    def _fail(self, trouble: Exception) -> None:
        """The protocol raised: tell the loop and give the connection up."""
        kind = type(self._protocol).__qualname__
        self.process.loop.call_exception_handler(
            {"message": f"{kind} failed on {self!r}, which is closed", "exception": trouble}
        )
        self._force_close(trouble)

    def reset(self) -> None:
        """Break the connection at both ends, as a middlebox does that sends RST to both."""
        self.reset_arrived()
        self.peer.process.loop.call_soon(self.peer.reset_arrived, context=self.peer.context)

    def release(self) -> None:
        """The process is gone: its kernel closes; what was in the transport's buffer is lost."""
        unread = any(self._inbox) or self.peer.in_flight > 0
        self._closing = self._lost = True
        self._outbox.clear()
        if unread:
            self._send_reset()
        else:
            self._send_fin()

    def is_closing(self) -> bool:
        return self._closing

    def _close_kernel(self) -> None:
        if any(self._inbox):
            self._send_reset()
        else:
            self._send_fin()

    def _send_fin(self) -> None:
        if not self._fin_sent:
            self._fin_sent = True
            self.network.send_segment(self, self.peer.segment_arrived, (b"",), _HEADERS)

    def _send_reset(self) -> None:
        self._fin_sent = True
        self.network.send_segment(self, self.peer.reset_arrived, (), _HEADERS)

    def reset_arrived(self) -> None:
        if not self._lost and not self.process.dead:
            self._closing = self._fin_sent = True
            self._inbox.clear()
            self._outbox.clear()
            self._lose(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))

    def withdrawn(self, timer: Callback) -> None:
        """A cut has taken this segment out of flight: the peer will repeat it after the heal."""
        sender = self.peer
        stalled = sender.link.stalled.setdefault(sender, Stalled(self.network.loop.now))
        stalled.segments.append((timer.call, timer.args))

    def _lose(self, trouble: Exception | None) -> None:
        if not self._lost:
            self._lost, self._trouble = True, trouble
            if self._protocol is not None:
                self.process.loop.call_soon(self._connection_lost, trouble, context=self.context)

    def _connection_lost(self, trouble: Exception | None) -> None:
        self.process.disown(self)
        try:
            self._protocol.connection_lost(trouble)
        finally:
            if self._server is not None:
                self._server._detach()
                self._server = None

    # --- the rest of the transport's interface ---------------------------------------------------

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"<sim connection {self.link.source} -> {self.link.target}>"
