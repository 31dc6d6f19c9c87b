"""The test process' line to the station: one request, one answer, descriptors passed along.

It blocks: an answer takes as long as a few system calls, and a socket must be there before the
statement that wanted it goes on. Several threads may ask.
"""

from __future__ import annotations

import json
import socket
import threading
from typing import Any

from planc_runtime.errors import CannotRun

_PATIENCE = 30.0
"""Seconds; the station answers in microseconds unless the machine is hopelessly overloaded."""
_LARGEST = 1 << 17
_MOST = 4
"""Descriptors that come with one answer."""


class LabError(OSError):
    """The station was asked for something that the kernel refused."""


class Line:
    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._channel.settimeout(_PATIENCE)
        self._lock = threading.Lock()

    def ask(self, op: str, **arguments: Any) -> Any:
        """Return the answer to a request; raises LabError, or CannotRun when nobody answers."""
        return self.fetch(op, **arguments)[0]

    def hand(self, op: str, descriptor: int, **arguments: Any) -> Any:
        """Like `ask`, with a descriptor that goes along."""
        return self.fetch(op, (descriptor,), **arguments)[0]

    def fetch(
        self, op: str, given: tuple[int, ...] = (), **arguments: Any
    ) -> tuple[Any, list[int]]:
        """Like `ask`, with the descriptors that go and come along."""
        request = json.dumps({"op": op, **arguments}, separators=(",", ":")).encode()
        try:
            with self._lock:
                socket.send_fds(self._channel, [request], given)
                answer, passed, _, _ = socket.recv_fds(self._channel, _LARGEST, _MOST)
        except OSError as trouble:
            raise CannotRun(
                f"the lab of the nodes does not answer: {trouble.strerror or trouble}"
            ) from None
        if not answer:
            raise CannotRun("the lab of the nodes is gone: its warden was ended from outside")
        message = json.loads(answer)
        if "reason" in message:
            raise LabError(message["errno"], message["reason"])
        return message["reply"], passed

    def close(self) -> None:
        self._channel.close()
