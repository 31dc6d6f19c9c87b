"""A number read off a history, with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Measurement:
    value: float | None
    """None when there was too little to measure; then `reason` says so. Never compared as zero."""
    unit: str
    """"s", "/s", "ratio" (0..1), "bytes", "bytes/s", "files", or "" for a bare number."""
    samples: int
    """Operations, gaps or readings that the number was made from."""
    evidence: Sequence[str] = ()
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    each: Mapping[str, float] = field(default_factory=dict)
    """The values of single nodes, where every one of them has to hold."""
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Within which each of these is known to 95 %, where it is not known exactly."""

    @property
    def text(self) -> str:
        """The value with its unit, for people."""
        return self.reason if self.value is None else show(self.value, self.unit)


def nothing(unit: str, reason: str, samples: int = 0) -> Measurement:
    """Return a measurement that could not be made."""
    return Measurement(None, unit, samples, reason=reason)


def show(value: float, unit: str) -> str:
    """Return a number as people write it: 143 ms, 99.5 %, 1,204/s."""
    match unit:
        case "s" if abs(value) < 1:
            return f"{value * 1000:.3g} ms"
        case "s":
            return f"{value:.3f} s"
        case "ratio":
            return f"{value * 100:.2f} %"
        case "/s":
            return f"{value:,.1f}/s"
        case "bytes":
            return _bytes(value)
        case "bytes/s":
            return f"{_bytes(value)}/s"
        case "":
            return f"{value:,.6g}"
        case _:
            return f"{value:,.3g} {unit}"


def _bytes(value: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if abs(value) < 1024:
            return f"{value:.4g} {unit}"
        value /= 1024
    return f"{value:,.2f} GiB"
