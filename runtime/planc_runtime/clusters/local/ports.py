"""Is a port free, and if not, who has it? Asked before a node starts, to say it in plain words."""

from __future__ import annotations

import errno
import os
import socket

from planc_runtime.clusters.local import proc
from planc_runtime.errors import CannotRun

_LISTEN = "0A"


def choose(address: str) -> int:
    """Return a TCP port of `address` that was free just now."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
    return port


def require_free(node: str, address: str, ports: dict[str, int]) -> None:
    """Raise CannotRun when a node could not listen on one of its TCP ports.

    SO_REUSEADDR as servers set it: connections in TIME_WAIT from an earlier incarnation are no
    reason to refuse, somebody who listens is.
    """
    for name, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except PermissionError:
                raise CannotRun(
                    f"node {node!r} may not listen on port {port} ({name}): it is privileged",
                    help="choose a port above 1023 in the service's `ports`",
                ) from None
            except OSError as trouble:
                if trouble.errno != errno.EADDRINUSE:
                    raise
                raise CannotRun(
                    f"port {port} ({name}) of node {node!r} at {address} is taken{_by(port)}",
                    help="end that program, or choose another port in the service's `ports`",
                ) from None


def _by(port: int) -> str:
    pid = _listener(port)
    return "" if pid is None else f" by pid {pid}: {proc.command_line(pid) or 'unknown program'}"


def _listener(port: int) -> int | None:
    """Find who listens on the port; None when it belongs to a user we cannot look into."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            handles = os.listdir(f"/proc/{pid}/fd")
        except OSError:
            continue
        for handle in handles:
            try:
                if os.readlink(f"/proc/{pid}/fd/{handle}") in sockets:
                    return int(pid)
            except OSError:
                continue
    return None


def _inodes(port: int) -> list[str]:
    found = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(table) as file:
                rows = [line.split() for line in file.readlines()[1:]]
        except OSError:
            continue
        found += [
            row[9]
            for row in rows
            if row[3] == _LISTEN and int(row[1].rsplit(":", 1)[1], 16) == port
        ]
    return found
