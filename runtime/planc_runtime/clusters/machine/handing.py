"""Pass a descriptor to another process by a system call that no filter of ours asks about.

Whoever has just installed a filter has to hand its listener over before anybody can answer: with
sendmsg, which Python's `send_fds` uses and a filter may watch, it would wait for an answer to the
very call that tells whom to ask.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct

_VECTOR = struct.Struct("@PN")
_CONTROL = struct.Struct("@Niii4x")
_MESSAGE = struct.Struct("@PI4xPNPNi4xI4x")
"""struct mmsghdr: name, its length, vectors, their number, control, its length, flags, result."""
_CONTROL_LENGTH = 20
_libc = ctypes.CDLL(None, use_errno=True)


def hand_over(line: socket.socket, descriptor: int) -> None:
    """Send a descriptor, with one byte as its wrapping."""
    byte = ctypes.create_string_buffer(b".", 1)
    vector = ctypes.create_string_buffer(_VECTOR.pack(ctypes.addressof(byte), 1), _VECTOR.size)
    words = _CONTROL.pack(_CONTROL_LENGTH, socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptor)
    control = ctypes.create_string_buffer(words, len(words))
    message = ctypes.create_string_buffer(
        _MESSAGE.pack(
            0, 0, ctypes.addressof(vector), 1, ctypes.addressof(control), len(words), 0, 0
        ),
        _MESSAGE.size,
    )
    if _libc.sendmmsg(line.fileno(), message, 1, 0) != 1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
