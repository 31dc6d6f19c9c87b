"""Troubles of local machines as leases: laid by the keeper, judged by what can be read back."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from planc_runtime.clusters.machine import words
from planc_runtime.clusters.machine.bits import Flips
from planc_runtime.clusters.machine.conditions import State
from planc_runtime.clusters.machine.cut import cut
from planc_runtime.clusters.machine.lease import MachineLease, lay, on_nothing
from planc_runtime.protocols.evidence import Evidence, skipped
from planc_runtime.protocols.rules import ClockRule, DiskRule, ResourceRule

if TYPE_CHECKING:
    from planc_runtime.clusters.local.control import Control
    from planc_runtime.clusters.local.node import LocalNode


class Machines:
    """Lays troubles on the machines of a world's nodes."""

    def __init__(self, control: Control, seed: int) -> None:
        self._control = control
        self._flips = Flips(seed)

    async def set_clock(self, node: LocalNode, rule: ClockRule) -> MachineLease:
        rules = node.machine.clocks

        async def tell() -> Evidence:
            state = node.machine.clock()
            return words.of_clock(node.placement.name, state, await self._tell(node, state))

        return await lay(rules, rule, tell)

    async def set_disk(self, node: LocalNode, rule: DiskRule) -> MachineLease:
        meter = _Meter(node)

        async def begin() -> Evidence:
            reply = await self._tell(node, node.machine.disk())
            meter.begin(reply)
            return words.of_disk_begun(node.placement.name, rule, reply)

        async def end() -> Evidence:
            reply = await self._tell(node, node.machine.disk())
            return words.of_disk_healed(node.placement.name, rule, meter.end(reply))

        return await lay(node.machine.disks, rule, begin, end)

    async def set_resources(self, node: LocalNode, rule: ResourceRule) -> MachineLease:
        name = node.placement.name
        if rule.files and node.life is None:
            nobody = skipped(f"{name} has no process to open files")
            return on_nothing(nobody)

        async def begin() -> Evidence:
            replies = [(state, await self._tell(node, state)) for state in states()]
            return words.together([words.of_limit(name, *reply) for reply in replies])

        async def end() -> Evidence:
            replies = [(state["what"], await self._tell(node, state)) for state in states()]
            return words.together([words.of_relief(name, rule, *reply) for reply in replies])

        def states() -> list[State]:
            """Return what the rule is about, as it now is."""
            machine = node.machine
            kinds = (
                (rule.files, machine.files),
                (rule.memory is not None, machine.memory),
                (rule.cpu is not None, machine.cpu),
            )
            return [state() for concerned, state in kinds if concerned]

        return await lay(node.machine.resources, rule, begin, end)

    async def cut_power(self, node: LocalNode, store: Path) -> Evidence:
        """Take back what a node that is down has not synced."""
        name = node.placement.name
        if node.life is not None:
            return skipped(f"{name} runs; only a node that is down can lose its unsynced writes")
        loss = await asyncio.to_thread(cut, node.placement.data, store)
        return words.of_cut(name, loss)

    async def flip_bits(self, node: LocalNode, pattern: str, count: int) -> Evidence:
        return self._flips.flip(node.placement, pattern, count)

    async def _tell(self, node: LocalNode, state: State) -> State | None:
        """Tell the keeper; None when there is no process (any more) that it could tell."""
        life = node.life
        return None if life is None else await self._control.ask(life, "machine", state=state)


class _Meter:
    """Counts of what has happened since a trouble began, in however many lives of the node.

    A keeper counts for one incarnation and tells once more when that ends.
    """

    def __init__(self, node: LocalNode) -> None:
        self._node = node
        self._before: Counter[str] = Counter()

    def begin(self, reply: State | None) -> None:
        self._before = self._total(reply)

    def end(self, reply: State | None) -> dict[str, int]:
        total = self._total(reply)
        total.subtract(self._before)
        return {name: total[name] for name in words.COUNTED}

    def _total(self, reply: State | None) -> Counter[str]:
        """Return all there have been, with those of the life that runs now."""
        total: Counter[str] = Counter()
        ended = (life.ended.result().syncs for life in self._node.lives if life.ended.done())
        for counts in (reply or {}, *ended):
            total.update({name: counts.get(name, 0) for name in words.COUNTED})
        return total
