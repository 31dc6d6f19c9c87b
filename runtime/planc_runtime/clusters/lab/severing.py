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
_IPV4_IN_IPV6 = bytes(10) + b"\xff\xff"


def sever(hub: Hub, a: str, b: str) -> int:
    """Reset all connections between two hosts; return how many ends were open."""
    return _end(hub, a, b) + _end(hub, b, a)


def _end(hub: Hub, here: str, there: str) -> int:
    with kernel.inside(hub.hosts[here].network):
        diagnosis = Netlink(_INET_DIAG)
    try:
        peers = {_mapped(address) for address in hub.hosts[there].addresses}
        return sum(_destroy(diagnosis, identity) for identity in _sockets(diagnosis, peers))
    finally:
        diagnosis.close()


def _mapped(address: str) -> bytes:
    """Return an address as sockets that speak both protocols see it."""
    family, packed = packed_address(address)
    return packed if family == socket.AF_INET6 else _IPV4_IN_IPV6 + packed


def _sockets(diagnosis: Netlink, peers: set[bytes]) -> Iterator[bytes]:
    for family in (socket.AF_INET, socket.AF_INET6):
        body = _request(family, bytes(48))
        for answer in diagnosis.ask(_LIST, DUMP, body, "connections"):
            identity = answer.body[_IDENTITY]
            target = identity[20:36]
            if family == socket.AF_INET:
                target = _IPV4_IN_IPV6 + target[:4]
            if target in peers:
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
