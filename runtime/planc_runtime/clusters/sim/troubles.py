"""What can befall the machines of a simulated world: the optional abilities, one method each."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from planc_runtime.clusters.sim.leases import SimLease, impairment, missed
from planc_runtime.clusters.sim.life import Life
from planc_runtime.clusters.sim.machine import Machine
from planc_runtime.errors import NotSupported, StepFailed
from planc_runtime.protocols.backend import Lease
from planc_runtime.protocols.evidence import Evidence, installed, skipped
from planc_runtime.protocols.rules import ClockRule, DiskRule, LinkRule, Pairs, ResourceRule

if TYPE_CHECKING:
    from planc_runtime.clusters.sim.loop import SimLoop
    from planc_runtime.clusters.sim.network import Network
    from planc_runtime.clusters.sim.node import SimNode

FULL_SPEED = 50e-6
"""Seconds of processor time that one callback is taken to need, for `throttle cpu`."""

_NODES = {"crash", "stop", "restart", "pause", "probe"}
_LINKS = {"partition", "slow", "drop", "duplicate", "reorder", "corrupt", "limit", "retransmit"}
_CONNECTIONS = {"refuse", "cut"}
_CLOCKS = {"skew", "jump", "drift"}
_DISKS = {"fill_disk", "slow_disk", "fail_fsync", "lose_unsynced", "flip_bits"}
_RESOURCES = {"throttle_cpu", "exhaust_files", "fail_names"}
ABILITIES = frozenset(_NODES | _LINKS | _CONNECTIONS | _CLOCKS | _DISKS | _RESOURCES)


class Troubles:
    """Mixed into SimWorld."""

    loop: SimLoop
    network: Network
    seed: str
    _nodes: dict[str, SimNode]
    _leases: list[SimLease]

    def _known(self, node: str) -> SimNode:
        try:
            return self._nodes[node]
        except KeyError:
            raise StepFailed(f"there is no node {node!r}") from None

    def _keep(self, lease: SimLease) -> SimLease:
        self._leases.append(lease)
        return lease

    async def pause(self, node: str) -> Lease:
        """Stop a process where it stands; the kernel goes on receiving for it."""
        life = self._known(node).running
        if life is None:
            return missed(skipped(f"{node} was {self._known(node).state.value} already"))
        began = self.loop.now
        life.pause()
        proof = f"process {life.pid} of {node} stands still since {began:.3f} s"
        return self._keep(
            SimLease(installed(proof, pid=life.pid), lambda: self._resume(life, began))
        )

    def _resume(self, life: Life, began: float) -> Evidence:
        lasted = self.loop.now - began
        if life.dead:
            return skipped(f"process {life.pid} of {life.name} ended while it was paused")
        held = len(life.held)
        life.resume()
        return installed(
            f"process {life.pid} of {life.name} goes on after {lasted:.3f} s;"
            f" {held} callbacks had waited",
            callbacks=held,
            seconds=lasted,
        )

    async def impair(self, pairs: Pairs, rule: LinkRule) -> Lease:
        return self._keep(impairment(self.network, pairs, rule))

    async def set_clock(self, node: str, rule: ClockRule) -> Lease:
        machine = self._known(node).machine
        clock = machine.clock
        clock.offset += rule.offset
        self._drift(machine, rule.drift)

        def undo() -> Evidence:
            clock.offset -= rule.offset
            self._drift(machine, -rule.drift)
            return self._clock_proof(machine)

        return self._keep(SimLease(self._clock_proof(machine), undo))

    def _drift(self, machine: Machine, change: float) -> None:
        if change:
            drift = machine.clock.drift + change
            drift = 0.0 if abs(drift) < 1e-12 else drift
            self.loop.retime(machine, lambda: machine.clock.set_drift(drift, self.loop.now))

    def _clock_proof(self, machine: Machine) -> Evidence:
        now, clock = self.loop.now, machine.clock
        ahead = clock.wall(now) - self.loop.controller.machine.clock.wall(now)
        return installed(
            f"wall clock of {machine.name} read at {now:.3f} s: {ahead:+.3f} s, drift"
            f" {clock.drift:+.2%}",
            offset=ahead,
            drift=clock.drift,
        )

    async def set_disk(self, node: str, rule: DiskRule) -> Lease:
        disk = self._known(node).machine.disk
        before = dict(disk.counts)
        disk.add(rule)

        def undo() -> Evidence:
            disk.remove(rule)
            met = {name: n - before.get(name, 0) for name, n in sorted(disk.counts.items())}
            told = ", ".join(f"{count} {name}" for name, count in met.items()) or "no call met it"
            return installed(
                f"disk of {node} free of it since {self.loop.now:.3f} s: {told}", **met
            )

        proof = f"disk of {node} since {self.loop.now:.3f} s: {_told(rule)}"
        return self._keep(SimLease(installed(proof), undo))

    async def lose_unsynced(self, node: str) -> Evidence:
        """Power cut of a machine that is down; see `HasDisks`."""
        target = self._known(node)
        if target.running is not None:
            return skipped(f"{node} runs; only a node that is down can lose its unsynced writes")
        lost = target.machine.disk.lose_unsynced()
        return installed(
            f"{node} lost {lost.bytes} unsynced bytes in {lost.files} files and"
            f" {lost.names} names that no directory sync had made durable",
            files=lost.files,
            bytes=lost.bytes,
            names=lost.names,
        )

    async def flip_bits(self, node: str, glob: str, count: int) -> Evidence:
        disk = self._known(node).machine.disk
        draw = random.Random(f"{self.seed}/{node}/bits/{disk.flips}")
        flipped = disk.flip_bits(glob, count, draw)
        if not flipped:
            return skipped(f"no file with content matches {glob!r} below the data of {node}")
        places = ", ".join(f"{name} bit {bit}" for name, bit in flipped[:_SHOWN])
        return installed(f"{len(flipped)} bits flipped on {node}: {places}", flipped=flipped)

    async def set_resources(self, node: str, rule: ResourceRule) -> Lease:
        if rule.memory is not None:
            raise NotSupported("sim", "limit memory", help="all nodes share one interpreter")
        target = self._known(node)
        target.machine.rules.append(rule)
        self._apply_resources(target)

        def undo() -> Evidence:
            target.machine.rules.remove(rule)
            self._apply_resources(target)
            return self._resource_proof(target)

        return self._keep(SimLease(self._resource_proof(target), undo))

    def _apply_resources(self, target: SimNode) -> None:
        target.machine.cost = callback_cost(target.machine.rules)
        if target.running is not None:
            target.running.throttle(target.machine.cost)

    def _resource_proof(self, target: SimNode) -> Evidence:
        machine = target.machine
        speed = FULL_SPEED / machine.cost if machine.cost else 1.0
        files = (
            "no further file can be opened" if machine.files_exhausted else "files can be opened"
        )
        return installed(
            f"{machine.name} at {self.loop.now:.3f} s: processor at {speed:.0%}, {files}",
            cpu=speed,
            files_exhausted=machine.files_exhausted,
        )

    async def fail_names(self, node: str) -> Lease:
        machine = self._known(node).machine
        machine.names_failing += 1

        def undo() -> Evidence:
            machine.names_failing -= 1
            return installed(
                f"{node} {'resolves names again' if machine.resolves else 'still cannot resolve'}"
                f" at {self.loop.now:.3f} s"
            )

        proof = f"{node} cannot resolve names since {self.loop.now:.3f} s"
        return self._keep(SimLease(installed(proof), undo))

    async def probe(self, node: str) -> dict[str, Any]:
        life = self._known(node).running
        if life is None:
            return {"files": 0, "processes": 0, "tasks": 0}
        return {
            "files": len(life.resources),
            "processes": 1,
            "tasks": len(self.loop.tasks_of(life)),
        }


def callback_cost(rules: list[ResourceRule]) -> float:
    """Seconds that a callback takes under the harshest of the rules; 0 at full speed."""
    shares = [rule.cpu for rule in rules if rule.cpu is not None and rule.cpu < 1.0]
    return FULL_SPEED / max(min(shares), 0.001) if shares else 0.0


_SHOWN = 4


def _told(rule: DiskRule) -> str:
    parts = [
        "it is full" if rule.full else "",
        f"every sync takes {rule.delay * 1000:g} ms longer" if rule.delay else "",
        "every sync fails with EIO" if rule.fail_sync else "",
    ]
    return ", ".join(part for part in parts if part)
