"""System calls for namespaces, which Python 3.11's standard library does not offer.

A namespace is held by a descriptor and by nothing else: no /run/netns, no helper process, hence
nothing to tidy up. It is gone when the last process in it, socket of it and descriptor on it are.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Iterator

NEWNS = 0x0002_0000
NEWUSER = 0x1000_0000
NEWNET = 0x4000_0000

_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_CAP_SYS_ADMIN = 21

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Move this process into new namespaces of the given kinds."""
    _check(_libc.unshare(flags), "unshare")


def enter(descriptor: int, kind: int = 0) -> None:
    """Move this thread into the namespace that a descriptor holds."""
    _check(_libc.setns(descriptor, kind), "setns")


def own_network() -> int:
    """Return a descriptor of the network namespace that this thread is in."""
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


@contextlib.contextmanager
def inside(descriptor: int) -> Iterator[None]:
    """Run a block in another network namespace. Nothing may be awaited meanwhile."""
    back = own_network()
    try:
        enter(descriptor, NEWNET)
        try:
            yield
        finally:
            enter(back, NEWNET)
    finally:
        os.close(back)


def new_network() -> int:
    """Make an empty network namespace and return the descriptor that holds it."""
    back = own_network()
    try:
        unshare(NEWNET)
        try:
            return own_network()
        finally:
            enter(back, NEWNET)
    finally:
        os.close(back)


def become_owner() -> None:
    """Move this process into a user namespace where it may do as root does; it keeps its uid.

    Works for ordinary users, and only while the process has a single thread. A program that is
    executed from here has no privilege at all: the uid is not 0, and nothing is inherited.
    """
    uid, gid = os.geteuid(), os.getegid()
    unshare(NEWUSER)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {uid} 1")
    _write("/proc/self/gid_map", f"{gid} {gid} 1")


def private_mounts() -> None:
    """Move this process into a mount namespace whose mounts nobody else sees."""
    unshare(NEWNS)
    _check(_libc.mount(None, b"/", None, ctypes.c_ulong(_MS_REC | _MS_PRIVATE), None), "mount /")


def bind(source: str, target: str) -> None:
    """Let `source` be seen at `target`, by this mount namespace."""
    arguments = (os.fsencode(source), os.fsencode(target), None, ctypes.c_ulong(_MS_BIND), None)
    _check(_libc.mount(*arguments), f"mount {target}")


def address_of(buffer: bytearray) -> int:
    """Return where a buffer lies, for requests that hold a pointer; keep it alive meanwhile."""
    return ctypes.addressof((ctypes.c_char * len(buffer)).from_buffer(buffer))


def may_administer() -> bool:
    """Tell whether this process may make namespaces without a user namespace around them."""
    with open("/proc/self/status") as file:
        effective = next(line.split()[1] for line in file if line.startswith("CapEff"))
    return bool(int(effective, 16) >> _CAP_SYS_ADMIN & 1)


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), what)
