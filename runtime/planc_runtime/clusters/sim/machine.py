"""A machine of the simulation: what outlives the processes that run on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planc_runtime.clusters.sim.clock import Clock
from planc_runtime.clusters.sim.disk import Disk
from planc_runtime.protocols.rules import ResourceRule

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.sockets import Bound

FIRST_EPHEMERAL = 32_768
LAST_PORT = 60_999
"""Linux's default range of ephemeral ports."""

WILDCARDS = frozenset({"", "0.0.0.0", "::"})


class Machine:
    """A host with an address, clocks, and the ports that its processes have bound."""

    def __init__(self, name: str, address: str, boot: float) -> None:
        self.name = name
        self.address = address
        self.clock = Clock(boot)
        self.bound: dict[tuple[str, int], list[Bound]] = {}
        """("tcp" or "udp", port) -> what is bound there, on different addresses."""
        self.disk = Disk()
        self.rules: list[ResourceRule] = []
        self.cost = 0.0
        """Virtual seconds that each callback takes here; above zero while throttled."""
        self.names_failing = 0
        """How many troubles keep names from being looked up."""
        self._next_port = FIRST_EPHEMERAL

    @property
    def resolves(self) -> bool:
        return not self.names_failing

    @property
    def files_exhausted(self) -> bool:
        return any(rule.files for rule in self.rules)

    def owns(self, address: str) -> bool:
        return address == self.address or address in WILDCARDS or is_loopback(address)

    def find(self, kind: str, address: str, port: int) -> Bound | None:
        """What answers at an address and port of this machine."""
        for bound in self.bound.get((kind, port), ()):
            if bound.address in WILDCARDS or bound.address == address:
                return bound
        return None

    def bind(self, kind: str, port: int, bound: Bound) -> bool:
        """Take a port; False when it is taken."""
        there = self.bound.setdefault((kind, port), [])
        taken = any(
            other.address == bound.address
            or other.address in WILDCARDS
            or bound.address in WILDCARDS
            for other in there
        )
        if not taken:
            there.append(bound)
        return not taken

    def unbind(self, kind: str, port: int, bound: Bound) -> None:
        there = self.bound.get((kind, port), [])
        if bound in there:
            there.remove(bound)
        if not there:
            self.bound.pop((kind, port), None)

    def ephemeral(self, kind: str) -> int:
        """The next free port, in turn, as kernels do to keep late packets apart."""
        while True:
            port = self._next_port
            self._next_port = port + 1 if port < LAST_PORT else FIRST_EPHEMERAL
            if (kind, port) not in self.bound:
                return port


def is_loopback(address: str) -> bool:
    return address.startswith("127.") or address == "::1"
