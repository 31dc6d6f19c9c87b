"""Troubles in the words of the plan language: "slow links of n1 by 80ms +/- 20ms for 3s".

Reports and terminals show a trouble as its author wrote it, not by the names of its parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from planc_runtime.plan.expr import describe

if TYPE_CHECKING:
    from planc_runtime.plan.actions import Fault

_FORMS = {
    "partition": "partition {sides}",
    "partition_one_way": "partition {first} -> {second}",
    "bridge": "bridge through {first}",
    "slow": "slow {links} by {delay}{jitter}",
    "drop": "drop {share} on {links}",
    "duplicate": "duplicate {share} on {links}",
    "reorder": "reorder {share} on {links}",
    "corrupt": "corrupt {share} on {links}",
    "limit": "limit {links} to {rate}",
    "flap": "flap {links} every {period}",
    "refuse": "refuse connections to {first}{source}",
    "cut": "cut connections of {first}",
    "skew": "skew {first} by {by}",
    "jump": "jump {first} by {by}",
    "drift": "drift {first} by {by}",
    "fill_disk": "fill disk of {first}",
    "slow_disk": "slow disk of {first} by {by}{jitter}",
    "fail_fsync": "fail fsync of {first}",
    "lose_unsynced": "lose unsynced writes of {first}",
    "flip_bits": "flip {count} bits in {pattern} of {first}",
    "limit_memory": "limit memory of {first} to {size}",
    "throttle_cpu": "throttle cpu of {first} to {share}",
    "exhaust_files": "exhaust files of {first}",
    "fail_names": "fail names of {first}",
    "lie": "make {first} lie",
    "equivocate": "make {first} equivocate",
    "replay": "make {first} replay",
    "corrupt_messages": "corrupt messages of {first}",
}
"""Every other trouble is its word and its target: crash, pause, isolate, silence, ..."""


def trouble_text(fault: Fault) -> str:
    """Return a trouble as it would stand in a plan."""
    form = _FORMS.get(fault.kind, fault.kind.replace("_", " ") + " {first}")
    text = form.format_map(_parts(fault))
    if fault.seconds is not None:
        text += f" for {duration(fault.seconds)}"
    if fault.every is not None:
        text += f" every {duration(fault.every)}"
    return text


def _parts(fault: Fault) -> Mapping[str, str]:
    targets = [describe(target) for target in fault.targets]
    given = fault.params
    share = percent if fault.kind == "drift" else duration
    parts = {
        "sides": " | ".join(targets),
        "first": targets[0] if targets else "",
        "second": targets[1] if len(targets) > 1 else "",
        "source": f" from {targets[1]}" if len(targets) > 1 else "",
        "links": fault.links.describe() if fault.links else "",
        "jitter": f" +/- {duration(given['jitter'])}" if given.get("jitter") else "",
    }
    shown: dict[str, Callable[[Any], str]] = {
        "delay": duration,
        "period": duration,
        "by": share,
        "share": percent,
        "rate": bandwidth,
        "size": size,
    }
    for name, value in given.items():
        if name not in parts:
            parts[name] = shown.get(name, describe)(value)
    return parts


def duration(seconds: Any) -> str:
    """Return seconds with the largest unit that leaves a plain number."""
    units = ((60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "us"))
    return _with_unit(seconds, units, "s")


def bandwidth(rate: Any) -> str:
    return _with_unit(rate, ((1e9, "Gbit/s"), (1e6, "Mbit/s"), (1e3, "Kbit/s")), "bit/s")


def size(count: Any) -> str:
    return _with_unit(count, ((2.0**30, "GiB"), (2.0**20, "MiB"), (2.0**10, "KiB")), "B")


def percent(share: Any) -> str:
    return f"{share * 100:.6g}%" if _is_number(share) else describe(share)


def _with_unit(value: Any, units: tuple[tuple[float, str], ...], smallest: str) -> str:
    if not _is_number(value):
        return describe(value)
    for factor, unit in units:
        if abs(value) >= factor and round(value / factor, 6) == round(value / factor, 2):
            return f"{value / factor:.6g}{unit}"
    return f"{value:.6g}{smallest}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
