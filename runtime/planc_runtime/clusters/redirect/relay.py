"""One connection that was led here: two ends, and a flow from each to the other."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from planc_runtime.clusters.redirect.flow import End, Flow, reset
from planc_runtime.clusters.redirect.link import Link


class _Side(asyncio.Protocol):
    """One end: what comes in goes into the flow that leads away from it."""

    def __init__(self, away: Flow, hither: Flow, gone: Callable[[], None]) -> None:
        self._away = away
        self._hither = hither
        self._gone = gone
        self.transport: asyncio.Transport | None = None
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._away.feed(data)

    def eof_received(self) -> bool:
        self._away.finish(End.FINISHED)
        return True

    def pause_writing(self) -> None:
        self._hither.block(True)

    def resume_writing(self) -> None:
        self._hither.block(False)

    def connection_lost(self, trouble: Exception | None) -> None:
        self.lost = True
        self._hither.close()
        if trouble is not None:
            self._away.finish(End.RESET)
        self._gone()


class Relay:
    """Use `run()`; it lasts until both ends are closed, and then says so."""

    def __init__(self, forth: Link, back: Link, over: Callable[[Relay], None]) -> None:
        self._over = over
        self._forth = Flow(forth, self._look)
        self._back = Flow(back, self._look)
        self._near = _Side(self._forth, self._back, self._lost)
        self._far = _Side(self._back, self._forth, self._lost)
        self._severed = False
        """It was to be severed before both of its ends were there."""

    async def run(self, accepted: socket.socket, here: str, there: tuple[str, int]) -> None:
        """Join a connection that came from `here` to its target, seen there as one from `here`."""
        loop = asyncio.get_running_loop()
        try:
            far, _ = await loop.create_connection(lambda: self._far, *there, local_addr=(here, 0))
        except OSError:
            reset(accepted)
            accepted.close()
            self._close()
            self._over(self)
            return
        near, _ = await loop.connect_accepted_socket(lambda: self._near, accepted)
        if self._severed:
            self.sever()
            return
        self._forth.connect(near, far)
        self._back.connect(far, near)

    def sever(self) -> int:
        """Reset both ends; return how many were open, or will have been when they are there."""
        if not self._severed and self._near.transport is None:
            self._severed = True
            return 2
        ends = [side for side in (self._near, self._far) if side.transport and not side.lost]
        for side in ends:
            assert side.transport is not None
            reset(side.transport.get_extra_info("socket"))
            side.transport.abort()
        self._close()
        return len(ends)

    def _look(self) -> None:
        if self._forth.done and self._back.done:
            for side in (self._near, self._far):
                if side.transport is not None:
                    side.transport.close()

    def _lost(self) -> None:
        if self._near.lost and self._far.lost:
            self._close()
            self._over(self)

    def _close(self) -> None:
        self._forth.close()
        self._back.close()
