"""Is a port free, and if not, who has it? Asked before a node starts, to say it in plain words."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
from collections.abc import Callable, Mapping

from planc_runtime.clusters.local import proc
from planc_runtime.errors import CannotRun

_LISTEN = "0A"
_ELSEWHERE = "choose another port in the service's `ports`"


def choose(address: str) -> int:
    """Return a TCP port of `address` that was free just now."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
    return port


def require_free(
    node: str, address: str, ports: Mapping[str, int], owner: Callable[[int], str | None]
) -> None:
    """Raise CannotRun when a node could not listen on one of its TCP ports.

    `owner` tells the name of the node that a pid belongs to, if it belongs to one. The address is
    tried with SO_REUSEADDR, as servers do: connections in TIME_WAIT from an earlier incarnation
    are no reason to refuse, somebody who listens is.
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
                what = f"port {port} ({name}) of node {node!r} at {address}"
                raise _taken(what, _listener(address, port), owner) from None


def _taken(what: str, pid: int | None, owner: Callable[[int], str | None]) -> CannotRun:
    if pid is None:
        return CannotRun(f"{what} is taken", help=_ELSEWHERE)
    holder = f"pid {pid}: {proc.command_line(pid) or 'unknown program'}"
    if (neighbour := owner(pid)) is not None:
        return CannotRun(
            f"{what} is taken by node {neighbour!r} ({holder})",
            help="every node must listen on its own address, {node.ip}, not on all of them",
        )
    return CannotRun(f"{what} is taken by {holder}", help=f"end that program, or {_ELSEWHERE}")


def _listener(address: str, port: int) -> int | None:
    """Find who listens there; None when it belongs to a user we cannot look into."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(address, port)}
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


def _inodes(address: str, port: int) -> list[str]:
    """The listening sockets that stand in the way of the address: on it, or on all addresses."""
    rows = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError), open(table) as file:
            rows += [line.split() for line in file.readlines()[1:]]
    # The kernel prints an address as it lies in memory: 127.0.0.1 is 0100007F.
    here = f"{int.from_bytes(socket.inet_aton(address), sys.byteorder):08X}"
    ends = {f"{host}:{port:04X}" for host in (here, "0" * 8, "0" * 32)}
    return [row[9] for row in rows if row[3] == _LISTEN and row[1] in ends]
