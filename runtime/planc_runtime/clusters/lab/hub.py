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
import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass

from planc_runtime.clusters.lab import kernel, nft
from planc_runtime.clusters.lab.rtnetlink import LOOPBACK, Interfaces

NETWORK = ipaddress.ip_network("10.77.0.0/16")
NETWORK6 = ipaddress.ip_network("fd77::/64")
"""Unique local addresses, RFC 4193: host n is 10.77.0.n and fd77::n, n in hexadecimal."""
_LINK_LOCAL = ipaddress.ip_network("fe80::/64")
INTERFACE = "eth0"
_BRIDGE = "hub"
_TO_ALL = (("224.0.0.0", 4), ("255.255.255.255", 32))
"""Where multicast and broadcast go; whatever else is not here cannot be reached, at once."""
BACKOFF = "net.ipv4.tcp_rto_max_ms"
_BACKOFF_FILE = "/proc/sys/net/ipv4/tcp_rto_max_ms"
_BACKOFFS = (1.0, 120.0)
_USUAL_BACKOFF = 120.0
"""Seconds: what the kernel allows, and what it does by itself (TCP_RTO_MAX)."""
_SETTLING = 10.0
"""Seconds that a link may take until it carries packets."""
_TICK = 0.0002

Pair = tuple[str, str]


@dataclass(slots=True)
class Host:
    name: str
    address: str
    address6: str | None
    """None where the machine has no IPv6."""
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

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.address,) if self.address6 is None else (self.address, self.address6)


class Hub:
    """Make it inside the namespace that is to be the hub's."""

    def __init__(self) -> None:
        self.network = kernel.own_network()
        self.hosts: dict[str, Host] = {}
        self._numbers: dict[str, int] = {}
        self.without_ipv6 = ""
        """Why hosts have no IPv6 address; empty when they have one."""
        self._interfaces = Interfaces()
        self._bridge = self._interfaces.add_bridge(_BRIDGE)
        self._quieten(self._interfaces, self._bridge)
        self._interfaces.up(LOOPBACK)
        self._interfaces.up(self._bridge)
        self.links = _link_table()

    def number(self, name: str) -> int:
        """Return the number that the addresses of that host have, or will have when it is up."""
        return self._numbers.setdefault(name, len(self._numbers) + 1)

    def add(self, name: str, network: int | None = None) -> Host:
        """Bring up a host of that name, or return the one there is.

        Its namespace is a new one, or the one whose descriptor is handed over.
        """
        if name in self.hosts:
            return self.hosts[name]
        number = self.number(name)
        address = str(NETWORK[number])
        mac = b"\x02\x00" + ipaddress.ip_address(address).packed
        network = kernel.new_network() if network is None else network
        cable = f"v{number}"
        port = self._interfaces.add_veth(cable, INTERFACE, mac, network)
        with kernel.inside(network):
            interfaces = Interfaces()
            _let_anybody_listen_anywhere()
        index = interfaces.index(INTERFACE)
        interfaces.up(LOOPBACK)
        interfaces.add_address(index, address, NETWORK.prefixlen)
        address6 = self._add_ipv6(interfaces, index, number)
        interfaces.up(index)
        for network_of_all, prefix in _TO_ALL:
            interfaces.add_route(index, network_of_all, prefix)
        host = Host(name, address, address6, mac, network, cable, port, interfaces, index)
        self._quieten(self._interfaces, port)
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
        for end in (index, self._interfaces.index(other)):
            self._quieten(self._interfaces, end)
            self._interfaces.up(end)
        _settle(self._interfaces, index)
        return index

    def limit_backoff(self, name: str, seconds: float | None) -> float:
        """Limit the pause between TCP's retransmissions on a host, for sockets made from now on.

        Return what the kernel made of it: it allows no less than a second. None is its own limit.
        Raises OSError naming the setting when the kernel does not know it.
        """
        wanted = _USUAL_BACKOFF if seconds is None else seconds
        least, most = _BACKOFFS
        milliseconds = int(min(max(wanted, least), most) * 1000)
        with kernel.inside(self.hosts[name].network):
            try:
                with open(_BACKOFF_FILE, "w") as file:
                    file.write(str(milliseconds))
                with open(_BACKOFF_FILE) as file:
                    return int(file.read()) / 1000
            except OSError as trouble:
                raise OSError(trouble.errno, trouble.strerror, BACKOFF) from None

    def cut(self, add: Iterable[Pair], remove: Iterable[Pair]) -> None:
        """Let packets of some pairs vanish on their way, and those of others pass again."""
        self.links.change("cut", map(self.key, add), map(self.key, remove))

    def cut_packets(self) -> dict[Pair, int]:
        """Return how many packets have vanished between each pair that is cut."""
        ports = {host.port: host.name for host in self.hosts.values()}
        counts = self.links.counts("cut")
        pairs = {key: struct.unpack("=II", key) for key in counts}
        return {(ports[a], ports[b]): counts[key] for key, (a, b) in pairs.items()}

    def refuse(self, add: Iterable[Pair], remove: Iterable[Pair]) -> None:
        """Let the target of a pair answer new connections of the source with a reset."""
        changes: dict[str, tuple[list[bytes], list[bytes]]] = {}
        for position, pairs in enumerate((add, remove)):
            for source, target in pairs:
                key = _padded(self.hosts[source].mac)
                changes.setdefault(target, ([], []))[position].append(key)
        for target, (new, gone) in changes.items():
            self._refusals(self.hosts[target]).change("refused", new, gone)

    def refused_packets(self) -> dict[Pair, int]:
        names = {_padded(host.mac): host.name for host in self.hosts.values()}
        return {
            (names[key], target.name): count
            for target in self.hosts.values()
            if target.refusals is not None
            for key, count in target.refusals.counts("refused").items()
        }

    def key(self, pair: Pair) -> bytes:
        """Return what the table of links knows a pair by: the ports that its frames pass."""
        source, target = pair
        return struct.pack("=II", self.hosts[source].port, self.hosts[target].port)

    def _add_ipv6(self, interfaces: Interfaces, index: int, number: int) -> str | None:
        """Give a host its IPv6 addresses; what the machine has switched off is no trouble.

        None is asked for on the network whether it is taken: the first packet would have to wait.
        """
        try:
            # An address is worth nothing where a filter refuses the sockets.
            socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).close()
            interfaces.give_no_address(index)
            address = str(NETWORK6[number])
            interfaces.add_address(index, address, NETWORK6.prefixlen)
            interfaces.add_address(index, str(_LINK_LOCAL[number]), _LINK_LOCAL.prefixlen)
        except OSError as trouble:
            self.without_ipv6 = f"the kernel gives no IPv6 address: {trouble.strerror}"
            return None
        return address

    def _quieten(self, interfaces: Interfaces, index: int) -> None:
        """Keep an interface that is nobody's from talking of itself on the network."""
        try:
            interfaces.give_no_address(index)
        except OSError as trouble:
            self.without_ipv6 = f"the kernel has no IPv6: {trouble.strerror}"

    def _introduce(self, new: Host) -> None:
        others = list(self.hosts.values())
        new.interfaces.add_neighbours(
            new.index, [(address, other.mac) for other in others for address in other.addresses]
        )
        for other in others:
            other.interfaces.add_neighbours(
                other.index, [(address, new.mac) for address in new.addresses]
            )

    def _refusals(self, host: Host) -> nft.Table:
        if host.refusals is None:
            with kernel.inside(host.network):
                host.refusals = _refusing_table()
        return host.refusals


def _link_table() -> nft.Table:
    """Make the table that sees every frame once for each port that it is about to leave by.

    Frames of pairs that are `cut` end here. Those to a group end here for receivers to whom the
    switch takes them (`led`); what is for one receiver alone never comes here when it is led.
    """
    table = nft.Table(nft.BRIDGE)
    ports = (
        nft.meta(nft.IN_INTERFACE, nft.register(0)),
        nft.meta(nft.OUT_INTERFACE, nft.register(1)),
    )
    for name in ("cut", "led"):
        table.add_set(name, 8)
    table.add_chain("forward", nft.FORWARD, *ports, nft.lookup("cut", nft.register(0)), nft.drop())
    table.add_rule(
        "forward",
        *nft.to_a_group(nft.register(2)),
        *ports,
        nft.lookup("led", nft.register(0)),
        nft.drop(),
    )
    return table


def _settle(interfaces: Interfaces, index: int) -> None:
    """Wait until an end of a cable carries packets; what came earlier would be lost."""
    deadline = time.monotonic() + _SETTLING
    while not interfaces.is_up(index):
        if time.monotonic() > deadline:
            raise OSError(errno.ENETDOWN, "the cable stays down", INTERFACE)
        time.sleep(_TICK)


def _padded(mac: bytes) -> bytes:
    """Return a MAC address as nf_tables has it in its registers: whole words."""
    return mac + b"\0\0"


def _refusing_table() -> nft.Table:
    """Make the table that refuses connections from the hosts in its set, by either protocol."""
    table = nft.Table(nft.INET)
    table.add_set("refused", 8)
    table.add_chain(
        "input",
        nft.LOCAL_IN,
        nft.meta(nft.PROTOCOL, nft.register(0)),
        nft.equals(nft.register(0), b"\x06"),
        nft.payload(nft.TRANSPORT_HEADER, 13, 1, nft.register(0)),
        nft.masked(nft.register(0), b"\x12"),
        nft.equals(nft.register(0), b"\x02"),
        nft.payload(nft.LINK_HEADER, 6, 6, nft.register(0)),
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
