"""Interfaces, addresses and neighbours of a network namespace."""

from __future__ import annotations

import socket
import struct

from planc_runtime.clusters.lab.netlink import (
    CREATE,
    EXCLUSIVE,
    REPLACE,
    Netlink,
    attribute,
    attributes,
    nested,
    number,
    text,
)

LOOPBACK = 1
"""Every network namespace has its loopback interface, and it is always the first."""

_NEWLINK, _GETLINK, _NEWADDR, _NEWNEIGH = 16, 18, 20, 28
_IFF_UP = 1
_PERMANENT = 0x80
_ADDRESS, _NAME, _MTU, _MASTER, _LINKINFO, _PROTINFO, _NS_FD = 1, 3, 4, 10, 18, 12, 28
_INFO_KIND, _INFO_DATA = 1, 2
_PEER = 1
_PORT_STATE, _FORWARDING = 1, 3
_OPERSTATE = 16
_STP_STATE, _FORWARD_DELAY, _MULTICAST_SNOOPING = 5, 1, 23


class Interfaces(Netlink):
    def __init__(self) -> None:
        super().__init__(socket.NETLINK_ROUTE)

    def add_bridge(self, name: str) -> int:
        """Make a bridge that neither learns its topology nor waits; return its index."""
        data = nested(
            _INFO_DATA,
            number(_STP_STATE, 0),
            number(_FORWARD_DELAY, 0),
            attribute(_MULTICAST_SNOOPING, b"\0"),
        )
        info = nested(_LINKINFO, text(_INFO_KIND, "bridge"), data)
        self._link(_NEWLINK, 0, text(_NAME, name) + info, f"bridge {name}", new=True)
        return self.index(name)

    def add_veth(self, name: str, peer: str, mac: bytes, namespace: int) -> int:
        """Make a cable from here to an interface of another namespace; return the index here."""
        there = _head(0) + text(_NAME, peer) + attribute(_ADDRESS, mac) + number(_NS_FD, namespace)
        data = nested(_INFO_DATA, nested(_PEER, there))
        info = nested(_LINKINFO, text(_INFO_KIND, "veth"), data)
        self._link(_NEWLINK, 0, text(_NAME, name) + info, f"veth {name}", new=True)
        return self.index(name)

    def up(self, index: int, *, bridge: int | None = None) -> None:
        """Switch an interface on, as a port of a bridge if one is given."""
        port = b"" if bridge is None else number(_MASTER, bridge)
        self._link(_NEWLINK, index, port, f"interface {index}", up=True)

    def forward(self, port: int) -> None:
        """Let a bridge's port forward from now on, without waiting for the link's settling."""
        body = _head(port, family=socket.AF_BRIDGE)
        body += nested(_PROTINFO, attribute(_PORT_STATE, bytes([_FORWARDING])))
        self.ask(_NEWLINK, 0, body, f"port {port}")

    def index(self, name: str) -> int:
        answer = self.ask(_GETLINK, 0, _head(0) + text(_NAME, name), f"interface {name}")
        return int(struct.unpack_from("=BxHi", answer[0].body)[2])

    def is_up(self, index: int) -> bool:
        """Tell whether the kernel takes the link for working (operational state up)."""
        answer = self.ask(_GETLINK, 0, _head(index), f"interface {index}")
        return attributes(answer[0].body[16:])[_OPERSTATE] == b"\x06"

    def add_address(self, index: int, address: str, prefix: int) -> None:
        family, packed = packed_address(address)
        body = struct.pack("=BBBBI", family, prefix, 0, 0, index)
        body += attribute(1, packed) + attribute(2, packed)
        self.ask(_NEWADDR, CREATE | EXCLUSIVE, body, f"address {address}")

    def add_neighbour(self, index: int, address: str, mac: bytes) -> None:
        """Let a neighbour be known for ever: no question, no answer, nothing to lose."""
        family, packed = packed_address(address)
        body = struct.pack("=BxxxiHBB", family, index, _PERMANENT, 0, 0)
        body += attribute(1, packed) + attribute(2, mac)
        self.ask(_NEWNEIGH, CREATE | REPLACE, body, f"neighbour {address}")

    def _link(
        self, kind: int, index: int, more: bytes, what: str, *, new: bool = False, up: bool = False
    ) -> None:
        flags = CREATE | EXCLUSIVE if new else 0
        self.ask(kind, flags, _head(index, up=up) + more, what)


def packed_address(address: str) -> tuple[int, bytes]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return family, socket.inet_pton(family, address)


def _head(index: int, *, up: bool = False, family: int = 0) -> bytes:
    flag = _IFF_UP if up else 0
    return struct.pack("=BxHiII", family, 0, index, flag, flag)
