"""Troubles of links: which ordered pairs of machines they lie on, and by which rule."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from itertools import combinations
from random import Random

from planc_runtime.errors import NotSupported
from planc_runtime.faults.lease import Mendable
from planc_runtime.faults.reaching import Reaching
from planc_runtime.faults.site import Patient, Site
from planc_runtime.faults.targets import Victims
from planc_runtime.plan.actions import Fault
from planc_runtime.protocols.backend import HasLinks, Lease
from planc_runtime.protocols.evidence import Evidence, Hold, installed
from planc_runtime.protocols.rules import LinkRule, Pairs

CUT = LinkRule(cut=True)


def one_way(sources: Iterable[str], targets: Iterable[str]) -> set[tuple[str, str]]:
    """Return the links from some machines to others, never from one to itself."""
    reached = list(targets)
    return {(a, b) for a in sources for b in reached if a != b}


def both_ways(a: Iterable[str], b: Iterable[str]) -> set[tuple[str, str]]:
    left, right = list(a), list(b)
    return one_way(left, right) | one_way(right, left)


def machines(patients: Iterable[Patient]) -> list[str]:
    return [patient.machine for patient in patients]


def pairs_for(fault: Fault, victims: Victims, site: Site, rng: Random) -> Pairs:
    """Return the links that a trouble lies on.

    `links of T` lead to every other node and to every client: what is wrong with a machine's cable
    is wrong for all. A partition is between the nodes it names; clients reach either side.
    """
    if fault.kind == "bridge":
        return frozenset(both_ways(*_halves(victims.sides[0], site, rng)))
    return _links(fault, victims, [*machines(site.patients()), *site.load_hosts()])


def pairs_to(fault: Fault, victims: Victims, hosts: Collection[str]) -> Pairs:
    """Return those of a trouble's links that end at machines which are no nodes."""
    if fault.kind == "bridge":
        return frozenset()
    links = _links(fault, victims, hosts)
    return frozenset(pair for pair in links if pair[0] in hosts or pair[1] in hosts)


def _links(fault: Fault, victims: Victims, outside: Collection[str]) -> Pairs:
    sides = [machines(side) for side in victims.sides]
    match fault.kind:
        case "partition":
            return frozenset(p for a, b in combinations(sides, 2) for p in both_ways(a, b))
        case "partition_one_way":
            return frozenset(one_way(sides[0], sides[1]))
        case "isolate":
            return frozenset(both_ways(sides[0], outside))
        case "cut":
            return frozenset(both_ways(sides[0], outside))
        case "refuse":
            return frozenset(one_way(sides[1] if len(sides) > 1 else outside, sides[0]))
        case "silence" | "corrupt_messages":
            return frozenset(one_way(sides[0], outside))
    assert fault.links is not None, fault.kind
    match fault.links.kind:
        case "to":
            return frozenset(one_way(sides[0], sides[1]))
        case "between":
            return frozenset(both_ways(sides[0], sides[1]))
        case _:
            return frozenset(both_ways(sides[0], outside))


def _halves(through: Sequence[Patient], site: Site, rng: Random) -> tuple[list[str], list[str]]:
    """Split the others of the bridge's clusters in two, by the seed."""
    clusters = {patient.cluster for patient in through}
    rest = [p for p in site.patients() if p.cluster in clusters and p not in through]
    chosen = machines(rest)
    rng.shuffle(chosen)
    return chosen[: len(chosen) // 2], chosen[len(chosen) // 2 :]


def rule_for(kind: str, amounts: dict[str, float]) -> LinkRule:
    """Return the rule of a kind of trouble with its amounts."""
    match kind:
        case "slow":
            return LinkRule(delay=amounts["delay"], jitter=amounts.get("jitter") or 0.0)
        case "drop":
            return LinkRule(loss=amounts["share"])
        case "duplicate":
            return LinkRule(duplicate=amounts["share"])
        case "reorder":
            return LinkRule(reorder=amounts["share"])
        case "corrupt":
            return LinkRule(corrupt=amounts["share"])
        case "limit":
            return LinkRule(rate=amounts["rate"])
        case "refuse":
            return LinkRule(refuse=True)
        case "cut":
            return LinkRule(reset=True)
        case "corrupt_messages":
            return LinkRule(corrupt=1.0)
        case _:
            return CUT


async def impair(fault: Fault, victims: Victims, site: Site, rng: Random) -> list[Lease]:
    """Lay a rule on links."""
    world = site.world
    if not isinstance(world, HasLinks):
        raise NotSupported(world.name, "impair links")
    known = site.load_hosts()
    pairs = pairs_for(fault, victims, site, rng)

    async def lay(pairs: Pairs) -> Lease:
        if fault.kind == "flap":
            return await flap(world, pairs, float(victims.amounts["period"]))
        return await world.impair(pairs, rule_for(fault.kind, victims.amounts))

    lease = await lay(pairs)
    if fault.kind == "cut":
        # Connections are reset once; there is nothing that lasts.
        await lease.heal()
        return [Mendable(lease.evidence)]
    return [Reaching(lease, known, partial(pairs_to, fault, victims), lay)]


async def flap(world: HasLinks, pairs: Pairs, period: float) -> Lease:
    """Cut links and mend them, each for half of a period, until it is healed."""
    first = await world.impair(pairs, CUT)
    cuts = 1

    async def go_on() -> None:
        nonlocal cuts
        lease = first
        try:
            while True:
                await asyncio.sleep(period / 2)
                await lease.heal()
                await asyncio.sleep(period / 2)
                lease = await world.impair(pairs, CUT)
                cuts += 1
        finally:
            await lease.heal()

    task = asyncio.create_task(go_on(), name="flap")

    async def mend() -> Evidence:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        times = f"{cuts} time{'s' if cuts > 1 else ''}"
        if first.evidence.hold is Hold.INSTALLED:
            return installed(f"{len(pairs)} links were cut {times}, and are whole")
        return first.evidence

    return Mendable(first.evidence, mend)
