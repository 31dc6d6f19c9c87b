"""What /proc tells about processes: who descends from whom, in which state, with what in hand.

The parents are read from every process' stat file: the shorter way through .../children is a
kernel option that many kernels are built without.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import sys
from collections.abc import Iterator
from typing import NamedTuple

GONE = frozenset("ZXx")
"""States of a process that will never run again."""
STOPPED = frozenset("Tt")


class Process(NamedTuple):
    pid: int
    parent: int
    group: int
    state: str


def read(pid: int | str) -> Process | None:
    """Return the process' entry, or None when there is no such process (any more)."""
    return _stat(f"/proc/{pid}/stat")


def descendants(root: int) -> list[Process]:
    """List the living processes below `root`, parents before children; `root` is not in it."""
    children: dict[int, list[Process]] = {}
    for process in _all():
        children.setdefault(process.parent, []).append(process)
    found: list[Process] = []
    generation = [root]
    while generation:
        born = [child for parent in generation for child in children.get(parent, ())]
        found += [process for process in born if process.state not in GONE]
        generation = [process.pid for process in born]
    return found


def is_stopped(pid: int) -> bool:
    """Tell whether every thread of the process is stopped; a process that is gone counts."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return True
    states = [_stat(f"/proc/{pid}/task/{thread}/stat") for thread in threads]
    return all(entry is None or entry.state in STOPPED | GONE for entry in states)


def resident_bytes(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            pages = int(file.read().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def open_files(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def thread_count(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return 0


def listening(pid: int) -> list[str]:
    """List where a process listens for TCP connections, as `address:port`, in order."""
    own = _sockets(pid)
    found = set()
    for table, size in (("tcp", 4), ("tcp6", 16)):
        try:
            with open(f"/proc/{pid}/net/{table}") as file:
                rows = [line.split() for line in file.readlines()[1:]]
        except OSError:
            continue
        found |= {_endpoint(row[1], size) for row in rows if row[3] == "0A" and row[9] in own}
    return sorted(found)


def _sockets(pid: int) -> set[str]:
    """Return the inodes of the sockets that a process has open."""
    found = set()
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                target = os.readlink(f"/proc/{pid}/fd/{name}")
                found.add(target.removeprefix("socket:[").removesuffix("]"))
    return found


def _endpoint(text: str, size: int) -> str:
    """Turn the kernel's words, hexadecimal in groups of four bytes, into those of people."""
    address, _, port = text.partition(":")
    raw = bytes.fromhex(address)
    step = -1 if sys.byteorder == "little" else 1
    ordered = b"".join(raw[place : place + 4][::step] for place in range(0, size, 4))
    name = str(ipaddress.ip_address(ordered))
    return f"[{name}]:{int(port, 16)}" if size > 4 else f"{name}:{int(port, 16)}"


def command_line(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def _all() -> Iterator[Process]:
    for name in os.listdir("/proc"):
        if name.isdigit() and (process := read(name)) is not None:
            yield process


def _stat(path: str) -> Process | None:
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError:
        return None
    # The program's name stands in parentheses and may hold spaces and parentheses itself.
    state, parent, group = content[content.rindex(b")") + 2 :].split(None, 3)[:3]
    return Process(int(content.split(None, 1)[0]), int(parent), int(group), state.decode())
