"""Addresses of sockets as they lie in a program's memory: read, and written over.

A program that speaks IPv6 on a socket for both protocols names IPv4 peers by mapped addresses; for
us these are the same as the bare ones.
"""

from __future__ import annotations

import socket
from typing import NamedTuple

LARGEST = 28
"""Bytes of the longest address we look at (sockaddr_in6)."""
_FAMILY = slice(0, 2)
_PORT = slice(2, 4)
_V4, _V6 = slice(4, 8), slice(8, 24)
_MAPPED = bytes(10) + b"\xff\xff"
CHANGED = 2
"""Where what `altered` returns belongs: behind the family."""


class Named(NamedTuple):
    """What a program has named: an IPv4 address and a port."""

    address: str
    port: int
    mapped: bool
    """It stands in an IPv6 address."""


def read(raw: bytes) -> Named | None:
    """Return the IPv4 address in it; None for all else. The IPv6 wildcard stands for 0.0.0.0."""
    family = int.from_bytes(raw[_FAMILY], "little")
    port = int.from_bytes(raw[_PORT], "big")
    if family == socket.AF_INET and len(raw) >= 8:
        return Named(socket.inet_ntoa(raw[_V4]), port, False)
    if family != socket.AF_INET6 or len(raw) < 24:
        return None
    address = raw[_V6]
    if address == bytes(16):
        return Named("0.0.0.0", port, True)
    if address.startswith(_MAPPED):
        return Named(socket.inet_ntoa(address[12:]), port, True)
    return None


def altered(raw: bytes, address: str, port: int) -> bytes:
    """Return what has to be written behind the family, for it to name something else."""
    packed, number = socket.inet_aton(address), port.to_bytes(2, "big")
    if int.from_bytes(raw[_FAMILY], "little") == socket.AF_INET:
        return number + packed
    return number + raw[4:8] + _MAPPED + packed
