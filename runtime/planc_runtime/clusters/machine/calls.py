"""The system calls that we can be asked about, by name, and their numbers on each kind of machine.

What is watched is said when a program starts (`seccomp.listen`), since a filter cannot be added to
a process that runs: `SYNCS` always, because they are rare; `FILES`, which every write passes, only
in scenarios that trouble the contents of a disk; `CONNECTIONS` where they are led; `SOCKETS` by
threads of the test process that act from a host of the lab.
"""

from __future__ import annotations

import errno
import platform
from typing import NamedTuple


class Kind(NamedTuple):
    """What one kind of processor calls things."""

    architecture: int
    seccomp: int
    numbers: dict[str, int]


class Watched(NamedTuple):
    call: str
    when: tuple[tuple[int, int], ...] = ()
    """Ask only when each of these arguments has one of these bits: (place, bits)."""


_MS_SYNC, _PROT_WRITE, _MAP_SHARED = 4, 2, 1
_CREATES_OR_TRUNCATES = 0o100 | 0o1000

SYNCS = (
    Watched("fsync"),
    Watched("fdatasync"),
    Watched("sync_file_range"),
    Watched("syncfs"),
    Watched("msync", ((2, _MS_SYNC),)),
)
WRITES = (
    Watched("write"),
    Watched("pwrite64"),
    Watched("writev"),
    Watched("pwritev"),
    Watched("pwritev2"),
    Watched("sendfile"),
    Watched("splice"),
    Watched("copy_file_range"),
    Watched("ftruncate"),
    Watched("truncate"),
    Watched("fallocate"),
    Watched("mmap", ((2, _PROT_WRITE), (3, _MAP_SHARED))),
    Watched("io_submit"),
    Watched("io_uring_setup"),
)
NAMES = (
    Watched("open", ((1, _CREATES_OR_TRUNCATES),)),
    Watched("openat", ((2, _CREATES_OR_TRUNCATES),)),
    Watched("openat2"),
    Watched("creat"),
    Watched("rename"),
    Watched("renameat"),
    Watched("renameat2"),
    Watched("link"),
    Watched("linkat"),
    Watched("symlink"),
    Watched("symlinkat"),
    Watched("unlink"),
    Watched("unlinkat"),
    Watched("rmdir"),
    Watched("mkdir"),
    Watched("mkdirat"),
)
SYNC = Watched("sync")
ROOM = (Watched("statfs"), Watched("fstatfs"))
"""How programs ask how much room there is."""
FILES = (*WRITES, *NAMES, SYNC, *ROOM)

_ANY_BIT = 0xFFFF_FFFF
CONNECTIONS = (
    Watched("connect"),
    Watched("bind"),
    Watched("sendto", ((4, _ANY_BIT),)),
    Watched("sendmsg"),
)
"""Calls that name addresses; what is sent on a connection names none, and is not asked about."""
_INTERNET = 2
"""A bit that AF_INET and AF_INET6 have, and few others."""
SOCKETS = (Watched("socket", ((0, _INTERNET),)),)
"""What makes a socket of the Internet, of either version."""

KINDS = {
    "x86_64": Kind(
        0xC000_003E,
        317,
        {
            "socket": 41, "connect": 42, "bind": 49, "sendto": 44, "sendmsg": 46,
            "fsync": 74, "fdatasync": 75, "sync_file_range": 277, "syncfs": 306, "sync": 162,
            "msync": 26, "write": 1, "pwrite64": 18, "writev": 20, "pwritev": 296,
            "pwritev2": 328, "sendfile": 40, "splice": 275, "copy_file_range": 326,
            "ftruncate": 77, "truncate": 76, "fallocate": 285, "mmap": 9, "io_submit": 209,
            "io_uring_setup": 425, "open": 2, "openat": 257, "openat2": 437, "creat": 85,
            "rename": 82, "renameat": 264, "renameat2": 316, "link": 86, "linkat": 265,
            "symlink": 88, "symlinkat": 266, "unlink": 87, "unlinkat": 263, "rmdir": 84,
            "mkdir": 83, "mkdirat": 258, "statfs": 137, "fstatfs": 138,
        },
    ),
    "aarch64": Kind(
        0xC000_00B7,
        277,
        {
            "socket": 198, "connect": 203, "bind": 200, "sendto": 206, "sendmsg": 211,
            "fsync": 82, "fdatasync": 83, "sync_file_range": 84, "syncfs": 267, "sync": 81,
            "msync": 227, "write": 64, "pwrite64": 68, "writev": 66, "pwritev": 70,
            "pwritev2": 287, "sendfile": 71, "splice": 76, "copy_file_range": 285,
            "ftruncate": 46, "truncate": 45, "fallocate": 47, "mmap": 222, "io_submit": 2,
            "io_uring_setup": 425, "openat": 56, "openat2": 437, "renameat": 38,
            "renameat2": 276, "linkat": 37, "symlinkat": 36, "unlinkat": 35, "mkdirat": 34,
            "statfs": 43, "fstatfs": 44,
        },
    ),
}  # fmt: skip


def kind() -> Kind:
    """Return what this machine calls things; raises OSError when nothing is known of it."""
    if (found := KINDS.get(platform.machine())) is None:
        raise OSError(errno.ENOSYS, f"nothing is known of {platform.machine()}")
    return found


def numbers(watched: tuple[Watched, ...]) -> dict[int, str]:
    """Return the calls that exist on this machine, by number."""
    known = kind().numbers
    return {known[one.call]: one.call for one in watched if one.call in known}
