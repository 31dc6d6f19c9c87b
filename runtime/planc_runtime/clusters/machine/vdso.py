"""Tell one process a wrong wall clock, whatever it is written in, by patching its copy of the vDSO.

Programs read the clock by calling a page of code that the kernel maps into them. The page is
shared until it is written to; a write through /proc/PID/mem gives the process a copy of its own.
Its routines are made to jump to ours, which lie in the unused end of the mapping. Forked children
inherit the copy; an exec begins with the kernel's again.

What a program waits for (timers, deadlines by the wall clock) is the kernel's affair and stays
right.
"""

from __future__ import annotations

import os
import platform
import struct

from planc_runtime.clusters.machine import elf
from planc_runtime.clusters.machine.routines import CODE, ENTRIES, SLOT_BYTES

MACHINE = "x86_64"
_JUMP = 5
"""Bytes that a jump takes at the beginning of a routine of the kernel's."""
_MARK = CODE[min(ENTRIES.values()) :]
_WORDS = struct.Struct("<qqq")


class Unpatchable(Exception):
    """The clock of a process cannot be changed; says why."""


class Clock:
    """The wall clock of one process. Patch it while the process is stopped; `set` needs no stop."""

    def __init__(self, pid: int) -> None:
        if platform.machine() != MACHINE:
            raise Unpatchable(f"the vDSO can be patched on {MACHINE} only")
        self.pid = pid
        try:
            self._begin, end = _mapping(pid)
            self._memory = os.open(f"/proc/{pid}/mem", os.O_RDWR | os.O_CLOEXEC)
        except OSError as trouble:
            raise Unpatchable(f"the memory of pid {pid}: {trouble.strerror}") from None
        try:
            image = self._read(self._begin, end - self._begin)
            self._data = self._begin + _cave(image)
            self._routines = _routines(image, self._begin)
        except BaseException:
            self.close()
            raise
        self.patched = self._read(self._data + len(CODE) - len(_MARK), len(_MARK)) == _MARK

    @property
    def entries(self) -> list[range]:
        """Addresses at which no thread may stand while the routines are patched."""
        return [range(address + 1, address + _JUMP) for address in self._routines.values()]

    def patch(self) -> None:
        """Lead the routines over ours, which tell the right time until `set` says otherwise."""
        self._write(self._data, CODE)
        for name, address in self._routines.items():
            distance = self._data + ENTRIES[name] - (address + _JUMP)
            self._write(address, b"\xe9" + struct.pack("<i", distance))
        self.patched = True

    def set(self, base: int, rate: int, offset: int) -> None:
        """Let the clock tell another time from now on; see `routines` for the meaning."""
        (slot,) = struct.unpack("<q", self._read(self._data, 8))
        other = SLOT_BYTES - slot
        self._write(self._data + 8 + other, _WORDS.pack(base, rate, offset))
        self._write(self._data, struct.pack("<q", other))

    def words(self) -> tuple[int, int, int]:
        """Read base, rate and offset back out of the process."""
        (slot,) = struct.unpack("<q", self._read(self._data, 8))
        base, rate, offset = _WORDS.unpack(self._read(self._data + 8 + slot, _WORDS.size))
        return base, rate, offset

    def close(self) -> None:
        os.close(self._memory)

    def _read(self, address: int, count: int) -> bytes:
        try:
            return os.pread(self._memory, count, address)
        except OSError as trouble:
            raise Unpatchable(f"reading pid {self.pid}: {trouble.strerror}") from None

    def _write(self, address: int, content: bytes) -> None:
        try:
            os.pwrite(self._memory, content, address)
        except OSError as trouble:
            raise Unpatchable(f"writing to the vDSO of {self.pid}: {trouble.strerror}") from None


def _mapping(pid: int) -> tuple[int, int]:
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            if line.endswith("[vdso]\n"):
                begin, end = line.split()[0].split("-")
                return int(begin, 16), int(end, 16)
    raise Unpatchable(f"pid {pid} has no vDSO")


def _cave(image: bytes) -> int:
    """Return where our code goes: after all that the kernel has put there."""
    if (patched := image.find(_MARK)) >= 0:
        return patched - (len(CODE) - len(_MARK))
    cave = (len(image.rstrip(b"\0")) + 127) & ~63
    if cave + len(CODE) > len(image):
        raise Unpatchable("the vDSO of this kernel has no room left")
    return cave


def _routines(image: bytes, begin: int) -> dict[str, int]:
    try:
        symbols = elf.functions(image)
    except ValueError:
        raise Unpatchable("the vDSO of this kernel is not laid out as expected") from None
    return {
        name: begin + symbols[f"__vdso_{name}"] for name in ENTRIES if f"__vdso_{name}" in symbols
    }
