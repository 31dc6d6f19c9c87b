"""Troubles of whole nodes: ended, frozen, started again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from planc_runtime.errors import NotSupported
from planc_runtime.faults.lease import Mendable
from planc_runtime.faults.site import Patient, Site
from planc_runtime.protocols.backend import CanPause, HasDisks, Lease
from planc_runtime.protocols.evidence import Evidence, Hold, skipped
from planc_runtime.protocols.node import NodeState

UP = frozenset({NodeState.RUNNING, NodeState.PAUSED})


async def on_each(
    victims: tuple[Patient, ...], trouble: Callable[[Patient], Awaitable[Lease]]
) -> list[Lease]:
    """Lay a trouble on several nodes at the same time."""
    return list(await asyncio.gather(*(trouble(victim) for victim in victims)))


async def crash(victim: Patient) -> Lease:
    """End a node with SIGKILL; mending starts it again."""
    return _down(victim, await _end(victim, victim.kill))


async def stop(victim: Patient) -> Lease:
    """End a node as its service says; mending starts it again."""
    return _down(victim, await _end(victim, victim.stop))


async def start(victim: Patient) -> Lease:
    """Start a node that is down; nothing is left to mend."""
    if victim.state in UP:
        return Mendable(skipped(f"{victim.name} runs already"))
    return Mendable(await victim.start())


async def lose_unsynced(victim: Patient, site: Site) -> Lease:
    """Cut the power of a node: what it had not synced is gone.

    Of a node that is down already only the disk is concerned; whoever ended it starts it again.
    """
    world = site.world
    if not isinstance(world, HasDisks):
        raise NotSupported(world.name, "lose unsynced writes")
    if victim.state not in UP:
        return Mendable(await world.lose_unsynced(victim.machine))
    ended = await _end(victim, victim.kill)
    if ended.hold is not Hold.INSTALLED:
        return Mendable(ended)
    return _down(victim, await world.lose_unsynced(victim.machine))


async def pause(victim: Patient, site: Site) -> Lease:
    """Freeze a node; mending lets it go on."""
    world = site.world
    if not isinstance(world, CanPause):
        raise NotSupported(world.name, "pause nodes")
    if victim.state is not NodeState.RUNNING:
        return Mendable(skipped(f"{victim.name} was {victim.state.value} already"))
    lease = await world.pause(victim.machine)
    victim.forget()
    return lease


async def _end(victim: Patient, end: Callable[[], Awaitable[Evidence]]) -> Evidence:
    if victim.state not in UP:
        return skipped(f"{victim.name} was {victim.state.value} already")
    evidence = await end()
    victim.forget()
    return evidence


def _down(victim: Patient, evidence: Evidence) -> Lease:
    async def mend() -> Evidence:
        if victim.state in UP:
            return skipped(f"{victim.name} runs already")
        return await victim.start()

    return Mendable(evidence, mend if evidence.hold is not Hold.SKIPPED else None)
