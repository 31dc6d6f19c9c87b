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
import struct
from typing import NamedTuple

from planc_runtime.clusters.machine import calls
from planc_runtime.clusters.machine.calls import Kind, Watched

_NO_NEW_PRIVS = 38
_SET_FILTER, _NEW_LISTENER = 1, 8
_RECEIVE, _SEND, _WAITS = 0xC050_2100, 0xC018_2101, 0x4008_2102
_ADD, _AND_SEND = 0x4018_2103, 2
_CONTINUE = 1
_NOTIFICATION = struct.Struct("=QIIiIQ6Q")
_ANSWER = struct.Struct("=QqiI")
_ADDED = struct.Struct("=QIIII")

_LOAD, _JUMP_EQUAL, _JUMP_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _ASK = 0x7FFF_0000, 0x7FC0_0000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Where the filter finds them; arguments are 8 bytes each, the low half first."""


class Call(NamedTuple):
    """A system call that waits for our answer."""

    id: int
    thread: int
    number: int
    arguments: tuple[int, ...]


def listen(watched: tuple[Watched, ...]) -> int:
    """Install the filter in this process; return the listening descriptor.

    Raises OSError. Where the kernel demands it, this process and all that it starts give up
    gaining privileges by an exec: set-user-id programs run as whoever called them.
    """
    kind = calls.kind()
    libc = ctypes.CDLL(None, use_errno=True)
    program = _filter(kind, watched)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    arguments = (_SET_FILTER, _NEW_LISTENER, ctypes.create_string_buffer(header, len(header)))
    listener = libc.syscall(kind.seccomp, *arguments)
    if listener < 0 and ctypes.get_errno() == errno.EACCES:
        libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
        listener = libc.syscall(kind.seccomp, *arguments)
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
    return _reply(listener, _ANSWER.pack(call.id, 0, -error, 0 if error else _CONTINUE))


def finish(listener: int, call: Call, value: int) -> bool:
    """Let a call return a value without having been made; False as for `answer`."""
    return _reply(listener, _ANSWER.pack(call.id, value, 0, 0))


def hand_over(listener: int, call: Call, descriptor: int, *, inherited: bool) -> bool:
    """Let a call return a descriptor of ours, as one of its caller's; False as for `answer`."""
    flags = 0 if inherited else os.O_CLOEXEC
    try:
        fcntl.ioctl(listener, _ADD, _ADDED.pack(call.id, _AND_SEND, descriptor, 0, flags))
    except OSError as trouble:
        if trouble.errno != errno.ENOENT:
            raise
        return False
    return True


def write(listener: int, call: Call, address: int, words: bytes) -> None:
    """Write into the memory of a caller; raises OSError when it does not wait, or may not be."""
    handle = os.open(f"/proc/{call.thread}/mem", os.O_WRONLY | os.O_CLOEXEC)
    try:
        _require_waiting(listener, call)
        os.pwrite(handle, words, address)
    finally:
        os.close(handle)


def _require_waiting(listener: int, call: Call) -> None:
    """Make sure that what we hold by a thread's number is the caller's and not a successor's."""
    try:
        fcntl.ioctl(listener, _WAITS, struct.pack("=Q", call.id))
    except OSError as trouble:
        # Linux before 5.10 knows the question by another number.
        if trouble.errno != errno.EINVAL:
            raise


def _reply(listener: int, reply: bytes) -> bool:
    try:
        fcntl.ioctl(listener, _SEND, reply)
    except OSError as trouble:
        if trouble.errno != errno.ENOENT:
            raise
        return False
    return True


def _filter(kind: Kind, watched: tuple[Watched, ...]) -> bytes:
    """Return the program that the kernel runs at every system call."""
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, kind.architecture),
        (_RETURN, 0, 0, _ALLOW),
        (_LOAD, 0, 0, _NUMBER),
    ]
    for one in watched:
        if one.call in kind.numbers:
            asking = _asking(one)
            lines += [(_JUMP_EQUAL, 0, len(asking), kind.numbers[one.call]), *asking]
    lines.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("@HBBI", *line) for line in lines)


def _asking(one: Watched) -> list[tuple[int, int, int, int]]:
    """Return the end of the program for one call: ask, or allow where a condition is not met."""
    lines = []
    for place, (argument, bits) in enumerate(one.when):
        to_allow = 2 * (len(one.when) - place) - 1
        lines.append((_LOAD, 0, 0, _ARGUMENTS + 8 * argument))
        lines.append((_JUMP_SET, 0, to_allow, bits))
    lines.append((_RETURN, 0, 0, _ASK))
    if one.when:
        lines.append((_RETURN, 0, 0, _ALLOW))
    return lines
