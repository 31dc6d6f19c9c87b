"""Which ability of a backend each trouble needs, and which troubles a scenario speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

from planc_runtime.errors import NotSupported
from planc_runtime.protocols.backend import ExplainsLacks, World

ABILITIES = {
    "crash": "crash",
    "stop": "stop",
    "restart": "restart",
    "start": "restart",
    "pause": "pause",
    "resume": "pause",
    "partition": "partition",
    "partition_one_way": "partition",
    "bridge": "partition",
    "isolate": "partition",
    "flap": "partition",
    **{
        kind: kind
        for kind in (
            "slow", "drop", "duplicate", "reorder", "corrupt", "limit", "refuse", "cut",
            "skew", "jump", "drift",
            "fill_disk", "slow_disk", "fail_fsync", "lose_unsynced", "flip_bits",
            "limit_memory", "throttle_cpu", "exhaust_files", "fail_names",
        )
    },
}  # fmt: skip
"""What is not here (lie, equivocate, ...) is asked of the service, not of the backend."""


def require(kind: str, world: World) -> None:
    """Raise NotSupported unless a world can lay this trouble, with the machine's reason if any."""
    ability = ABILITIES.get(kind)
    if ability is None or ability in world.abilities:
        return
    words = kind.replace("_", " ")
    reason = world.missing.get(ability) if isinstance(world, ExplainsLacks) else None
    raise NotSupported(
        world.name,
        f"{words} here: {reason}" if reason else words,
        help=f"`{words}` needs a backend with the ability {ability!r}",
    )


def troubles_spoken_of(body: Callable[..., Any]) -> list[str]:
    """Return the kinds of trouble that a scenario names, in itself and in the faults it uses.

    Read off the compiled code's names, so that a scenario that cannot run is skipped before
    anything is started.
    """
    found: dict[str, None] = {}
    _collect(body.__code__, body.__globals__, found, set())
    return list(found)


def _collect(
    code: CodeType, names: dict[str, Any], found: dict[str, None], seen: set[CodeType]
) -> None:
    if code in seen:
        return
    seen.add(code)
    for name in code.co_names:
        if name in ABILITIES:
            found[name] = None
        declared = names.get(name)
        if isinstance(declared, FunctionType) and declared.__globals__ is names:
            _collect(declared.__code__, names, found, seen)
    for inner in _nested(code):
        _collect(inner, names, found, seen)


def _nested(code: CodeType) -> Iterator[CodeType]:
    return (constant for constant in code.co_consts if isinstance(constant, CodeType))
