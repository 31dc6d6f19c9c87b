"""Carry actions out: one trouble, or several in an order, by weight, again and again."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from random import Random
from typing import Any

from planc_runtime.errors import PlancError, StepFailed
from planc_runtime.faults.install import install
from planc_runtime.faults.lease import Mendable
from planc_runtime.faults.ledger import BY_START, Ledger, Trouble, finished
from planc_runtime.faults.nodes import UP, on_each, start
from planc_runtime.faults.site import Patient, Site
from planc_runtime.faults.targets import Victims, drawn, find_victims, patients_in, seconds_of
from planc_runtime.plan.actions import (
    Action,
    Fault,
    ForEach,
    Heal,
    Pick,
    Repeat,
    RepeatEvery,
    Sequence_,
    Step,
    Together,
    Weighted,
    When,
)
from planc_runtime.plan.expr import evaluate, let, value_of
from planc_runtime.plan.nodeset import NodeSet
from planc_runtime.plan.scope import Missing
from planc_runtime.plan.targets import Several
from planc_runtime.protocols.backend import Lease
from planc_runtime.protocols.evidence import installed

Spawn = Callable[[Coroutine[Any, Any, None]], object]


class Performer:
    """Carries actions out.

    With `spawn`, inside a timeline: what lasts goes on in the background while the next statement
    begins. Without it a statement takes the time it says. `until`, on the world's clock, is when
    all of it ends: nothing is repeated from then on.
    """

    def __init__(
        self,
        site: Site,
        ledger: Ledger,
        occurrences: Counter[str],
        spawn: Spawn | None,
        until: float = math.inf,
    ):
        self._site = site
        self._ledger = ledger
        self._occurrences = occurrences
        self._spawn = spawn
        self._until = until - 1e-6  # periods are added up, and sums of floats are not exact
        self.opened: list[Trouble] = []

    async def perform(self, action: Action) -> None:
        """Carry an action out; raises what its steps raise, and NotSupported."""
        match action:
            case Fault():
                await self._fault(action)
            case Heal():
                await self._heal(action)
            case Step():
                await self._site.step(action)
            case Sequence_():
                await self._one_by_one(action.actions)
            case Together():
                async with asyncio.TaskGroup() as group:
                    for inner in action.actions:
                        group.create_task(self.perform(inner))
            case Pick():
                await self._pick(action)
            case Repeat():
                for _ in range(int(value_of(action.times, self._site.scope()))):
                    await self._one_by_one(action.actions)
            case RepeatEvery():
                self._in_background(self._repeat(action))
            case When():
                holds = await evaluate(action.condition, self._site.scope())
                await self._one_by_one(action.then if holds else action.otherwise)
            case ForEach():
                await self._for_each(action)
            case _:
                raise PlancError(f"planc does not know how to do {action!r}")

    async def heal_opened(self) -> None:
        """Mend everything that this performer opened and that is still in force."""
        await self._ledger.heal_where(lambda trouble: trouble in self.opened)

    async def _one_by_one(self, actions: Sequence[Action]) -> None:
        for action in actions:
            await self.perform(action)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        if self._spawn is None:
            work.close()
            raise StepFailed("`repeat every` needs a block with an end around it: run or over")
        self._spawn(work)

    async def _repeat(self, action: RepeatEvery) -> None:
        rng = self._stream(action)
        clock = self._site.world.now
        # A round that begins as the block ends would trouble nobody and prove nothing.
        while (began := clock()) < self._until:
            period = drawn(value_of(action.period, self._site.scope(rng)), rng)
            await self._one_by_one(action.actions)
            # A period of nothing must not keep the loop from everything else.
            await asyncio.sleep(max(0.001, began + period - clock()))

    async def _pick(self, action: Pick) -> None:
        rng = self._stream(action)
        count = int(value_of(action.count, self._site.scope(rng)))
        left = list(action.choices)
        for _ in range(min(count, len(left))):
            chosen = _by_weight(left, self._site, rng)
            left.remove(chosen)
            await self._one_by_one(chosen.actions)

    async def _for_each(self, action: ForEach) -> None:
        values = await evaluate(action.values, self._site.scope())
        for value in values.one_by_one() if isinstance(values, NodeSet) else values:
            made = action.body(let(action.name, value))
            await self._one_by_one(made if isinstance(made, list | tuple) else [made])

    async def _heal(self, action: Heal) -> None:
        if action.target is None:
            await self._ledger.heal_all()
        else:
            patients = patients_in(action.target, self._site, self._stream(action))
            await self._ledger.heal_of(patients)

    async def _fault(self, fault: Fault) -> None:
        rng = self._stream(fault)
        try:
            victims = await find_victims(fault, self._site, rng)
        except Missing as nobody:
            self._ledger.miss(fault, nobody.message)
            return
        lasts = seconds_of(fault.seconds, self._site, rng)
        if _is_rolling(fault):
            rolling = self._rolling(fault, victims, lasts, rng)
            await self._take_time(rolling)
            return
        if fault.kind == "resume":
            await self._ledger.heal_of(victims.all, {"pause"})
            return
        trouble = await self._lay(fault, victims, rng)
        if (duration := _duration(fault, lasts)) is not None:
            await self._take_time(self._heal_after(trouble, duration))

    async def _take_time(self, work: Coroutine[Any, Any, None]) -> None:
        if self._spawn is None:
            await work
        else:
            self._spawn(work)

    async def _rolling(
        self, fault: Fault, victims: Victims, lasts: float | None, rng: Random
    ) -> None:
        """Lay a trouble on one node after the other.

        With `every` they begin so far apart; without it the next begins when the one before ends.
        """
        every = seconds_of(fault.every, self._site, rng)
        for patient in victims.sides[0]:
            began = self._site.world.now()
            trouble = await self._lay(fault, Victims(((patient,),), victims.amounts), rng)
            duration = _duration(fault, lasts)
            if duration is not None and (every is None or duration <= every):
                await self._heal_after(trouble, duration)
            elif duration is not None and self._spawn is not None:
                self._spawn(self._heal_after(trouble, duration))
            if every is not None:
                await asyncio.sleep(max(0.0, began + every - self._site.world.now()))

    async def _lay(self, fault: Fault, victims: Victims, rng: Random) -> Trouble:
        """Lay a trouble and record it, both or neither."""
        return await finished(self._laid(fault, victims, rng))

    async def _laid(self, fault: Fault, victims: Victims, rng: Random) -> Trouble:
        since = self._site.world.now()
        if fault.kind == "start":
            leases = await self._start(victims)
        else:
            leases = await install(fault, victims, self._site, rng)
        trouble = self._ledger.enter(fault, _concerned(fault, victims), leases, since)
        self.opened.append(trouble)
        # A client may have turned up while it was being laid.
        await self._ledger.reach()
        if fault.kind in ("start", "cut", "flip_bits"):
            await self._ledger.heal(trouble)
        return trouble

    async def _start(self, victims: Victims) -> list[Lease]:
        """Start nodes; those that a crash of ours holds down are what it mends."""
        down = [patient for patient in victims.all if patient.state not in UP]
        await self._ledger.heal_of(victims.all, BY_START)
        revived = [patient for patient in down if patient.state in UP]
        rest = tuple(patient for patient in victims.all if patient not in revived)
        again = [Mendable(installed(f"{patient.name} runs again")) for patient in revived]
        return [*again, *await on_each(rest, start)]

    async def _heal_after(self, trouble: Trouble, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._ledger.heal(trouble)

    def _stream(self, action: Action) -> Random:
        """Return the statement's own stream: other statements may come and go beside it."""
        words = action.describe()
        self._occurrences[words] += 1
        return self._site.rng("faults", words, self._occurrences[words])


def _is_rolling(fault: Fault) -> bool:
    target = fault.targets[0] if fault.targets else None
    return fault.every is not None or (isinstance(target, Several) and target.how == "each")


def _duration(fault: Fault, lasts: float | None) -> float | None:
    """A restart without a duration is over at once: down, and up again."""
    return 0.0 if fault.kind == "restart" and lasts is None else lasts


def _concerned(fault: Fault, victims: Victims) -> Sequence[Patient]:
    """The nodes that a record names: those the statement singles out, not `others`."""
    return victims.sides[0] if fault.links is None and len(victims.sides) > 1 else victims.all


def _by_weight(choices: Sequence[Weighted], site: Site, rng: Random) -> Weighted:
    weights = [float(value_of(choice.share, site.scope(rng))) for choice in choices]
    return rng.choices(choices, weights)[0]
