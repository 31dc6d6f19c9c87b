"""Run a command on a machine that refuses: chosen system calls fail, as a container lets them.

python tests/support/denied.py unshare,seccomp COMMAND ARGUMENT...
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

_NETLINK, _NETFILTER, _INET6 = 16, 12, 10
_NUMBERS = {
    "x86_64": {"unshare": 272, "seccomp": 317, "socket": 41, "ptrace": 101, "setns": 308},
    "aarch64": {"unshare": 97, "seccomp": 277, "socket": 198, "ptrace": 117, "setns": 268},
}
_REFUSALS = {
    "unshare": ("unshare", ()),
    "seccomp": ("seccomp", ()),
    "ptrace": ("ptrace", ()),
    "setns": ("setns", ()),
    "netlink": ("socket", ((16, _NETLINK),)),
    "nft": ("socket", ((16, _NETLINK), (32, _NETFILTER))),
    "ipv6": ("socket", ((16, _INET6),)),
}
"""By word: the call, and what stands at which place of its arguments."""
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL = 0x7FFF_0000, 0x0005_0000


def install(*words: str) -> None:
    """Have the calls fail as where they are refused, in this process and all that it starts."""
    lines: list[tuple[int, int, int, int]] = []
    for word in words:
        call, where = _REFUSALS[word]
        conditions = [(0, _NUMBERS[platform.machine()][call]), *where]
        for place, (offset, value) in enumerate(conditions):
            left = 2 * (len(conditions) - place - 1) + 1
            lines += [(_LOAD, 0, 0, offset), (_EQUAL, 0, left, value)]
        error = errno.EAFNOSUPPORT if word == "ipv6" else errno.EPERM
        lines.append((_RETURN, 0, 0, _FAIL | error))
    lines.append((_RETURN, 0, 0, _ALLOW))
    program = b"".join(struct.pack("@HBBI", *line) for line in lines)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HxxxxxxP", len(lines), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)
    if libc.prctl(22, 2, ctypes.create_string_buffer(header, len(header)), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_SECCOMP)")


if __name__ == "__main__":
    install(*sys.argv[1].split(","))
    os.execvp(sys.argv[2], sys.argv[2:])
