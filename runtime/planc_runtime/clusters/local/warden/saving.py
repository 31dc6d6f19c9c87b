"""Ask a node's Python processes to write their coverage data before they are killed.

A process that measures itself says "hello" to its keeper's datagram socket; only such processes
are ever sent the signal, because for any other program its default is to end. After writing it
says "saved". The other side of this conversation is startup/sitecustomize.py.
"""

from __future__ import annotations

import signal
import socket
import time

from planc_runtime.clusters.local import proc
from planc_runtime.clusters.local.warden import tree

ADDRESS_VARIABLE = "PLANC_SAVER"
PATIENCE = 2.0
"""Seconds that a kill may be put off for the sake of coverage data."""

SIGNAL = signal.SIGRTMIN + 13
"""A real-time signal that hardly any program uses; sitecustomize.py names the same one."""


class Saver:
    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        # The kernel picks a free abstract name; it needs no file and no tidying up.
        self._socket.bind("")
        self.address: str = self._socket.getsockname().decode().lstrip("\0")
        self._measured: set[int] = set()
        self._saved: set[int] = set()

    def fileno(self) -> int:
        return self._socket.fileno()

    def drain(self) -> None:
        """Take in what was said: the kernel keeps no more than a few words for us."""
        self._hear(0.0)

    def save(self, alive: list[int], within: float) -> None:
        """Let those of `alive` that measure themselves save; wait for them at most `within` s."""
        self.drain()
        waiting = {pid for pid in alive if pid in self._measured and not proc.is_stopped(pid)}
        self._saved.clear()
        for pid in waiting:
            tree.send(pid, SIGNAL)
        deadline = time.monotonic() + within
        while waiting - self._saved and self._hear(deadline - time.monotonic()):
            pass

    def _hear(self, patience: float) -> bool:
        """Take in all that was said; wait for a first word. False when none came in time."""
        heard = False
        while patience >= 0:
            self._socket.settimeout(patience)
            try:
                word, pid = self._socket.recv(64).split()
            except (TimeoutError, BlockingIOError):
                return heard
            (self._measured if word == b"hello" else self._saved).add(int(pid))
            heard, patience = True, 0.0
        return heard
