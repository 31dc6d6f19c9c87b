"""Where connections from one host to one port of another come in, or do not.

What a firewall would do to a SYN is done by the kernel for us. *Silence*, over a cut: the queue of
connections that wait to be accepted is kept full, so that the kernel drops the SYN, and its
retransmission after the heal comes through, as on any network. *Refusal*: the port is held but not
listened on, and the kernel answers with RST.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

_BACKLOG = 512
_FILLERS = 2
"""A queue of length 0 holds one connection; the second proves that it is full."""


class Gate:
    def __init__(self, address: str, serve: Callable[[socket.socket], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._serve = serve
        self._listener = _bound((address, 0))
        self._fillers: dict[tuple[str, int], socket.socket] = {}
        self._state = ""
        self.port: int = self._listener.getsockname()[1]

    def set(self, *, silent: bool, refusing: bool) -> None:
        """Treat connections that begin from now on so; those that are established stay."""
        wanted = "silent" if silent else "refusing" if refusing else "open"
        before, self._state = self._state, wanted
        if wanted == before:
            return
        if before == "open":
            self._loop.remove_reader(self._listener)
        if wanted == "refusing":
            self._stop()
            return
        self._listener.listen(_BACKLOG if wanted == "open" else 0)
        self.accept()
        self._drop_fillers()
        if wanted == "open":
            self._loop.add_reader(self._listener, self.accept)
        else:
            self._fill()

    def close(self) -> None:
        if self._state == "open":
            self._loop.remove_reader(self._listener)
        self._drop_fillers()
        self._listener.close()

    def _stop(self) -> None:
        """Listen no longer, and let nobody else have the port."""
        where = self._listener.getsockname()
        self.accept()
        self._drop_fillers()
        self._listener.close()
        self._listener = _bound(where)

    def _drop_fillers(self) -> None:
        for filler in self._fillers.values():
            filler.close()
        self._fillers.clear()

    def _fill(self) -> None:
        for _ in range(_FILLERS):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(self._listener.getsockname())
            self._fillers[filler.getsockname()] = filler

    def accept(self) -> None:
        """Take in the connections that wait here: to those who made them they are established."""
        # Nothing is waiting, or it was never listened here.
        with contextlib.suppress(OSError):
            while True:
                accepted, source = self._listener.accept()
                if source in self._fillers:
                    accepted.close()
                else:
                    accepted.setblocking(False)
                    self._serve(accepted)


def _bound(where: tuple[str, int]) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setblocking(False)
    listener.bind(where)
    return listener
