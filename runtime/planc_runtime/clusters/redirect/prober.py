"""Probes: connections of our own, led as every other is, to see whether and when bytes arrive."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import itertools
import os
import select
import socket
import struct
import time
from typing import TYPE_CHECKING

from planc_runtime.clusters.lab.hub import Pair

if TYPE_CHECKING:
    from planc_runtime.clusters.redirect.network import RedirectNetwork

_NUMBER = struct.Struct("!Q")
_SILENCE = 0.05
"""Seconds without an answer to a SYN; on this machine an answer takes microseconds."""


class Prober:
    """Sends probes between hosts; all of them arrive here, whomever they are for."""

    def __init__(self, network: RedirectNetwork, address: str) -> None:
        self._network = network
        self._numbers = itertools.count(1)
        self._expected: dict[int, asyncio.Future[float]] = {}
        self._loop = asyncio.get_running_loop()
        self._arrivals: set[socket.socket] = set()
        self._listener = socket.socket()
        self._listener.setblocking(False)
        self._listener.bind((address, 0))
        self._listener.listen(128)
        self._loop.add_reader(self._listener, self._welcome)
        self.place: tuple[str, int] = self._listener.getsockname()

    async def answer(self, pair: Pair, within: float = _SILENCE) -> str:
        """Say what becomes of a connection between two hosts: open, refused or silent."""
        with self._knocking() as knock:
            knock.connect_ex(self._gate(pair))
            answered: asyncio.Future[None] = self._loop.create_future()
            self._loop.add_writer(knock, _note, answered)
            try:
                await asyncio.wait([answered], timeout=within)
            finally:
                self._loop.remove_writer(knock)
            return _state_of(knock)

    async def probe(self, pair: Pair, within: float) -> float | None:
        """Return the seconds that bytes took from one host to another; None when they did not."""
        number = next(self._numbers)
        arrived: asyncio.Future[float] = self._loop.create_future()
        self._expected[number] = arrived
        began = time.monotonic()
        try:
            with self._knocking() as knock:
                async with asyncio.timeout(within):
                    await self._loop.sock_connect(knock, self._gate(pair))
                    began = time.monotonic()
                    await self._loop.sock_sendall(knock, _NUMBER.pack(number))
                    await arrived
        except (TimeoutError, OSError):
            # When this process was not let run for a while, the bytes may be here all the same.
            if not arrived.done() or arrived.cancelled():
                return None
        finally:
            del self._expected[number]
        return arrived.result() - began

    def close(self) -> None:
        for one in (self._listener, *self._arrivals):
            self._loop.remove_reader(one)
            one.close()

    def _knocking(self) -> socket.socket:
        knock = socket.socket()
        knock.setblocking(False)
        return knock

    def _gate(self, pair: Pair) -> tuple[str, int]:
        return self._network.gate(*pair)

    def _welcome(self) -> None:
        with contextlib.suppress(BlockingIOError):
            arrival, _ = self._listener.accept()
            arrival.setblocking(False)
            self._arrivals.add(arrival)
            self._loop.add_reader(arrival, self._receive, arrival)

    def _receive(self, arrival: socket.socket) -> None:
        try:
            word = arrival.recv(_NUMBER.size)
        except BlockingIOError:
            return
        except OSError:
            word = b""
        if len(word) == _NUMBER.size:
            expected = self._expected.get(_NUMBER.unpack(word)[0])
            if expected is not None and not expected.done():
                expected.set_result(time.monotonic())
            return
        self._loop.remove_reader(arrival)
        self._arrivals.discard(arrival)
        arrival.close()


def _note(answered: asyncio.Future[None]) -> None:
    if not answered.done():
        answered.set_result(None)


def _state_of(knock: socket.socket) -> str:
    """Ask the kernel, which knows whether an answer has come when we were too busy to hear it."""
    asked = select.poll()
    asked.register(knock, select.POLLOUT)
    if not asked.poll(0):
        return "silent"
    code = knock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code not in (0, errno.ECONNREFUSED):
        raise OSError(code, os.strerror(code))
    return "refused" if code else "open"
