"""Troubles of local machines as leases: laid by the keeper, judged by what can be read back."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planc_runtime.clusters.machine import bits, words
from planc_runtime.clusters.machine.conditions import State
from planc_runtime.clusters.machine.cut import cut
from planc_runtime.protocols.evidence import Evidence, installed, skipped
from planc_runtime.protocols.rules import ClockRule, DiskRule, ResourceRule

if TYPE_CHECKING:
    from planc_runtime.clusters.local.control import Control
    from planc_runtime.clusters.local.node import LocalNode

_SHOWN = 4
_COUNTED = ("seen", "delayed", "failed", "refused", "asked")
"""What a keeper counts of the calls that it answers."""


class MachineLease:
    """Undone by `heal`; a second heal changes nothing and repeats the evidence of the first."""

    def __init__(self, evidence: Evidence, undo: Callable[[], Awaitable[Evidence]]) -> None:
        self._evidence = evidence
        self._undo = undo
        self._healed: Evidence | None = None

    @property
    def evidence(self) -> Evidence:
        return self._evidence

    async def heal(self) -> Evidence:
        if self._healed is None:
            self._healed = await self._undo()
        return self._healed


class Machines:
    """Lays troubles on the machines of a world's nodes."""

    def __init__(self, control: Control, seed: int) -> None:
        self._control = control
        self._seed = seed
        self._flips = 0

    async def set_clock(self, node: LocalNode, rule: ClockRule) -> MachineLease:
        rules = node.machine.clocks

        async def tell() -> Evidence:
            state = node.machine.clock()
            return words.of_clock(node.placement.name, state, await self._tell(node, state))

        return await _lease(rules, rule, tell)

    async def set_disk(self, node: LocalNode, rule: DiskRule) -> MachineLease:
        meter = _Meter(node)

        async def begin() -> Evidence:
            reply = await self._tell(node, node.machine.disk())
            meter.begin(reply)
            return words.of_disk_begun(node.placement.name, rule, reply)

        async def end() -> Evidence:
            reply = await self._tell(node, node.machine.disk())
            return words.of_disk_healed(node.placement.name, rule, meter.end(reply))

        return await _lease(node.machine.disks, rule, begin, end)

    async def set_resources(self, node: LocalNode, rule: ResourceRule) -> MachineLease:
        name = node.placement.name
        if rule.files and node.life is None:
            nobody = skipped(f"{name} has no process to open files")
            return MachineLease(nobody, lambda: _say(nobody))

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

        return await _lease(node.machine.resources, rule, begin, end)

    async def cut_power(self, node: LocalNode, store: Path) -> Evidence:
        """Take back what a node that is down has not synced."""
        name = node.placement.name
        if node.life is not None:
            return skipped(f"{name} runs; only a node that is down can lose its unsynced writes")
        loss = await asyncio.to_thread(cut, node.placement.data, store)
        return words.of_cut(name, loss)

    async def flip_bits(self, node: LocalNode, pattern: str, count: int) -> Evidence:
        """Flip bits of the node's files; the seed of the run decides which."""
        name = node.placement.name
        self._flips += 1
        draw = random.Random(f"{self._seed}/{name}/bits/{self._flips}")
        flipped = bits.flip(node.placement.data, pattern, count, draw)
        if not flipped:
            return skipped(f"no file with content matches {pattern!r} below the data of {name}")
        places = ", ".join(f"{f.file} byte {f.offset} bit {f.bit}" for f in flipped[:_SHOWN])
        more = f" and {len(flipped) - _SHOWN} more" if len(flipped) > _SHOWN else ""
        return installed(
            f"{len(flipped)} bits flipped on {name} and read back: {places}{more}",
            flipped=[list(place) for place in flipped],
        )

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
        return {name: total[name] for name in _COUNTED}

    def _total(self, reply: State | None) -> Counter[str]:
        """Return all there have been, with those of the life that runs now."""
        total: Counter[str] = Counter()
        ended = (life.ended.result().syncs for life in self._node.lives if life.ended.done())
        for counts in (reply or {}, *ended):
            total.update({name: counts.get(name, 0) for name in _COUNTED})
        return total


async def _lease(
    rules: list[Any],
    rule: object,
    begin: Callable[[], Awaitable[Evidence]],
    end: Callable[[], Awaitable[Evidence]] | None = None,
) -> MachineLease:
    """Add a rule to those in force, tell them, and make the lease that takes it away again."""
    rules.append(rule)

    async def undo() -> Evidence:
        rules.remove(rule)
        return await (end or begin)()

    try:
        return MachineLease(await begin(), undo)
    except BaseException:
        await undo()
        raise


async def _say(evidence: Evidence) -> Evidence:
    return evidence
