"""Troubles of a node's machine: its clock, disk, resources, names."""

from __future__ import annotations

from random import Random
from typing import Any

from planc_runtime.errors import NotSupported
from planc_runtime.faults.lease import Mendable
from planc_runtime.faults.site import Patient, Site
from planc_runtime.protocols.backend import HasClocks, HasDisks, HasNames, HasResources, Lease
from planc_runtime.protocols.rules import ClockRule, DiskRule, ResourceRule

CLOCKS = frozenset({"skew", "jump", "drift"})
DISKS = frozenset({"fill_disk", "slow_disk", "fail_fsync"})
RESOURCES = frozenset({"limit_memory", "throttle_cpu", "exhaust_files"})


async def trouble_machine(
    kind: str, victim: Patient, amounts: dict[str, Any], site: Site, rng: Random
) -> Lease:
    """Lay a trouble on the machine of one node; raises NotSupported where the world cannot.

    A spread (`by 50ms +/- 10ms`) is drawn for each machine.
    """
    world, name = site.world, victim.machine
    if spread := amounts.get("jitter"):
        amounts = {**amounts, "by": max(0.0, amounts["by"] + rng.uniform(-spread, spread))}
    if kind in CLOCKS and isinstance(world, HasClocks):
        return await world.set_clock(name, clock_rule(kind, amounts))
    if kind in DISKS and isinstance(world, HasDisks):
        return await world.set_disk(name, disk_rule(kind, amounts))
    if kind in RESOURCES and isinstance(world, HasResources):
        return await world.set_resources(name, resource_rule(kind, amounts))
    if kind == "fail_names" and isinstance(world, HasNames):
        return await world.fail_names(name)
    if kind == "flip_bits" and isinstance(world, HasDisks):
        pattern, count = str(amounts["pattern"]), int(amounts["count"])
        return Mendable(await world.flip_bits(name, pattern, count))
    raise NotSupported(world.name, kind.replace("_", " "))


def clock_rule(kind: str, amounts: dict[str, Any]) -> ClockRule:
    by = float(amounts["by"])
    return ClockRule(drift=by) if kind == "drift" else ClockRule(offset=by)


def disk_rule(kind: str, amounts: dict[str, Any]) -> DiskRule:
    match kind:
        case "fill_disk":
            return DiskRule(full=True)
        case "slow_disk":
            return DiskRule(delay=float(amounts["by"]))
        case _:
            return DiskRule(fail_sync=True)


def resource_rule(kind: str, amounts: dict[str, Any]) -> ResourceRule:
    match kind:
        case "limit_memory":
            return ResourceRule(memory=int(amounts["size"]))
        case "throttle_cpu":
            return ResourceRule(cpu=float(amounts["share"]))
        case _:
            return ResourceRule(files=True)
