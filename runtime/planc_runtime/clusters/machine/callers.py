"""What a waiting system call is about: its caller's descriptors, paths and memory, read from /proc.

The caller stands still while we look, so that what is read is what the kernel will act on; only
other threads of its process could change it meanwhile, by racing with themselves.
"""

from __future__ import annotations

import os
import struct
from typing import NamedTuple

_PATH_LIMIT = 4096
HERE = -100
"""AT_FDCWD: what relative paths are relative to by themselves."""
_APPEND, _SYNCING = os.O_APPEND, os.O_DSYNC | os.O_SYNC
_VECTOR = struct.Struct("=QQ")
_MOST_VECTORS = 1024


class Cursor(NamedTuple):
    """Where the next write through a descriptor goes, and how."""

    offset: int
    appends: bool
    syncs: bool
    """What is written through it is durable when the call returns."""


class Caller:
    """One thread that waits; its process must be a descendant of ours."""

    def __init__(self, thread: int) -> None:
        self._proc = f"/proc/{thread}"

    def target(self, descriptor: int) -> str:
        """Return the path of an open file, or what the kernel calls it; "" when it is not open."""
        try:
            return os.readlink(self.opened(descriptor))
        except OSError:
            return ""

    def opened(self, descriptor: int) -> str:
        """Return a path by which the same file can be opened once more, whatever its name is."""
        return f"{self._proc}/fd/{signed(descriptor)}"

    def stat(self, descriptor: int) -> os.stat_result:
        return os.stat(self.opened(descriptor))

    def cursor(self, descriptor: int) -> Cursor:
        handle = os.open(f"{self._proc}/fdinfo/{signed(descriptor)}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            words = os.read(handle, 256).split()
        finally:
            os.close(handle)
        flags = int(words[3], 8)
        return Cursor(int(words[1]), bool(flags & _APPEND), bool(flags & _SYNCING))

    def vector_length(self, address: int, count: int) -> int:
        """Return how many bytes a vector of buffers holds together."""
        count = min(count, _MOST_VECTORS)
        raw = self.memory(address, count * _VECTOR.size)
        whole = raw[: len(raw) // _VECTOR.size * _VECTOR.size]
        return sum(length for _, length in _VECTOR.iter_unpack(whole))

    def number(self, address: int) -> int | None:
        """Return the 8-byte number at an address; None for a null pointer."""
        return int.from_bytes(self.memory(address, 8), "little") if address else None

    def path(self, descriptor: int, address: int) -> str:
        """Return a path argument as an absolute path whose folder holds no symbolic link."""
        name = os.fsdecode(self._string(address))
        if not name.startswith("/"):
            name = os.path.join(self._folder(signed(descriptor)), name)
        folder, base = os.path.split(name.rstrip("/"))
        return os.path.join(os.path.realpath(folder), base)

    def mapped(self, address: int) -> str:
        """Return the file that is mapped at an address, "" if none is."""
        with open(f"{self._proc}/maps", errors="surrogateescape") as maps:
            for line in maps:
                fields = line.split(None, 5)
                low, _, high = fields[0].partition("-")
                if int(low, 16) <= address < int(high, 16):
                    return fields[5].rstrip("\n") if len(fields) > 5 else ""
        return ""

    def memory(self, address: int, length: int) -> bytes:
        handle = os.open(f"{self._proc}/mem", os.O_RDONLY | os.O_CLOEXEC)
        try:
            return os.pread(handle, length, address)
        finally:
            os.close(handle)

    def _string(self, address: int) -> bytes:
        # Page by page: behind the end of the string there may be no memory.
        found = b""
        while len(found) < _PATH_LIMIT:
            room = _PATH_LIMIT - (address + len(found)) % _PATH_LIMIT
            chunk, end, _ = self.memory(address + len(found), room).partition(b"\0")
            found += chunk
            if end or not chunk:
                break
        return found

    def _folder(self, descriptor: int) -> str:
        return os.readlink(f"{self._proc}/{'cwd' if descriptor == HERE else f'fd/{descriptor}'}")


def signed(argument: int) -> int:
    """Return an int argument as the kernel reads it: its low half, which may be negative."""
    low = argument & 0xFFFF_FFFF
    return low - (1 << 32) if low >> 31 else low
