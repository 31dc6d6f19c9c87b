"""Probes: frames of a kind that no program sends, to see for oneself whether a link lets them pass.

They take the way that everything from one host to another takes, whatever runs there, and they are
seen before any socket of the target is.
"""

from __future__ import annotations

import asyncio
import errno
import itertools
import socket
import struct
import time
from dataclasses import dataclass

ETHERTYPE = 0x88B5
"""IEEE 802's first number for local experiments."""
_FRAME = struct.Struct("!6s6sHQ")
_SOL_PACKET, _IGNORE_OUTGOING = 263, 23


def open_probe_socket(interface: str) -> socket.socket:
    """Open a socket for probes on an interface of the network namespace this thread is in."""
    probes = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    probes.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
    probes.bind((interface, ETHERTYPE))
    return probes


@dataclass(slots=True)
class Post:
    """Where a host's probes leave and arrive."""

    mac: bytes
    socket: socket.socket


class Prober:
    """Sends probes between hosts and tells which arrived, and after how long."""

    def __init__(self) -> None:
        self._posts: dict[str, Post] = {}
        self._numbers = itertools.count(1)
        self._expected: dict[int, asyncio.Future[float]] = {}
        self._loop = asyncio.get_running_loop()

    def add(self, name: str, mac: bytes, probes: socket.socket) -> None:
        probes.setblocking(False)
        self._posts[name] = Post(mac, probes)
        self._loop.add_reader(probes, self._receive, probes)

    async def probe(self, source: str, target: str, within: float) -> float | None:
        """Return the seconds that a probe took; None when it did not arrive in time."""
        number = next(self._numbers)
        arrived: asyncio.Future[float] = self._loop.create_future()
        self._expected[number] = arrived
        began = time.monotonic()
        try:
            self._send(source, target, number)
            # Not `timeout`: when this process was not let run for a while, the probe lies here when
            # the time is up, and it has arrived.
            await asyncio.wait([arrived], timeout=within)
        finally:
            del self._expected[number]
        return arrived.result() - began if arrived.done() else None

    def send(self, source: str, target: str) -> None:
        """Send a probe that nobody waits for."""
        self._send(source, target, 0)

    def close(self) -> None:
        for post in self._posts.values():
            self._loop.remove_reader(post.socket)
            post.socket.close()

    def _send(self, source: str, target: str, number: int) -> None:
        there, here = self._posts[target].mac, self._posts[source]
        here.socket.send(_FRAME.pack(there, here.mac, ETHERTYPE, number).ljust(60, b"\0"))

    def _receive(self, probes: socket.socket) -> None:
        """Take in all that has come: who waits for the last of them must not wait for turns."""
        while True:
            try:
                frame = probes.recv(2048)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno == errno.ENETDOWN:
                    return  # said once, when the host's interface goes with its world
                raise
            expected = self._expected.get(_FRAME.unpack_from(frame)[3])
            if expected is not None and not expected.done():
                expected.set_result(time.monotonic())
