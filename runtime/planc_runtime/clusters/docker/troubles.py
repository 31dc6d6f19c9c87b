"""Troubles of containers' machines as leases: laid by the lab or the engine, and read back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from planc_runtime.clusters.docker.node import PERIOD, DockerNode
from planc_runtime.clusters.machine import words
from planc_runtime.clusters.machine.bits import Flips
from planc_runtime.clusters.machine.conditions import State
from planc_runtime.clusters.machine.cut import cut
from planc_runtime.clusters.machine.lease import MachineLease, lay, on_nothing
from planc_runtime.protocols.evidence import Evidence, indeterminate, installed, skipped
from planc_runtime.protocols.rules import ClockRule, DiskRule, ResourceRule

Tell = Callable[[int, State], Awaitable[State]]


class Troubles:
    """Lays troubles on the machines of a world's nodes; `tell` speaks to the lab."""

    def __init__(self, tell: Tell, seed: int) -> None:
        self._tell_lab = tell
        self._flips = Flips(seed)

    async def set_clock(self, node: DockerNode, rule: ClockRule) -> MachineLease:
        async def tell() -> Evidence:
            state = node.machine.clock()
            return words.of_clock(node.placement.name, state, await self._tell(node, state))

        return await lay(node.machine.clocks, rule, tell)

    async def set_disk(self, node: DockerNode, rule: DiskRule) -> MachineLease:
        name, before = node.placement.name, Counter[str]()

        async def begin() -> Evidence:
            reply = await self._tell(node, node.machine.disk())
            before.update(_met(node, reply))
            return words.of_disk_begun(name, rule, reply)

        async def end() -> Evidence:
            met = _met(node, await self._tell(node, node.machine.disk()))
            met.subtract(before)
            return words.of_disk_healed(name, rule, {key: met[key] for key in words.COUNTED})

        return await lay(node.machine.disks, rule, begin, end)

    async def cut_power(self, node: DockerNode, store: Path) -> Evidence:
        """Take back what a node that is down has not synced."""
        name = node.placement.name
        if node.life is not None:
            return skipped(f"{name} runs; only a node that is down can lose its unsynced writes")
        return words.of_cut(name, await asyncio.to_thread(cut, node.placement.data, store))

    async def set_resources(self, node: DockerNode, rule: ResourceRule) -> MachineLease:
        name, machine = node.placement.name, node.machine
        if rule.files and node.life is None:
            nobody = skipped(f"{name} has no process to open files")
            return on_nothing(nobody)
        share = _Share(node)

        async def begin() -> Evidence:
            proofs = []
            for state in states():
                proofs.append(words.of_limit(name, state, await self._tell(node, state)))
            if rule.cpu is not None:
                proofs.append(await share.begin())
            return words.together(proofs)

        async def end() -> Evidence:
            proofs = []
            for state in states():
                reply = await self._tell(node, state)
                proofs.append(words.of_relief(name, rule, state["what"], reply))
            if rule.cpu is not None:
                proofs.append(await share.end())
            return words.together(proofs)

        def states() -> list[State]:
            """Return what the rule is about and the lab does, as it now is."""
            kinds = ((rule.files, machine.files), (rule.memory is not None, machine.memory))
            return [state() for concerned, state in kinds if concerned]

        return await lay(machine.resources, rule, begin, end)

    async def flip_bits(self, node: DockerNode, pattern: str, count: int) -> Evidence:
        return self._flips.flip(node.placement, pattern, count)

    async def _tell(self, node: DockerNode, state: State) -> State | None:
        """Tell the lab; None when there is no process (any more) that it could reach."""
        return None if node.life is None else await self._tell_lab(node.life.pid, state)


class _Share:
    """Less processor by the kernel's own account: the quota of the container's control group."""

    def __init__(self, node: DockerNode) -> None:
        self._node = node
        self._before: dict[str, int] = {}

    async def begin(self) -> Evidence:
        name, container = self._node.placement.name, self._node.container
        if container is None:
            return skipped(f"{name} has no container yet")
        quota = await self._node.grant_cpu()
        found = (await container.look())["HostConfig"]["CpuQuota"]
        self._before = _account(await container.stats())
        told = f"{name} may use {found} of {PERIOD} us, read back from the engine"
        return (installed if found == quota else indeterminate)(told, quota=found, period=PERIOD)

    async def end(self) -> Evidence:
        name, container = self._node.placement.name, self._node.container
        if container is None or self._node.life is None:
            return skipped(f"{name} does not run any more")
        after = _account(await container.stats())
        await self._node.grant_cpu()
        stops = after["throttled"] - self._before.get("throttled", 0)
        told = f"{name} was throttled by the kernel in {stops} periods"
        return (installed if stops > 0 else indeterminate)(told, stops=stops)


def _met(node: DockerNode, reply: State | None) -> Counter[str]:
    """Return what watched calls have met in all lives of a node, the running one included."""
    return node.met + Counter(reply or {})


def _account(stats: dict[str, Any]) -> dict[str, int]:
    found = stats["cpu_stats"]
    return {
        "throttled": found.get("throttling_data", {}).get("throttled_periods", 0),
        "used": found["cpu_usage"]["total_usage"],
    }
