"""System calls that Python's standard library does not offer, and waiting for children."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import struct
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_PR_SET_CHILD_SUBREAPER = 36
_PTRACE_TRACEME, _PTRACE_DETACH = 0, 17

_libc = ctypes.CDLL(None, use_errno=True)


def become_subreaper() -> None:
    """Have orphaned descendants handed to this process instead of to init."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> None:
    """Get SIGKILL when the parent's thread ends; lost in further forks, kept by exec."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def trace_me() -> None:
    """Have this process stop, with its parent told, when its exec is done."""
    _ptrace(_PTRACE_TRACEME, 0)


def end_trace(pid: int) -> None:
    """Let a traced process that has stopped run on, untraced."""
    _ptrace(_PTRACE_DETACH, pid)


def name_process(name: str) -> None:
    """Set the name that ps and top show, at most 15 bytes."""
    _libc.prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def peer_of(line: socket.socket) -> tuple[int, int, int]:
    """Return pid, uid and gid of whoever has connected to a Unix socket of ours."""
    size = struct.calcsize("iII")
    return struct.unpack("iII", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))


def _ptrace(request: int, pid: int) -> None:
    if _libc.ptrace(ctypes.c_long(request), ctypes.c_long(pid), None, None) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _prctl(option: int, argument: int) -> None:
    if _libc.prctl(option, argument, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def close_all_but(*kept: int) -> None:
    """Close every descriptor but the standard ones and those named."""
    low = 3
    for number in sorted(kept):
        os.closerange(low, number)
        low = number + 1
    os.closerange(low, max(int(entry) for entry in os.listdir("/proc/self/fd")) + 1)


class ChildSignals:
    """Turn SIGCHLD into a readable socket, so that one selector waits for everything."""

    def __init__(self) -> None:
        self._receiver, self._sender = socket.socketpair()
        self._receiver.setblocking(False)
        self._sender.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._sender.fileno(), warn_on_full_buffer=False)

    def fileno(self) -> int:
        return self._receiver.fileno()

    def drain(self) -> None:
        try:
            while self._receiver.recv(4096):
                pass
        except BlockingIOError:
            pass

    def close(self) -> None:
        signal.set_wakeup_fd(-1)
        self._receiver.close()
        self._sender.close()


def reap(seen: Callable[[int, int], None], *, block: bool = False) -> bool:
    """Collect ended children and call `seen(pid, status)` for each; False when none is left.

    The status is 0..255, or minus the signal's number. With `block`, wait for one first.
    """
    options = 0 if block else os.WNOHANG
    while True:
        try:
            pid, status = os.waitpid(-1, options)
        except ChildProcessError:
            return False
        if pid == 0:
            return True
        seen(pid, os.waitstatus_to_exitcode(status))
        options = os.WNOHANG
