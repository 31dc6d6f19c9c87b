"""Descriptors and memory: limits of running processes, changed from outside and read back."""

from __future__ import annotations

import os
import resource
from typing import NamedTuple

FILES = resource.RLIMIT_NOFILE
MEMORY = resource.RLIMIT_DATA


class Limit(NamedTuple):
    soft: int
    hard: int


class Limits:
    """One kind of limit on the processes of a node, with what it was before."""

    def __init__(self, kind: int) -> None:
        self._kind = kind
        self._before: dict[int, Limit] = {}

    def lower(self, pid: int, soft: int) -> Limit:
        """Lower the limit that bites, not the one it can be raised to; return it as read back."""
        now = read(pid, self._kind)
        before = self._before.setdefault(pid, now)
        soft = soft if before.soft == resource.RLIM_INFINITY else min(soft, before.soft)
        resource.prlimit(pid, self._kind, (soft, before.hard))
        return read(pid, self._kind)

    def restore(self, pid: int, parent: int) -> Limit | None:
        """Undo it; a child that inherited the low limit gets what its parent had before."""
        before = self._before.get(pid) or self._before.get(parent)
        if before is None:
            return None
        self._before.setdefault(pid, before)
        resource.prlimit(pid, self._kind, (before.soft, before.hard))
        return read(pid, self._kind)

    def forget(self) -> None:
        self._before.clear()


def read(pid: int, kind: int) -> Limit:
    return Limit(*resource.prlimit(pid, kind))


def lowest_free_descriptor(pid: int) -> int:
    """Return the number that the next open would get."""
    used = {int(name) for name in os.listdir(f"/proc/{pid}/fd")}
    return next(number for number in range(len(used) + 1) if number not in used)


def private_memory(pid: int) -> int:
    """Return what counts against the limit of memory: private writable mappings, in bytes."""
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmData:"):
                return int(line.split()[1]) * 1024
    return 0
