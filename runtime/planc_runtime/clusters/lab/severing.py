"""Reset the open connections between two hosts, both ends of each, by asking their kernels to.

Both ends are ended, because the reset that one sends to the other would not pass a link that is cut
as well.
"""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Iterator

from planc_runtime.clusters.lab import kernel
from planc_runtime.clusters.lab.hub import Hub
from planc_runtime.clusters.lab.netlink import DUMP, Netlink
from planc_runtime.clusters.lab.rtnetlink import packed_address

_INET_DIAG = 4
_LIST, _DESTROY = 20, 21
_ESTABLISHED_AND_CLOSING = 0b0001_1011_1110
"""Bits of the TCP states from SYN_SENT to LAST_ACK, without SYN_RECV and the waiting ones."""
_IDENTITY = slice(4, 52)
_GONE = errno.ENOENT


def sever(hub: Hub, a: str, b: str) -> int:
    """Reset all connections between two hosts; return how many ends were open."""
    return _end(hub, a, b) + _end(hub, b, a)


def _end(hub: Hub, here: str, there: str) -> int:
    with kernel.inside(hub.hosts[here].network):
        diagnosis = Netlink(_INET_DIAG)
    try:
        _, peer = packed_address(hub.hosts[there].address)
        return sum(_destroy(diagnosis, identity) for identity in _sockets(diagnosis, peer))
    finally:
        diagnosis.close()


def _sockets(diagnosis: Netlink, peer: bytes) -> Iterator[bytes]:
    for family in (socket.AF_INET, socket.AF_INET6):
        body = _request(family, bytes(48))
        for answer in diagnosis.ask(_LIST, DUMP, body, "connections"):
            identity = answer.body[_IDENTITY]
            target = identity[20:36]
            # A socket that listens on all addresses of both kinds sees IPv4 ones mapped.
            if peer in (target[:4], target[12:] if family == socket.AF_INET6 else b""):
                yield struct.pack("=B", answer.body[0]) + identity


def _destroy(diagnosis: Netlink, which: bytes) -> int:
    try:
        diagnosis.ask(_DESTROY, 0, _request(which[0], which[1:]), "connection")
    except OSError as trouble:
        if trouble.errno == _GONE:
            return 0
        raise
    return 1


def _request(family: int, identity: bytes) -> bytes:
    head = struct.pack("=BBBxI", family, socket.IPPROTO_TCP, 0, _ESTABLISHED_AND_CLOSING)
    return head + identity
