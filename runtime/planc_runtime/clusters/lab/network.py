"""The lab as a local world sees it: hosts with addresses, contexts to be them, troubled links."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import socket
import sys
from pathlib import Path

from planc_runtime.clusters.lab import sockets
from planc_runtime.clusters.lab.leases import LinkLease, hide_names, impair
from planc_runtime.clusters.lab.line import LabError, Line
from planc_runtime.clusters.lab.prober import Prober
from planc_runtime.clusters.lab.rules import Rules
from planc_runtime.clusters.lab.rungs import Rung
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.backend import PROGRAM_PREFIX
from planc_runtime.protocols.node import Placement
from planc_runtime.protocols.rules import LinkRule, Pairs

TESTER = "planc"
"""The host that the scenario itself acts from, unless it says otherwise."""
_ENTER = Path(__file__).with_name("enter.py")


class LabNetwork:
    """The test process' side of the lab; use it from the event loop it was made in."""

    def __init__(self, line: Line, rung: Rung, seed: str) -> None:
        self.abilities = rung.abilities
        self.missing = rung.missing
        self.line = line
        self.seed = seed
        self.rules = Rules()
        self.prober = Prober()
        self._addresses: dict[str, str] = {}
        self._addresses6: dict[str, str | None] = {}
        self._networks: dict[str, int] = {}
        self._led = contextlib.ExitStack()
        self._led.callback(self.line.close)
        self._led.callback(self.prober.close)
        _, (self._users,) = line.fetch("identity")
        self._led.callback(os.close, self._users)
        self._led.enter_context(sockets.Led())
        asyncio.get_running_loop().set_default_executor(sockets.ContextExecutor())
        self.place(TESTER)
        self.take(TESTER)

    def place(self, name: str, pid: int | None = None) -> str:
        """Bring up a host, unless it is there already; return its address.

        It gets a network namespace of its own, or the one that a process is in.
        """
        if name not in self._addresses:
            try:
                host, (network, probes) = self.line.fetch("add", name=name, pid=pid)
            except LabError as trouble:
                raise CannotRun(f"{name!r} gets no host: {trouble.strerror}") from None
            self._led.callback(os.close, network)
            self.prober.add(name, bytes.fromhex(host["mac"]), socket.socket(fileno=probes))
            self._addresses[name] = host["address"]
            self._addresses6[name] = host["address6"]
            self._networks[name] = network
        return self._addresses[name]

    @property
    def broken(self) -> str | None:
        """The lab is the warden's, and goes with it."""
        return None

    def leads(self, name: str) -> dict[str, str] | None:
        """Nothing is led: every host has a network of its own."""
        return None

    def choose_port(self, name: str) -> int:
        """Return a TCP port of a host that was free just now."""
        with self.socket(name, socket.SOCK_STREAM) as probe:
            probe.bind((self._addresses[name], 0))
            port: int = probe.getsockname()[1]
        return port

    def require_free(self, placement: Placement, owner: object) -> None:
        """Every host has all ports to itself, and nothing of an earlier life is left."""

    def host(self, name: str) -> contextvars.Context:
        """Return a context whose sockets, and programs, are on that host."""
        self.place(name)
        context = contextvars.copy_context()
        context.run(self.take, name)
        return context

    def take(self, name: str) -> None:
        """Let the current context act from a host."""
        sockets.take(sockets.Seat(self.line, name))
        own = f"/proc/{os.getpid()}/fd"
        spaces = (f"{own}/{self._users}", f"{own}/{self._networks[name]}")
        PROGRAM_PREFIX.set((sys.executable, "-I", "-S", str(_ENTER), *spaces))

    def socket(
        self, name: str, kind: int, family: socket.AddressFamily = socket.AF_INET
    ) -> socket.socket:
        seat = sockets.Seat(self.line, name)
        return socket.socket(fileno=seat.descriptor(family, kind, 0))

    def address(self, name: str) -> str:
        return self._addresses[name]

    def address6(self, name: str) -> str | None:
        """Return a host's IPv6 address; None where the machine has none to give."""
        return self._addresses6[name]

    @property
    def protocols(self) -> int:
        """How many versions of the Internet Protocol all hosts have."""
        return 1 if None in self._addresses6.values() else 2

    async def impair(self, pairs: Pairs, rule: LinkRule) -> LinkLease:
        for name in sorted({name for pair in pairs for name in pair}):
            self.place(name)
        return await impair(self, pairs, rule)

    async def fail_names(self, node: str) -> LinkLease:
        """Let a node know no name but its own, until it is healed."""
        return await hide_names(self, node)

    def close(self) -> None:
        self._led.close()
