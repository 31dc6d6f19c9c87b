"""The switch: a process through which the frames of troubled links pass, and no others.

Frames come in on one interface, to which the kernel sends what is steered, and go out to the port
of whoever they are for. It is told of links over a socket, and ends with that socket.
"""

from __future__ import annotations

import ctypes
import heapq
import json
import os
import select
import socket
import struct
import time
from typing import Any

from planc_runtime.clusters.lab import frames
from planc_runtime.clusters.lab.impairing import Departures, Link
from planc_runtime.clusters.lab.prober import ETHERTYPE

_SOL_PACKET = 263
_STATISTICS, _VNET_HEADER, _QDISC_BYPASS, _IGNORE_OUTGOING = 6, 15, 20, 23
_SO_RCVBUFFORCE = 33
_EVERYTHING = 3
_BUFFER = 64 << 20
"""Bytes that may wait while this process does not get the processor."""
_BATCH = 64
"""Frames after which it is looked whether anything is due."""
_ADDRESSES = slice(frames.VNET_HEADER, frames.VNET_HEADER + 12)
_SENDER = slice(frames.VNET_HEADER + 6, frames.VNET_HEADER + 12)
_RECEIVER, _GROUP = frames.VNET_HEADER, 1
"""The first byte of the receiver's address, and its bit that says that there are many."""
_TYPE = slice(frames.VNET_HEADER + 12, frames.VNET_HEADER + 14)
_PROBE = struct.pack("!H", ETHERTYPE)

Waiting = tuple[float, int, "Route", int, bytes]


class Route:
    """A link and the port that its frames leave by."""

    def __init__(self, link: Link, port: socket.socket) -> None:
        self.link = link
        self.port = port
        self.troubled = False
        """Whether it is led through here: only then do frames to many receivers concern it."""


class Switch:
    def __init__(self, interface: str, channel: socket.socket) -> None:
        self._channel = channel
        self._frames = _port(interface, _EVERYTHING)
        self._ports: dict[str, socket.socket] = {}
        self._routes: dict[bytes, Route] = {}
        """By receiver and sender."""
        self._from: dict[bytes, list[Route]] = {}
        """By sender."""
        self._waiting: list[Waiting] = []
        self._order = 0
        self._alarm = Alarm()
        self._failed = 0
        """Frames that the kernel did not take from us."""
        self._overrun = 0
        """Frames that came in faster than they were taken."""

    def run(self) -> None:
        """Carry frames until nobody is at the other end of the channel."""
        poll = select.epoll()
        for source in (self._frames, self._channel, self._alarm):
            poll.register(source, select.EPOLLIN)
        while True:
            for descriptor, _ in poll.poll():
                if descriptor == self._channel.fileno():
                    if not self._obey():
                        return
                elif descriptor == self._alarm.fileno():
                    self._alarm.clear()
                else:
                    self._take_in()
            self._send_due()

    def _take_in(self) -> None:
        receive, routes = self._frames.recv, self._routes
        for _ in range(_BATCH):
            try:
                frame = receive(frames.LARGEST)
            except BlockingIOError:
                return
            route = routes.get(frame[_ADDRESSES])
            now = time.monotonic()
            if route is not None:
                carry = route.link.probe if frame[_TYPE] == _PROBE else route.link.carry
                self._dispatch(route, carry(frame, now), now)
            elif frame[_RECEIVER] & _GROUP:
                self._spread(frame, now)

    def _spread(self, frame: bytes, now: float) -> None:
        """Carry a frame to many receivers over each troubled link of its sender."""
        for route in self._from.get(frame[_SENDER], ()):
            if route.troubled:
                self._dispatch(route, route.link.carry(frame, now), now)

    def _dispatch(self, route: Route, departures: Departures, now: float) -> None:
        for due, frame in departures:
            if due <= now:
                self._send(route, frame)
                continue
            self._order += 1
            route.link.queued += 1
            heapq.heappush(self._waiting, (due, self._order, route, route.link.epoch, frame))

    def _send_due(self) -> None:
        waiting = self._waiting
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, route, epoch, frame = heapq.heappop(waiting)
            route.link.queued -= 1
            if epoch == route.link.epoch:
                self._send(route, frame)
        if waiting:
            self._alarm.set(waiting[0][0])

    def _send(self, route: Route, frame: bytes) -> None:
        try:
            route.port.send(frame)
        except OSError:
            self._failed += 1

    # --- what it is told ----------------------------------------------------------------------

    def _obey(self) -> bool:
        """Take one order and answer it; False at the end of the channel."""
        try:
            words = self._channel.recv(1 << 17)
        except OSError:
            return False
        if not words:
            return False
        order = json.loads(words)
        if "links" in order:
            for one in order["links"]:
                self._shape(**one)
        overrun = self._lost()
        answer = [
            [key.hex(), {**route.link.counts, "overrun": overrun}]
            for key, route in self._routes.items()
        ]
        self._channel.send(json.dumps(answer).encode())
        return True

    def _shape(
        self, source: str, target: str, key: str, port: str, seed: str, rule: dict[str, Any] | None
    ) -> None:
        """Follow a rule on a link; None cuts it off, and what waits with it."""
        addresses = bytes.fromhex(key)
        if addresses not in self._routes:
            if port not in self._ports:
                self._ports[port] = _port(port, 0)
            made = Route(Link(source, target, seed), self._ports[port])
            self._routes[addresses] = made
            self._from.setdefault(addresses[6:], []).append(made)
        route = self._routes[addresses]
        link, route.troubled = route.link, bool(rule)
        if rule is None:
            link.epoch += 1
        else:
            link.shape(rule)

    def _lost(self) -> int:
        """Return how many frames were lost here that should not have been."""
        _, drops = struct.unpack("=II", self._frames.getsockopt(_SOL_PACKET, _STATISTICS, 8))
        self._overrun += drops
        return self._overrun + self._failed


class Alarm:
    """A timer that can be waited for like a socket, to the microsecond."""

    _libc = ctypes.CDLL(None, use_errno=True)
    _MONOTONIC, _NONBLOCK, _CLOEXEC, _ABSOLUTE = 1, 0o4000, 0o2000000, 1

    def __init__(self) -> None:
        self._timer = self._libc.timerfd_create(self._MONOTONIC, self._NONBLOCK | self._CLOEXEC)
        self._when: float | None = None

    def fileno(self) -> int:
        return int(self._timer)

    def set(self, when: float) -> None:
        """Ring at an instant of the monotonic clock."""
        if when == self._when:
            return
        self._when = when
        seconds, fraction = divmod(max(1, int(when * 1e9)), 1_000_000_000)
        value = struct.pack("=qqqq", 0, 0, seconds, fraction)
        self._libc.timerfd_settime(self._timer, self._ABSOLUTE, value, None)

    def clear(self) -> None:
        self._when = None
        try:
            os.read(self._timer, 8)
        except BlockingIOError:
            return


def _port(interface: str, kind: int) -> socket.socket:
    """Open a socket for whole frames on an interface, receiving those of a kind (0: none)."""
    port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    port.setsockopt(_SOL_PACKET, _VNET_HEADER, 1)
    port.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
    port.setsockopt(_SOL_PACKET, _QDISC_BYPASS, 1)
    try:
        port.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
    except OSError:
        port.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    port.bind((interface, kind))
    port.setblocking(False)
    return port
