"""The networks that a local world can have: the lab, or this machine's loopback interface."""

from __future__ import annotations

import contextvars
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from planc_runtime.clusters.lab import rungs
from planc_runtime.clusters.lab.line import Line
from planc_runtime.clusters.lab.network import LabNetwork
from planc_runtime.clusters.lab.rungs import Rung
from planc_runtime.clusters.lab.station import LOOPBACK, REDIRECT
from planc_runtime.clusters.local import ports
from planc_runtime.clusters.local.addresses import AddressLease
from planc_runtime.clusters.local.control import Control, Equipment
from planc_runtime.clusters.redirect.network import RedirectNetwork
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.node import Placement

_NAMES = "names"
"""Folder of the scenario in which the nodes' hosts files lie."""

Owner = Callable[[int], str | None]


class Network(Protocol):
    abilities: frozenset[str]
    missing: Mapping[str, str]
    """Why abilities that a network could have are not there."""

    def place(self, name: str) -> str:
        """Give a node, or a host, an address of its own."""

    def address6(self, name: str) -> str | None:
        """Return a host's IPv6 address, if it has one."""

    def leads(self, name: str) -> dict[str, str] | None:
        """Return how a node's connections are to be led, where they are."""

    def choose_port(self, name: str) -> int:
        """Return a TCP port at a node's address that was free just now."""

    def require_free(self, placement: Placement, owner: Owner) -> None:
        """Raise CannotRun when a node could not listen on one of its ports."""

    def host(self, name: str) -> contextvars.Context: ...

    @property
    def broken(self) -> str | None:
        """Say what it worked with and lost, if it did."""

    def close(self) -> None: ...


class Loopback:
    """All nodes on this machine's own network, each at its own address below 127."""

    abilities: frozenset[str] = frozenset()

    def __init__(self, lease: AddressLease, missing: Mapping[str, str]) -> None:
        self.missing = missing
        self.prefix = lease.prefix
        self._lease = lease
        self._addresses: dict[str, str] = {}

    def place(self, name: str) -> str:
        self._addresses[name] = self._lease.next_address()
        return self._addresses[name]

    def address6(self, name: str) -> str | None:
        return None

    @property
    def broken(self) -> str | None:
        return None

    def leads(self, name: str) -> dict[str, str] | None:
        return None

    def choose_port(self, name: str) -> int:
        return ports.choose(self._addresses[name])

    def require_free(self, placement: Placement, owner: Owner) -> None:
        ports.require_free(placement.name, placement.address, placement.ports, owner)

    def host(self, name: str) -> contextvars.Context:
        return contextvars.copy_context()

    def close(self) -> None:
        self._lease.release()


async def open_network(settings: Settings, log: Path) -> tuple[Network, Control]:
    """Open the best network of this machine and start its warden; raises CannotRun."""
    rung = rungs.find()
    if rung.name == LOOPBACK:
        return await _open_loopback(rung, settings, log)
    if rung.name == REDIRECT:
        return await _open_redirect(rung, settings, log)
    return await _open_lab(rung, settings, log)


async def _open_loopback(rung: Rung, settings: Settings, log: Path) -> tuple[Network, Control]:
    lease = AddressLease.take()
    try:
        control = await _start(lease.socket, rung, settings, log)
    except BaseException:
        lease.release()
        raise
    return Loopback(lease, rung.missing), control


async def _open_redirect(rung: Rung, settings: Settings, log: Path) -> tuple[Network, Control]:
    lease = AddressLease.take()
    network = RedirectNetwork(lease, rung, str(settings.seed))
    try:
        control = await _start(lease.socket, rung, settings, log)
        try:
            network.begin()
        except BaseException:
            control.drop()
            raise
    except BaseException:
        network.close()
        raise
    return network, control


async def _open_lab(rung: Rung, settings: Settings, log: Path) -> tuple[Network, Control]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        try:
            control = await _start(theirs, rung, settings, log)
        except BaseException:
            ours.close()
            raise
    return LabNetwork(Line(ours), rung, str(settings.seed)), control


async def _start(kept: socket.socket, rung: Rung, settings: Settings, log: Path) -> Control:
    names = settings.directory.absolute() / _NAMES
    try:
        return await Control.open(Equipment(kept, rung.name, names), log)
    except OSError as trouble:
        raise CannotRun(f"cannot start the warden of the nodes: {trouble.strerror}") from None
