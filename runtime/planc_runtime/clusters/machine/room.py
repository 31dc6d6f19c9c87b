"""How much room there is on a node's disk, to a program that asks before it writes.

Whoever sizes its store by the room there is (NATS JetStream), or stops before it runs out, must not
be told of the true room while the disk is full: the call is made for it, and its answer altered.
"""

from __future__ import annotations

import ctypes
import os
import struct

from planc_runtime.clusters.machine import calls
from planc_runtime.clusters.machine.callers import HERE, Caller
from planc_runtime.clusters.machine.desk import Desk
from planc_runtime.clusters.machine.seccomp import Call

_SIZE = 120
"""Bytes of the kernel's struct statfs, the same on all machines that we know."""
_FREE = struct.Struct("=QQ")
_FREE_AT = 24
"""Where it has the blocks that are free, and those that are free to anybody."""
_libc = ctypes.CDLL(None, use_errno=True)


class Room:
    """Answers calls that ask for the room below a node's data."""

    def __init__(self, desk: Desk, data: str) -> None:
        self._desk = desk
        self._data = os.path.realpath(data)
        self._names = calls.numbers(calls.ROOM)
        self.full = False
        self.asked = 0
        """How often somebody was told that there is none."""
        desk.handle(calls.ROOM, self._on_ask)

    def _on_ask(self, call: Call) -> None:
        if self.full and self._deny(call):
            self.asked += self._desk.finish(call, 0)
        else:
            self._desk.answer(call)

    def _deny(self, call: Call) -> bool:
        """Write down that there is no room; False where it is not ours to say."""
        caller, (what, buffer) = Caller(call.thread), call.arguments[:2]
        try:
            if self._names[call.number] == "fstatfs":
                where, way = caller.target(what), caller.opened(what)
            else:
                where = way = os.path.realpath(caller.path(HERE, what))
            if where != self._data and not where.startswith(f"{self._data}/"):
                return False
            self._desk.write(call, buffer, without_room(_asked(way)))
        except OSError:
            # The caller is gone, or what it asks about is not there: the kernel will tell it.
            return False
        return True


def without_room(words: bytes) -> bytes:
    """Return what the kernel says of a file system, but that nothing of it is free."""
    return words[:_FREE_AT] + _FREE.pack(0, 0) + words[_FREE_AT + _FREE.size :]


def _asked(path: str) -> bytes:
    """Return the kernel's own words about the file system of a path."""
    buffer = ctypes.create_string_buffer(_SIZE)
    number = calls.kind().numbers["statfs"]
    if _libc.syscall(ctypes.c_long(number), os.fsencode(path), buffer) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), path)
    return buffer.raw
