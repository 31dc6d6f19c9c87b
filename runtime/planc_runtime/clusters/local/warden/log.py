"""A bound on what a node may write into its log, so that it cannot fill its user's disk.

The log is a plain file that the node itself writes to, at full speed; its keeper looks at the size
now and then. Of a log that has become too long the first half and the end are kept: how it began,
and what it said last. The file says how much is missing.
"""

from __future__ import annotations

import os
import stat

VARIABLE = "PLANC_LOG_LIMIT"
"""Environment variable: bytes that the log of a node may hold."""
_LIMIT = 64 << 20
_CALM, _BUSY = 0.25, 0.005
"""Seconds between two looks, and while it grows quickly."""


class BoundedLog:
    def __init__(self, path: str) -> None:
        self._path = path
        self._limit = int(os.environ.get(VARIABLE, _LIMIT))
        self._size = 0
        self._busy = False
        self._dropped = 0

    def patience(self) -> float:
        """Return in how many seconds to look again."""
        return _BUSY if self._busy else _CALM

    def look(self) -> None:
        """Shorten the log if it is too long."""
        try:
            now = os.stat(self._path)
            if stat.S_ISREG(now.st_mode) and now.st_size > self._limit:
                self._shorten()
        except OSError:
            # It has been removed, or the disk is in trouble: the node's affair.
            return
        self._busy = now.st_size - self._size > self._limit // 64
        self._size = now.st_size

    def end(self) -> None:
        """Say at the end of the log, where it is looked at first, what is missing."""
        self.look()
        if self._dropped:
            with open(self._path, "ab", buffering=0) as log:
                log.write(self._notice())

    def _shorten(self) -> None:
        head, tail = self._limit // 2, self._limit // 8
        handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        try:
            size = os.fstat(handle).st_size
            last = os.pread(handle, tail, size - tail)
            os.ftruncate(handle, head)
            self._dropped += size - head - len(last)
            os.write(handle, b"\n" + self._notice() + last)
        finally:
            os.close(handle)

    def _notice(self) -> bytes:
        return (
            f"[planc: a log may hold {_told(self._limit)}; {_told(self._dropped)} of this one were"
            f" dropped from its middle ({VARIABLE} sets the limit in bytes)]\n"
        ).encode()


def _told(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB"
