"""The network of connections that are led, as a local world sees it."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from planc_runtime.clusters.lab.leases import LinkLease
from planc_runtime.clusters.lab.line import Line
from planc_runtime.clusters.lab.rules import Rules
from planc_runtime.clusters.lab.rungs import Rung
from planc_runtime.clusters.lab.sockets import ContextExecutor
from planc_runtime.clusters.local import ports
from planc_runtime.clusters.local.addresses import AddressLease
from planc_runtime.clusters.redirect import clients
from planc_runtime.clusters.redirect.guide import EXCHANGE, Guide
from planc_runtime.clusters.redirect.leases import impair
from planc_runtime.clusters.redirect.prober import Prober
from planc_runtime.clusters.redirect.table import number_of
from planc_runtime.protocols.backend import PROGRAM_PREFIX
from planc_runtime.protocols.node import Placement
from planc_runtime.protocols.rules import LinkRule, Pairs

TESTER = "planc"
"""The host that the scenario itself acts from, unless it says otherwise."""
_ROOT = Path(__file__).resolve().parents[3]
_START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    "from planc_runtime.clusters.redirect.exchange import main; main()"
)
_ENTER = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    "from planc_runtime.clusters.redirect.enter import main; main()"
)
_ENDING = 2.0


class RedirectNetwork:
    """Use it from the event loop it was made in."""

    def __init__(self, lease: AddressLease, rung: Rung, seed: str) -> None:
        self.abilities = rung.abilities
        self.missing: Mapping[str, str] = rung.missing
        self.rules = Rules()
        self._lease = lease
        self._addresses: dict[str, str] = {}
        self._guides: dict[str, Guide] = {}
        self._exchange = f"{lease.prefix}.{EXCHANGE}"
        self._open = contextlib.ExitStack()
        self._open.callback(lease.release)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = _start(theirs, lease)
        self._open.callback(self._end)
        self.line = Line(ours)
        self._open.callback(self.line.close)
        self.prober = Prober(self, self._exchange)
        self._open.callback(self.prober.close)
        self._seed = seed

    def begin(self) -> None:
        """Wait until the exchange is there, which starts while others do, and be led by it."""
        self.line.ask("open", probes=self.prober.place, seed=self._seed)
        self._open.enter_context(clients.Led())
        asyncio.get_running_loop().set_default_executor(ContextExecutor())
        self.place(TESTER)
        self.take(TESTER)

    def place(self, name: str) -> str:
        """Give a host an address, unless it has one; return it."""
        if name not in self._addresses:
            address = self._addresses[name] = self._lease.next_address()
            guide = self._guides[name] = Guide(self._lease.prefix, address)
            self._open.callback(guide.close)
        return self._addresses[name]

    def address(self, name: str) -> str:
        return self._addresses[name]

    def address6(self, name: str) -> str | None:
        return None

    @property
    def broken(self) -> str | None:
        if self._process.poll() is None:
            return None
        return f"the process that led connections (pid {self._process.pid}) was ended from outside"

    def leads(self, name: str) -> dict[str, str] | None:
        return {"prefix": self._lease.prefix, "address": self._addresses[name]}

    def number(self, name: str) -> int:
        return number_of(self._addresses[name])

    def gate(self, source: str, target: str) -> tuple[str, int]:
        """Return where a probe from one host to another has to go."""
        a, b = self.number(source), self.number(target)
        return self._exchange, self.line.ask("gate", source=a, target=b, port=0)

    def choose_port(self, name: str) -> int:
        return ports.choose(self._addresses[name])

    def require_free(self, placement: Placement, owner: Callable[[int], str | None]) -> None:
        ports.require_free(placement.name, placement.address, placement.ports, owner)

    def host(self, name: str) -> contextvars.Context:
        """Return a context whose connections, and programs, come from that host."""
        self.place(name)
        context = contextvars.copy_context()
        context.run(self.take, name)
        return context

    def take(self, name: str) -> None:
        """Let the current context act from a host."""
        clients.take(self._guides[name])
        command = ("-I", "-S", "-X", "utf8", "-c", _ENTER, str(_ROOT))
        PROGRAM_PREFIX.set((sys.executable, *command, self._lease.prefix, self._addresses[name]))

    async def impair(self, pairs: Pairs, rule: LinkRule) -> LinkLease:
        for name in sorted({name for pair in pairs for name in pair}):
            self.place(name)
        return await impair(self, pairs, rule)

    def close(self) -> None:
        self._open.close()

    def _end(self) -> None:
        """Its line is closed: it ends by itself."""
        try:
            self._process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _start(line: socket.socket, lease: AddressLease) -> subprocess.Popen[bytes]:
    descriptors = (line.fileno(), lease.socket.fileno())
    arguments = [str(_ROOT), *map(str, descriptors), lease.prefix]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", _START, *arguments],
        pass_fds=descriptors,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
