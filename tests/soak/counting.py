"""What of a machine could be left behind, counted."""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path

Counts = dict[str, int]
SHARED = frozenset({"mounts", "interfaces", "leased addresses"})
"""What others on this machine may change as well."""


def counts(reports: Path, mark: str) -> Counts:
    """Count what would be ours, and what others share with us.

    Among processes, only what bears our mark can be told from theirs; mounts, interfaces and leases
    are all that this process can see.
    """
    return {
        "processes with our mark": len(marked(mark)),
        "namespaces they are in": len(_namespaces(marked(mark))),
        "mounts": len(Path("/proc/self/mountinfo").read_text().splitlines()),
        "interfaces": len(os.listdir("/sys/class/net")),
        "temporary files": len(os.listdir(tempfile.gettempdir())),
        "leased addresses": Path("/proc/net/unix").read_text().count("@planc"),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "files beside reports": len(set(os.listdir(reports)) - {"in", "out", "tmp"}),
    }


def marked(mark: str) -> list[int]:
    """The living processes that carry the mark in their environment, this one left out."""
    return [pid for pid in _pids() if _carries(pid, mark) and pid != os.getpid()]


def _carries(pid: int, mark: str) -> bool:
    try:
        return mark.encode() in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False


def _namespaces(pids: list[int]) -> set[str]:
    found = set()
    for pid in pids:
        for kind in ("net", "mnt", "user", "pid"):
            try:
                found.add(os.readlink(f"/proc/{pid}/ns/{kind}"))
            except OSError:
                continue
    own = {os.readlink(f"/proc/self/ns/{kind}") for kind in ("net", "mnt", "user", "pid")}
    return found - own


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]
