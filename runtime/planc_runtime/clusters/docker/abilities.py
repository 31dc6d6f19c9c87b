"""What can be done to containers, and why the rest cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LIFE = frozenset({"crash", "stop", "restart", "pause", "probe"})
_QUOTA = "throttle_cpu"
FILES = frozenset({"fill_disk", "lose_unsynced"})
"""What needs that all changes of files are seen."""
WATCHING = FILES | {"slow_disk", "fail_fsync"}
"""What needs that a program is started with its system calls watched."""
OF_AN_IMAGE = "programs of an image are started by the engine, which does not let us watch them"


def of(
    lab: frozenset[str], missing: Mapping[str, str], engine: Mapping[str, Any]
) -> tuple[frozenset[str], dict[str, str]]:
    """Return the abilities of a world, from those of its lab and what the engine says of itself."""
    found = (_LIFE | lab) - {_QUOTA}
    reasons = {name: why for name, why in missing.items() if name != _QUOTA}
    if engine.get("CpuCfsQuota", True):
        return found | {_QUOTA}, reasons
    return found, reasons | {_QUOTA: "the engine's kernel has no quota for processors"}
