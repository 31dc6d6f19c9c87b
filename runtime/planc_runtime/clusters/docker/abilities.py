"""What can be done to containers, and why the rest cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LIFE = frozenset({"crash", "stop", "restart", "pause", "probe"})
_QUOTA = "throttle_cpu"
_UNSEEN = (
    "the system calls of a container's program can be watched only by who starts it: the engine"
)
IMPOSSIBLE = dict.fromkeys(("slow_disk", "fail_fsync", "fill_disk", "lose_unsynced"), _UNSEEN)


def of(
    lab: frozenset[str], missing: Mapping[str, str], engine: Mapping[str, Any]
) -> tuple[frozenset[str], dict[str, str]]:
    """Return the abilities of a world, from those of its lab and what the engine says of itself."""
    found = (_LIFE | lab) - set(IMPOSSIBLE) - {_QUOTA}
    reasons = {name: why for name, why in missing.items() if name not in found} | IMPOSSIBLE
    if engine.get("CpuCfsQuota", True):
        return found | {_QUOTA}, {name: why for name, why in reasons.items() if name != _QUOTA}
    return found, reasons | {_QUOTA: "the engine's kernel has no quota for processors"}
