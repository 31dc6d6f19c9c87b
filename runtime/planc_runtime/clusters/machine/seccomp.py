"""Have the kernel ask us before a process' system calls are carried out: seccomp notifications.

A filter is installed by the process itself, before its exec; all that it starts inherits it, and
nobody can take it off again. What the filter names makes the caller wait, in the kernel, until the
holder of the listening descriptor has answered: go on, or fail with this error.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import struct
from typing import NamedTuple

_NO_NEW_PRIVS = 38
_SET_FILTER, _NEW_LISTENER = 1, 8
_RECEIVE, _SEND = 0xC050_2100, 0xC018_2101
_CONTINUE = 1
_NOTIFICATION = struct.Struct("=QIIiIQ6Q")
_ANSWER = struct.Struct("=QqiI")

_LOAD, _JUMP_EQUAL, _JUMP_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _ASK = 0x7FFF_0000, 0x7FC0_0000
_NUMBER, _ARCHITECTURE, _THIRD_ARGUMENT = 0, 4, 32


class Calls(NamedTuple):
    """The numbers that one kind of machine has for what we watch."""

    architecture: int
    seccomp: int
    syncs: tuple[int, ...]
    """fsync, fdatasync, sync_file_range, syncfs"""
    msync: int


MACHINES = {
    "x86_64": Calls(0xC000_003E, 317, (74, 75, 277, 306), 26),
    "aarch64": Calls(0xC000_00B7, 277, (82, 83, 84, 267), 227),
}
_MS_SYNC = 4


class Call(NamedTuple):
    """A system call that waits for our answer."""

    id: int
    thread: int
    number: int
    arguments: tuple[int, ...]


def listen_to_syncs() -> int:
    """Install the filter in this process; return the listening descriptor.

    Raises OSError. Where the kernel demands it, this process and all that it starts give up
    gaining privileges by an exec: set-user-id programs run as whoever called them.
    """
    if (calls := MACHINES.get(platform.machine())) is None:
        raise OSError(errno.ENOSYS, f"nothing is known of {platform.machine()}")
    libc = ctypes.CDLL(None, use_errno=True)
    program = _filter(calls)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    arguments = (_SET_FILTER, _NEW_LISTENER, ctypes.create_string_buffer(header, len(header)))
    listener = libc.syscall(calls.seccomp, *arguments)
    if listener < 0 and ctypes.get_errno() == errno.EACCES:
        libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
        listener = libc.syscall(calls.seccomp, *arguments)
    if listener < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return int(listener)


def receive(listener: int) -> Call | None:
    """Take the next call that waits; None when its caller has been interrupted meanwhile."""
    buffer = bytearray(_NOTIFICATION.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, buffer, True)
    except OSError as trouble:
        if trouble.errno in (errno.ENOENT, errno.EINTR):
            return None
        raise
    identity, thread, _, number, _, _, *arguments = _NOTIFICATION.unpack(buffer)
    return Call(identity, thread, number, tuple(arguments))


def answer(listener: int, call: Call, error: int = 0) -> bool:
    """Let a call go on, or fail with an error; False when its caller does not wait any more."""
    reply = _ANSWER.pack(call.id, 0, -error, 0 if error else _CONTINUE)
    try:
        fcntl.ioctl(listener, _SEND, reply)
    except OSError as trouble:
        if trouble.errno != errno.ENOENT:
            raise
        return False
    return True


def _filter(calls: Calls) -> bytes:
    """Return the program that the kernel runs at every system call; it asks about syncs."""
    syncs = calls.syncs
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, calls.architecture),
        (_RETURN, 0, 0, _ALLOW),
        (_LOAD, 0, 0, _NUMBER),
        *((_JUMP_EQUAL, len(syncs) - place + 4, 0, sync) for place, sync in enumerate(syncs)),
        (_JUMP_EQUAL, 1, 0, calls.msync),
        (_RETURN, 0, 0, _ALLOW),
        (_LOAD, 0, 0, _THIRD_ARGUMENT),
        (_JUMP_SET, 1, 0, _MS_SYNC),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ASK),
    ]
    return b"".join(struct.pack("@HBBI", *line) for line in lines)
