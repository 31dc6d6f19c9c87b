"""The bytes of one connection, one way: taken from one end, given to the other when they are due.

The end of a stream and a reset travel with the bytes, and wait with them: whoever is cut off does
not learn that the other end has closed, or died.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections import deque
from collections.abc import Callable
from enum import Enum

from planc_runtime.clusters.redirect.link import Link

_FULL = 1 << 20
"""Bytes on the way after which the sender has to wait, as with a window that is full."""

_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: closing means a reset."""


class End(Enum):
    """What may follow the last byte."""

    FINISHED = "FIN"
    RESET = "RST"


class Flow:
    def __init__(self, link: Link, ended: Callable[[], None]) -> None:
        self._link = link
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._source: asyncio.Transport | None = None
        self._target: asyncio.Transport | None = None
        self._waiting: deque[tuple[float, bytes | End]] = deque()
        self._held = 0
        self._last_due = 0.0
        self._blocked = False
        self._timer: asyncio.TimerHandle | None = None
        self.done = False
        link.flows.add(self)

    def connect(self, source: asyncio.Transport, target: asyncio.Transport) -> None:
        self._source, self._target = source, target
        self.look()

    def feed(self, data: bytes) -> None:
        size = self._link.piece or len(data)
        for start in range(0, len(data), size):
            self._take(data[start : start + size])
        if self._held > _FULL and self._source is not None:
            self._source.pause_reading()
        self.look()

    def finish(self, end: End) -> None:
        self._take(end)
        self.look()

    def block(self, blocked: bool) -> None:
        """Know whether the target takes more at the moment."""
        self._blocked = blocked
        self.look()

    def look(self) -> None:
        """Let go what is due, unless nothing may pass."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting and not (self._link.cut or self._blocked or self._target is None):
            due, item = self._waiting[0]
            if due > self._loop.time():
                self._timer = self._loop.call_at(due, self.look)
                break
            self._waiting.popleft()
            self._give(item)
        if self._held <= _FULL and self._source is not None and not self._source.is_closing():
            self._source.resume_reading()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._link.flows.discard(self)
        self._waiting.clear()
        self._target = None

    def _take(self, item: bytes | End) -> None:
        size = len(item) if isinstance(item, bytes) else 0
        self._held += size
        if self._link.cut:
            self._link.counts["held"] += size
        # A stream stays in order, whatever the jitter.
        self._last_due = max(self._last_due, self._link.due(self._loop.time(), size))
        self._waiting.append((self._last_due, item))

    def _give(self, item: bytes | End) -> None:
        assert self._target is not None
        if isinstance(item, bytes):
            self._held -= len(item)
            self._link.counts["passed"] += len(item)
            self._target.write(item)
        elif item is End.RESET:
            reset(self._target.get_extra_info("socket"))
            self._target.abort()
        else:
            self.done = True
            if self._target.can_write_eof():
                self._target.write_eof()
            self._ended()


def reset(connection: socket.socket) -> None:
    """Have a connection end with RST when it is closed."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
