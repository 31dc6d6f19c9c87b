"""The network itself: a bridge, a cable to every host, and what befalls packets between them.

A host is a network namespace with one interface, for a node, for a load client, for the tester. All
of them hang on one bridge in a namespace of its own, away from the machine's own network and from
whatever firewall that has. Neighbours are known for ever and ports forward at once, so that the
first packet between two hosts is as good as any later one.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass

from planc_runtime.clusters.lab import kernel, nft
from planc_runtime.clusters.lab.rtnetlink import LOOPBACK, Interfaces

NETWORK = ipaddress.ip_network("10.77.0.0/16")
INTERFACE = "eth0"
_BRIDGE = "hub"
_SETTLING = 2.0
"""Seconds that a link may take until it carries packets."""
_TICK = 0.0002

Pair = tuple[str, str]


@dataclass(slots=True)
class Host:
    name: str
    address: str
    mac: bytes
    network: int
    """Descriptor of its network namespace."""
    cable: str
    """Name of the bridge's end of its cable, and `port` its index."""
    port: int
    interfaces: Interfaces
    """The configuration of its own namespace."""
    index: int
    """Index of its interface there."""
    refusals: nft.Table | None = None


class Hub:
    """Make it inside the namespace that is to be the hub's."""

    def __init__(self) -> None:
        self.network = kernel.own_network()
        self.hosts: dict[str, Host] = {}
        self._interfaces = Interfaces()
        self._bridge = self._interfaces.add_bridge(_BRIDGE)
        self._interfaces.up(LOOPBACK)
        self._interfaces.up(self._bridge)
        self._links = nft.Table(nft.BRIDGE)
        self._links.add_set("cut", 8)
        self._links.add_chain(
            "forward",
            nft.FORWARD,
            nft.meta(nft.IN_INTERFACE, nft.register(0)),
            nft.meta(nft.OUT_INTERFACE, nft.register(1)),
            nft.lookup("cut", nft.register(0)),
            nft.drop(),
        )

    def add(self, name: str) -> Host:
        """Bring up a host of that name, or return the one there is."""
        if name in self.hosts:
            return self.hosts[name]
        number = len(self.hosts) + 1
        address = str(NETWORK[number])
        mac = b"\x02\x00" + ipaddress.ip_address(address).packed
        network = kernel.new_network()
        cable = f"v{number}"
        port = self._interfaces.add_veth(cable, INTERFACE, mac, network)
        with kernel.inside(network):
            interfaces = Interfaces()
            _let_anybody_listen_anywhere()
        index = interfaces.index(INTERFACE)
        host = Host(name, address, mac, network, cable, port, interfaces, index)
        interfaces.up(LOOPBACK)
        interfaces.add_address(host.index, address, NETWORK.prefixlen)
        interfaces.up(host.index)
        self._interfaces.up(port, bridge=self._bridge)
        self._introduce(host)
        _settle(interfaces, host.index)
        _settle(self._interfaces, port)
        self._interfaces.forward(port)
        self.hosts[name] = host
        return host

    def add_cable(self, name: str, other: str) -> int:
        """Lay a cable that begins and ends here; return the index of its first end."""
        index = self._interfaces.add_veth(name, other, b"\x02" + bytes(5), self.network)
        self._interfaces.up(self._interfaces.index(other))
        self._interfaces.up(index)
        _settle(self._interfaces, index)
        return index

    def cut(self, add: Iterable[Pair], remove: Iterable[Pair]) -> None:
        """Let packets of some pairs vanish on their way, and those of others pass again."""
        self._links.change("cut", map(self._key, add), map(self._key, remove))

    def cut_packets(self) -> dict[Pair, int]:
        """Return how many packets have vanished between each pair that is cut."""
        ports = {host.port: host.name for host in self.hosts.values()}
        counts = self._links.counts("cut")
        pairs = {key: struct.unpack("=II", key) for key in counts}
        return {(ports[a], ports[b]): counts[key] for key, (a, b) in pairs.items()}

    def refuse(self, add: Iterable[Pair], remove: Iterable[Pair]) -> None:
        """Let the target of a pair answer new connections of the source with a reset."""
        changes: dict[str, tuple[list[bytes], list[bytes]]] = {}
        for position, pairs in enumerate((add, remove)):
            for source, target in pairs:
                packed = ipaddress.ip_address(self.hosts[source].address).packed
                changes.setdefault(target, ([], []))[position].append(packed)
        for target, (new, gone) in changes.items():
            self._refusals(self.hosts[target]).change("refused", new, gone)

    def refused_packets(self) -> dict[Pair, int]:
        names = {ipaddress.ip_address(h.address).packed: h.name for h in self.hosts.values()}
        return {
            (names[key], target.name): count
            for target in self.hosts.values()
            if target.refusals is not None
            for key, count in target.refusals.counts("refused").items()
        }

    def _key(self, pair: Pair) -> bytes:
        source, target = pair
        return struct.pack("=II", self.hosts[source].port, self.hosts[target].port)

    def _introduce(self, new: Host) -> None:
        for other in self.hosts.values():
            other.interfaces.add_neighbour(other.index, new.address, new.mac)
            new.interfaces.add_neighbour(new.index, other.address, other.mac)

    def _refusals(self, host: Host) -> nft.Table:
        if host.refusals is None:
            with kernel.inside(host.network):
                host.refusals = _refusing_table()
        return host.refusals


def _settle(interfaces: Interfaces, index: int) -> None:
    """Wait until an end of a cable carries packets; what came earlier would be lost."""
    deadline = time.monotonic() + _SETTLING
    while not interfaces.is_up(index):
        if time.monotonic() > deadline:
            raise OSError(errno.ENETDOWN, "the cable stays down", INTERFACE)
        time.sleep(_TICK)


def _refusing_table() -> nft.Table:
    """Make the table that refuses connections from the addresses in its set, to be filled."""
    table = nft.Table(nft.IP)
    table.add_set("refused", 4)
    table.add_chain(
        "input",
        nft.LOCAL_IN,
        nft.meta(nft.PROTOCOL, nft.register(0)),
        nft.equals(nft.register(0), b"\x06"),
        nft.payload(nft.TRANSPORT_HEADER, 13, 1, nft.register(0)),
        nft.masked(nft.register(0), b"\x12"),
        nft.equals(nft.register(0), b"\x02"),
        nft.payload(nft.NETWORK_HEADER, 12, 4, nft.register(0)),
        nft.lookup("refused", nft.register(0)),
        nft.reject_with_reset(),
    )
    return table


def _let_anybody_listen_anywhere() -> None:
    """Allow ports below 1024 to whoever runs here: it is a machine of its own."""
    path = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
    if os.access(path, os.W_OK):
        with open(path, "w") as file:
            file.write("0")
