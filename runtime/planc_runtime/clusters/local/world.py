"""The machines of one scenario on this machine: addresses, folders and the warden's nodes."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import shutil
import time
from pathlib import Path
from typing import Any

from planc_runtime.clusters.lab.network import LabNetwork
from planc_runtime.clusters.local import measuring, pausing, proc
from planc_runtime.clusters.local.control import Control
from planc_runtime.clusters.local.networks import Network, open_network
from planc_runtime.clusters.local.node import LocalNode
from planc_runtime.clusters.machine.leases import Machines
from planc_runtime.clusters.redirect.network import RedirectNetwork
from planc_runtime.errors import CannotRun, NotSupported, PlancError
from planc_runtime.protocols.backend import Lease, Settings
from planc_runtime.protocols.evidence import Evidence
from planc_runtime.protocols.node import Placement
from planc_runtime.protocols.rules import ClockRule, DiskRule, LinkRule, Pairs, ResourceRule

ON_ANY_NETWORK = frozenset({"crash", "stop", "restart", "pause", "probe"})
"""What can be done to local processes on any network."""

_WATCHING = frozenset({"fill_disk", "lose_unsynced"})
"""Troubles for which every change of a node's files must be seen."""

_STORES = "unsynced"
"""Folder of the scenario for what a power cut would bring back."""

_WARDEN_LOG = "warden.log"

_ENDING = 3.0
"""Seconds that nodes have to be killed, and to save their coverage data before."""
_CLOSING = 1.5
"""Seconds that the warden has to end what is left, before it is killed itself; and what the nodes
have not needed of theirs."""
_DYING = 0.5
"""Seconds in which what was killed must be gone; as many more as are left of those above."""


class LocalWorld:
    """Real processes; see `World` for the contract. Use `open()`."""

    name = "local"

    def __init__(self, settings: Settings, network: Network, control: Control) -> None:
        self.abilities = ON_ANY_NETWORK | network.abilities | control.abilities
        self.missing = {**network.missing, **control.missing}
        self._settings = settings
        self._network = network
        self._control = control
        self._machines = Machines(control, settings.seed)
        self._nodes: dict[str, LocalNode] = {}
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()

    @classmethod
    async def open(cls, settings: Settings) -> LocalWorld:
        """Make the network and start the warden; raises CannotRun when either is impossible."""
        logs = settings.directory / "logs"
        _make(settings.directory / "data")
        _make(logs)
        network, control = await open_network(settings, logs / _WARDEN_LOG)
        return cls(settings, network, control)

    def now(self) -> float:
        return self._loop.time() - self._began

    @property
    def broken(self) -> str | None:
        """Say whether the warden, or what leads connections, was ended from outside."""
        if self._control.lost:
            return (
                f"the warden of the nodes (pid {self._control.warden_pid}) was ended from outside"
            )
        return self._network.broken

    def place(self, name: str, ports: dict[str, int]) -> Placement:
        """Reserve address, ports and directories; port 0 asks for any that is free."""
        if name in self._nodes:
            raise PlancError(f"there is a node {name!r} already")
        address = self._network.place(name)
        data = self._settings.directory.absolute() / "data" / name
        _make(data)
        placement = Placement(
            name=name,
            address=address,
            ports={key: port or self._network.choose_port(name) for key, port in ports.items()},
            data=data,
            log=self._settings.directory.absolute() / "logs" / f"{name}.log",
            address6=self._network.address6(name),
        )
        self._nodes[name] = LocalNode(
            placement,
            self._control,
            self._settings.directory,
            self._require_free,
            self._watched_files(placement),
            self._network.leads(name),
        )
        return placement

    def node(self, placement: Placement) -> LocalNode:
        return self._nodes[placement.name]

    def host(self, name: str) -> contextvars.Context:
        """A load client is this process itself; in the lab its sockets are on a host of its own."""
        return self._network.host(name)

    async def impair(self, pairs: Pairs, rule: LinkRule) -> Lease:
        if not isinstance(self._network, LabNetwork | RedirectNetwork):
            raise self._cannot("partition")
        return await self._network.impair(pairs, rule)

    async def pause(self, node: str) -> Lease:
        return await pausing.pause(self._nodes[node], self._control)

    async def set_clock(self, node: str, rule: ClockRule) -> Lease:
        return await self._machines.set_clock(self._nodes[node], rule)

    async def set_disk(self, node: str, rule: DiskRule) -> Lease:
        if rule.full:
            self._require("fill_disk")
        return await self._machines.set_disk(self._nodes[node], rule)

    async def set_resources(self, node: str, rule: ResourceRule) -> Lease:
        return await self._machines.set_resources(self._nodes[node], rule)

    async def flip_bits(self, node: str, glob: str, count: int) -> Evidence:
        return await self._machines.flip_bits(self._nodes[node], glob, count)

    async def lose_unsynced(self, node: str) -> Evidence:
        self._require("lose_unsynced")
        return await self._machines.cut_power(self._nodes[node], self._store(node))

    def _watched_files(self, placement: Placement) -> dict[str, str | None] | None:
        """Return what the keeper of a node is to see of its files; None where nobody asks for it.

        It costs some microseconds a write, and has to be begun before the node's first instruction.
        """
        asked = self._settings.troubles & self.abilities
        if not asked & _WATCHING:
            return None
        store = self._store(placement.name) if "lose_unsynced" in asked else None
        return {"data": str(placement.data), "store": None if store is None else str(store)}

    def _store(self, node: str) -> Path:
        return self._settings.directory.absolute() / _STORES / node

    def _require(self, ability: str) -> None:
        if ability not in self.abilities:
            raise self._cannot(ability)
        if ability not in self._settings.troubles:
            reason = "the world was not told before its nodes began (Settings.troubles)"
            raise NotSupported(self.name, ability.replace("_", " "), help=reason)

    def _cannot(self, ability: str) -> NotSupported:
        reason = self.missing.get(ability, "")
        return NotSupported(self.name, ability.replace("_", " "), help=reason)

    async def probe(self, node: str) -> dict[str, Any]:
        """Measure all processes of a node together; see `HasProbes`."""
        pids = self._pids(self._nodes[node])
        return {
            "memory": sum(map(proc.resident_bytes, pids)),
            "files": sum(map(proc.open_files, pids)),
            "processes": len(pids),
            "threads": sum(map(proc.thread_count, pids)),
        }

    def listeners(self, node: str) -> list[str]:
        """See `TellsListeners`."""
        found = (proc.listening(pid) for pid in self._pids(self._nodes[node]))
        return sorted({endpoint for endpoints in found for endpoint in endpoints})

    async def fail_names(self, node: str) -> Lease:
        if not isinstance(self._network, LabNetwork):
            raise self._cannot("fail_names")
        return await self._network.fail_names(node)

    def _require_free(self, placement: Placement) -> None:
        self._network.require_free(placement, self._owner)

    def _owner(self, pid: int) -> str | None:
        """Tell which node a process belongs to."""
        mine = (name for name, node in self._nodes.items() if pid in self._pids(node))
        return next(mine, None)

    def _pids(self, node: LocalNode) -> list[int]:
        if node.life is None:
            return []
        keeper = node.life.started.result().keeper
        return [process.pid for process in proc.descendants(keeper)]

    async def close(self) -> None:
        """End every node and the warden; bounded, whatever the nodes do.

        Raises CannotRun when a process of theirs is left: no verdict is worth more than that.
        """
        running = {name: self._pids(node) for name, node in self._nodes.items()}
        until = time.monotonic() + _ENDING + _CLOSING
        try:
            await self._end_nodes()
            await self._control.close(max(_CLOSING, until - time.monotonic()))
            await _require_ended(running, max(until, time.monotonic() + _DYING))
        finally:
            # Without this, a second Ctrl-C would leave the nodes to the life of this process.
            self._control.drop()
            self._network.close()
            measuring.tidy(self._settings.directory)
            shutil.rmtree(self._settings.directory / _STORES, ignore_errors=True)
            _remove_empty(self._settings.directory / "logs" / _WARDEN_LOG)

    async def _end_nodes(self) -> None:
        kills = [node.kill() for node in self._nodes.values() if node.life is not None]
        if kills:
            _, late = await asyncio.wait(map(asyncio.ensure_future, kills), timeout=_ENDING)
            for task in late:
                task.cancel()


async def _require_ended(running: dict[str, list[int]], deadline: float) -> None:
    """Wait for processes to be gone; raises CannotRun with those that are not in time."""
    while left := {name: alive for name, pids in running.items() if (alive := _alive(pids))}:
        if time.monotonic() > deadline:
            told = ", ".join(f"{name} (pid {', '.join(map(str, p))})" for name, p in left.items())
            raise CannotRun(
                f"what was started could not be ended: {told}",
                help="a process in an uninterruptible wait outlives SIGKILL: look at its disk",
            )
        await asyncio.sleep(0.01)


def _alive(pids: list[int]) -> list[int]:
    entries = [proc.read(pid) for pid in pids]
    return [entry.pid for entry in entries if entry is not None and entry.state not in proc.GONE]


def _remove_empty(log: Path) -> None:
    """The warden says nothing unless it breaks; an empty file would only ask to be opened."""
    with contextlib.suppress(OSError):
        if log.stat().st_size == 0:
            log.unlink()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise CannotRun(f"cannot create the folder {folder}: {trouble.strerror}") from None
