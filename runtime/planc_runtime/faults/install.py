"""From a kind of trouble to leases on the world: the table of everything that can go wrong."""

from __future__ import annotations

from functools import partial
from random import Random

from planc_runtime.errors import NotSupported
from planc_runtime.faults import links, machines, nodes
from planc_runtime.faults.abilities import require
from planc_runtime.faults.lease import Mendable
from planc_runtime.faults.site import Patient, Site
from planc_runtime.faults.targets import Victims
from planc_runtime.plan.actions import Fault
from planc_runtime.protocols.backend import Lease
from planc_runtime.protocols.evidence import Evidence, skipped

LINK_TROUBLES = frozenset(
    {
        "partition", "partition_one_way", "bridge", "isolate", "slow", "drop", "duplicate",
        "reorder", "corrupt", "limit", "flap", "refuse", "cut",
    }
)  # fmt: skip
HOOKS = frozenset({"lie", "equivocate", "replay", "silence", "corrupt_messages"})
ON_LINKS_WITHOUT_HOOK = {"silence": "partition", "corrupt_messages": "corrupt"}
"""Misbehaviour that can be laid on a node's links when its service offers no hook for it."""


async def install(fault: Fault, victims: Victims, site: Site, rng: Random) -> list[Lease]:
    """Lay a trouble on its victims; each lease carries its proof."""
    require(fault.kind, site.world)
    patients = victims.sides[0]
    match fault.kind:
        case "crash":
            return await nodes.on_each(patients, nodes.crash)
        case "stop" | "restart":
            return await nodes.on_each(patients, nodes.stop)
        case "pause":
            return await nodes.on_each(patients, partial(nodes.pause, site=site))
        case "lose_unsynced":
            return await nodes.on_each(patients, partial(nodes.lose_unsynced, site=site))
        case kind if kind in LINK_TROUBLES:
            return await links.impair(fault, victims, site, rng)
        case kind if kind in HOOKS:
            return await _misbehave(fault, victims, site, rng)
    return [
        await machines.trouble_machine(fault.kind, patient, victims.amounts, site, rng)
        for patient in patients
    ]


async def _misbehave(fault: Fault, victims: Victims, site: Site, rng: Random) -> list[Lease]:
    kind = fault.kind
    if all(kind in patient.hooks for patient in victims.all):
        return [await _hooked(patient, kind) for patient in victims.all]
    ability = ON_LINKS_WITHOUT_HOOK.get(kind)
    if ability is None or ability not in site.world.abilities:
        lacking = next(p for p in victims.all if kind not in p.hooks)
        raise NotSupported(
            site.world.name,
            f"make {lacking.name} {kind.replace('_', ' ')}",
            help=f"declare `hook {kind.replace('_', '-')} REQUEST` in its service",
        )
    return await links.impair(fault, victims, site, rng)


async def _hooked(patient: Patient, kind: str) -> Lease:
    evidence = await patient.call_hook(kind, True)

    async def mend() -> Evidence:
        if not patient.running:
            return skipped(f"{patient.name} is not running any more")
        return await patient.call_hook(kind, False)

    return Mendable(evidence, mend)
