"""Name resolution: the machines of the world, numeric addresses, and nothing else."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

from planc_runtime.clusters.sim.machine import Machine
from planc_runtime.clusters.sim.network import Network

Info = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]

_KINDS = (
    (socket.SOCK_STREAM, socket.IPPROTO_TCP),
    (socket.SOCK_DGRAM, socket.IPPROTO_UDP),
)


def resolve(
    network: Network,
    asking: Machine,
    host: bytes | str | None,
    port: bytes | str | int | None,
    *,
    family: int = 0,
    type: int = 0,
    flags: int = 0,
) -> list[Info]:
    """Answer like getaddrinfo(3), for one machine; raises socket.gaierror."""
    if isinstance(host, bytes):
        host = host.decode("idna")
    address = _address(network, asking, host, flags)
    version = socket.AF_INET6 if ":" in address else socket.AF_INET
    if family not in (0, version):
        raise socket.gaierror(socket.EAI_ADDRFAMILY, "Address family for hostname not supported")
    number = _port(port)
    place = (address, number, 0, 0) if version == socket.AF_INET6 else (address, number)
    return [
        (version, kind, protocol, "", place)
        for kind, protocol in _KINDS
        if type in (0, kind) or (type & 0xF) == kind
    ]


def _address(network: Network, asking: Machine, host: str | None, flags: int) -> str:
    if not host:
        return "0.0.0.0" if flags & socket.AI_PASSIVE else "127.0.0.1"
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if flags & socket.AI_NUMERICHOST:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    if host == "localhost" or host.endswith(".localhost"):
        return "127.0.0.1"
    if not asking.resolves:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    found = network.machines.get(host.rstrip(".")) or network.machines.get(host.lower())
    if found is None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return found.address


def _port(port: bytes | str | int | None) -> int:
    if isinstance(port, bytes):
        port = port.decode("ascii")
    if port is None or port == "":
        return 0
    try:
        return int(port)
    except ValueError:
        try:
            return socket.getservbyname(str(port))
        except OSError:
            raise socket.gaierror(
                socket.EAI_SERVICE, "Servname not supported for ai_socktype"
            ) from None


def reverse(network: Network, address: str) -> str:
    """The name of the machine with an address; the address itself when there is none."""
    for machine in network.machines.values():
        if machine.address == address:
            return machine.name
    return address
