"""The world of one simulated scenario: its machines, its network, and what can befall them."""

from __future__ import annotations

import contextvars
import random
import sys
from collections.abc import Callable, Mapping
from typing import Any

from planc_runtime.clusters.sim.leases import SimLease
from planc_runtime.clusters.sim.life import Life
from planc_runtime.clusters.sim.loop import SimLoop
from planc_runtime.clusters.sim.machine import Machine
from planc_runtime.clusters.sim.modules import PrivateState
from planc_runtime.clusters.sim.network import Network
from planc_runtime.clusters.sim.node import SimNode
from planc_runtime.clusters.sim.process import Process
from planc_runtime.clusters.sim.troubles import ABILITIES, Troubles
from planc_runtime.errors import PlancError
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.node import Launch, Placement

CONTROLLER = "planc"
"""The name of the machine that the scenario itself runs on."""
_FIRST_PID = 1000


class SimWorld(Troubles):
    """See `World` for the contract."""

    name = "sim"
    abilities = ABILITIES

    def __init__(self, settings: Settings, loop: SimLoop) -> None:
        self.settings = settings
        self.loop = loop
        self.seed = f"{settings.seed}"
        self.network = loop.network = Network(loop, self.seed)
        self.lives: list[Life] = []
        self.on_event: Callable[[float, str, Mapping[str, Any]], None] | None = None
        """Told of what happens to nodes and links: (seconds, kind, fields)."""
        self._nodes: dict[str, SimNode] = {}
        self._leases: list[SimLease] = []
        self._hosts: dict[str, Process] = {}
        self._pids = 0
        loop.kernel = self._process("kernel", Machine("kernel", "10.77.255.254", 0.0))
        loop.controller = self._host_process(CONTROLLER, "10.77.255.1")
        loop.processes = [loop.controller]

    def now(self) -> float:
        return self.loop.now

    def place(self, name: str, ports: dict[str, int]) -> Placement:
        """Reserve address, ports and directories; port 0 asks for any that is free."""
        if name in self.network.machines:
            raise PlancError(f"there is a node or host {name!r} already")
        index = len(self._nodes)
        machine = self._machine(name, f"10.77.{index // 250}.{index % 250 + 1}")
        directory = self.settings.directory.absolute()
        placement = Placement(
            name=name,
            address=machine.address,
            ports={key: port or machine.ephemeral("tcp") for key, port in ports.items()},
            data=directory / "data" / name,
            log=directory / "logs" / f"{name}.log",
        )
        placement.data.mkdir(parents=True, exist_ok=True)
        machine.disk.mount(placement.data)
        placement.log.parent.mkdir(parents=True, exist_ok=True)
        self._nodes[name] = SimNode(self, placement, machine)
        return placement

    def node(self, placement: Placement) -> SimNode:
        return self._nodes[placement.name]

    def host(self, name: str) -> contextvars.Context:
        """A context of a machine of its own; the same name gives the same machine."""
        if name == CONTROLLER:
            return self.loop.controller.context.copy()
        if name in self._nodes:
            raise PlancError(f"there is a node {name!r} already")
        if name not in self._hosts:
            index = len(self._hosts)
            address = f"10.77.{200 + index // 250}.{index % 250 + 1}"
            self._hosts[name] = self._host_process(name, address)
            self.loop.processes.append(self._hosts[name])
        process = self._hosts[name]
        context = contextvars.copy_context()
        context.run(process.enter)
        return context

    async def close(self) -> None:
        """Heal everything, end every node."""
        for lease in self._leases:
            await lease.heal()
        for node in self._nodes.values():
            await node.kill()

    def bury(self) -> None:
        """Dispose of what killed processes left, after the loop has stopped."""
        before, sys.unraisablehook = sys.unraisablehook, lambda _: None
        try:
            for life in self.lives:
                life.bury()
        finally:
            sys.unraisablehook = before

    # --- for the nodes ------------------------------------------------------------------------

    def new_life(self, node: SimNode, number: int, launch: Launch) -> Life:
        placement = node.placement
        placement.data.mkdir(parents=True, exist_ok=True)
        log = placement.log.open("a", encoding="utf-8", errors="backslashreplace")
        seed = f"{self.seed}/{placement.name}/{number}"
        life = Life(placement.name, node.machine, self.loop, seed, self._next_pid(), log)
        life.space = PrivateState(launch.path, launch.env)
        self.lives.append(life)
        self.loop.processes.append(life)
        if node.machine.cost:
            life.throttle(node.machine.cost)
        life.exited.add_done_callback(lambda _: self._life_ended(life))
        return life

    def report(self, kind: str, name: str, **fields: Any) -> None:
        if self.on_event is not None:
            self.on_event(self.now(), kind, {"node": name, **fields})

    def _life_ended(self, life: Life) -> None:
        self.loop.processes.remove(life)
        self.report("ended", life.name, pid=life.pid, status=life.exited.result())

    def _machine(self, name: str, address: str) -> Machine:
        boot = random.Random(f"{self.seed}/{name}/boot").uniform(1_000.0, 100_000.0)
        machine = Machine(name, address, boot)
        self.network.add(machine)
        return machine

    def _host_process(self, name: str, address: str) -> Process:
        machine = Machine(name, address, 0.0)
        self.network.add(machine)
        return self._process(name, machine)

    def _process(self, name: str, machine: Machine) -> Process:
        return Process(name, machine, self.loop, f"{self.seed}/{name}", self._next_pid())

    def _next_pid(self) -> int:
        self._pids += 1
        return _FIRST_PID + self._pids
