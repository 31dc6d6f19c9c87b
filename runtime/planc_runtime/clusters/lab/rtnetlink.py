"""Interfaces, addresses and neighbours of a network namespace."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable

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

_NEWLINK, _GETLINK, _NEWADDR, _NEWROUTE, _NEWNEIGH = 16, 18, 20, 24, 28
_IFF_UP = 1
_NO_DUPLICATE_DETECTION = 2
_BROADCAST = 4
_MAIN, _STATIC, _ON_LINK, _UNICAST, _OUT_INTERFACE = 254, 4, 253, 1, 4
_PERMANENT = 0x80
_ADDRESS, _NAME, _MASTER, _PROTINFO, _LINKINFO, _FAMILIES, _NS_FD = 1, 3, 10, 12, 18, 26, 28
_ADDRESS_GENERATION, _NONE = 8, 1
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

    def give_no_address(self, index: int) -> None:
        """Let the kernel make up no IPv6 address, nor look for routers with one."""
        mode = nested(socket.AF_INET6, attribute(_ADDRESS_GENERATION, bytes([_NONE])))
        self._link(_NEWLINK, index, nested(_FAMILIES, mode), f"interface {index}")

    def index(self, name: str) -> int:
        answer = self.ask(_GETLINK, 0, _head(0) + text(_NAME, name), f"interface {name}")
        return int(struct.unpack_from("=BxHi", answer[0].body)[2])

    def is_up(self, index: int) -> bool:
        """Tell whether the kernel takes the link for working (operational state up)."""
        answer = self.ask(_GETLINK, 0, _head(index), f"interface {index}")
        return attributes(answer[0].body[16:])[_OPERSTATE] == b"\x06"

    def add_address(self, index: int, address: str, prefix: int) -> None:
        family, packed = packed_address(address)
        flags = _NO_DUPLICATE_DETECTION if family == socket.AF_INET6 else 0
        body = struct.pack("=BBBBI", family, prefix, flags, 0, index)
        body += attribute(1, packed) + attribute(2, packed)
        if family == socket.AF_INET:
            body += attribute(_BROADCAST, _last_of(packed, prefix))
        self.ask(_NEWADDR, CREATE | EXCLUSIVE, body, f"address {address}")

    def add_route(self, index: int, network: str, prefix: int) -> None:
        """Let an interface be the way to IPv4 addresses that are nobody's own."""
        family, packed = packed_address(network)
        body = struct.pack("=8BI", family, prefix, 0, 0, _MAIN, _STATIC, _ON_LINK, _UNICAST, 0)
        body += attribute(1, packed) + number(_OUT_INTERFACE, index)
        self.ask(_NEWROUTE, CREATE | EXCLUSIVE, body, f"route {network}")

    def add_neighbours(self, index: int, known: Iterable[tuple[str, bytes]]) -> None:
        """Let neighbours be known for ever: no question, no answer, nothing to lose."""
        requests = []
        for address, mac in known:
            family, packed = packed_address(address)
            body = struct.pack("=BxxxiHBB", family, index, _PERMANENT, 0, 0)
            requests.append(body + attribute(1, packed) + attribute(2, mac))
        self.ask_all(_NEWNEIGH, CREATE | REPLACE, requests, "neighbours")

    def _link(
        self, kind: int, index: int, more: bytes, what: str, *, new: bool = False, up: bool = False
    ) -> None:
        flags = CREATE | EXCLUSIVE if new else 0
        self.ask(kind, flags, _head(index, up=up) + more, what)


def packed_address(address: str) -> tuple[int, bytes]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return family, socket.inet_pton(family, address)


def _last_of(packed: bytes, prefix: int) -> bytes:
    """Return the broadcast address of the network that an IPv4 address is in."""
    return struct.pack(">I", struct.unpack(">I", packed)[0] | (1 << 32 - prefix) - 1)


def _head(index: int, *, up: bool = False, family: int = 0) -> bytes:
    flag = _IFF_UP if up else 0
    return struct.pack("=BxHiII", family, 0, index, flag, flag)
