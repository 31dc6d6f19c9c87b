"""The backends and the abilities each of them has in this release."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backend:
    name: str
    title: str
    abilities: frozenset[str]


_NODES = frozenset({"crash", "stop", "restart", "pause"})
_LINKS = frozenset(
    {
        "partition",
        "slow",
        "drop",
        "duplicate",
        "reorder",
        "corrupt",
        "limit",
        "flap",
        "refuse",
        "cut",
    }
)
_CLOCKS = frozenset({"skew", "jump", "drift"})
_SYNCS = frozenset({"slow_disk", "fail_fsync", "flip_bits"})
_DISKS = _SYNCS | {"fill_disk", "lose_unsynced"}
_RESOURCES = frozenset({"limit_memory", "throttle_cpu", "exhaust_files"})

BACKENDS: dict[str, Backend] = {
    backend.name: backend
    for backend in (
        Backend(
            "sim",
            "the deterministic simulator: virtual time, one process",
            _NODES | _LINKS | _CLOCKS | _DISKS | {"throttle_cpu", "exhaust_files", "fail_names"},
        ),
        Backend(
            "local",
            "real processes on this machine, each on a host of its own in a network lab",
            _NODES | _LINKS | _CLOCKS | _SYNCS | _RESOURCES | {"fail_names"},
        ),
    )
}
