"""Where the system calls of a node that wait for an answer arrive, and who answers which.

A process can have one listener, so everybody who wants to be asked about calls shares it: one desk
for each incarnation, served from its keeper's loop. A handler must answer the call or keep it for
later; a call that nobody handles goes on.
"""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterable

from planc_runtime.clusters.machine import calls, seccomp
from planc_runtime.clusters.machine.calls import Watched
from planc_runtime.clusters.machine.seccomp import Call

_AT_ONCE = 64
"""Calls that are answered before the keeper looks at anything else."""


class Desk:
    """Answers the waiting calls of one incarnation; `listener` becomes its own."""

    def __init__(self, listener: int) -> None:
        self._listener = listener
        self._poll = select.poll()
        self._poll.register(listener, select.POLLIN)
        self._handlers: dict[int, Callable[[Call], object]] = {}

    def fileno(self) -> int:
        return self._listener

    def handle(self, watched: Iterable[Watched], handler: Callable[[Call], object]) -> None:
        """Have a handler answer these calls; who comes later, answers instead."""
        self._handlers.update(dict.fromkeys(calls.numbers(tuple(watched)), handler))

    def take(self) -> bool:
        """Take in the calls that wait; False when nobody is left who could call."""
        for _ in range(_AT_ONCE):
            events = self._poll.poll(0)
            if not events or not events[0][1] & select.POLLIN:
                return not events
            if (call := seccomp.receive(self._listener)) is not None:
                self._handlers.get(call.number, self.answer)(call)
        return True

    def answer(self, call: Call, error: int = 0) -> bool:
        """Let a call go on, or fail; False when its caller does not wait any more."""
        return seccomp.answer(self._listener, call, error)

    def wait(self, seconds: float) -> bool:
        """Wait for a call, for whoever has no loop; False when none came in time."""
        return bool(self._poll.poll(seconds * 1000))

    def finish(self, call: Call, value: int) -> bool:
        """Let a call return a value without having been made."""
        return seccomp.finish(self._listener, call, value)

    def write(self, call: Call, address: int, words: bytes) -> None:
        """Write into the memory of a caller that waits; raises OSError."""
        seccomp.write(self._listener, call, address, words)

    def close(self) -> None:
        os.close(self._listener)
