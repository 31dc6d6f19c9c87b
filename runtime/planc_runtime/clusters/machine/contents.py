"""What the files of a node held when they were last synced, as far as that has been overwritten.

Of every file that has changed since, the old size is known, and the old bytes of what was written
over lie at the same place in a file of the store. Appending costs nothing but a number.
"""

from __future__ import annotations

import bisect
import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_CHUNK = 1 << 20

Range = tuple[int, int]
"""From this byte up to, and without, that one."""


@dataclass(slots=True)
class Before:
    """A file as it would be found after a power cut."""

    size: int
    saved: list[Range] = field(default_factory=list)
    """What of it lies in the store: sorted, apart from each other."""

    def missing(self, low: int, high: int) -> list[Range]:
        """Return what of a range belonged to the file and is not saved yet; count it as saved."""
        high = min(high, self.size)
        if low >= high:
            return []
        first = bisect.bisect_left(self.saved, low, key=lambda piece: piece[1])
        last = bisect.bisect_right(self.saved, high, key=lambda piece: piece[0])
        touching = self.saved[first:last]
        gaps, begin = [], low
        for piece in touching:
            if begin < piece[0]:
                gaps.append((begin, piece[0]))
            begin = max(begin, piece[1])
        if begin < high:
            gaps.append((begin, high))
        ends = [low, high, *(end for piece in touching for end in piece)]
        self.saved[first:last] = [(min(ends), max(ends))]
        return gaps


class Contents:
    """The unsynced changes of all files of one disk, by inode."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self.changed: dict[int, Before] = {}

    def changing(self, file: str, now: os.stat_result, low: int, high: int) -> None:
        """Take note that a range is about to be written over; `file` is a way to open it."""
        before = self.changed.get(now.st_ino)
        if before is None:
            before = self.changed[now.st_ino] = Before(now.st_size)
        if gaps := before.missing(low, high):
            copy(file, self.saved(now.st_ino), gaps)

    def synced(self, inode: int) -> None:
        if self.changed.pop(inode, None) is not None:
            with contextlib.suppress(FileNotFoundError):
                self.saved(inode).unlink()

    def saved(self, inode: int) -> Path:
        """Return where the old bytes of a file lie."""
        return self._store / f"{inode}.old"


def copy(source: str | Path, target: str | Path, ranges: list[Range]) -> None:
    """Copy ranges of a file to the same place in another."""
    with open(source, "rb", buffering=0) as old, _writable(target) as new:
        for low, high in ranges:
            while low < high and (piece := os.pread(old.fileno(), min(high - low, _CHUNK), low)):
                os.pwrite(new, piece, low)
                low += len(piece)


@contextlib.contextmanager
def _writable(path: str | Path) -> Iterator[int]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)
