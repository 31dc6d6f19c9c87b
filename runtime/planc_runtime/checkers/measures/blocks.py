"""A measure block by block: what a comparison looks at instead of one number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planc_runtime.checkers.measures.latency import latency, least_samples, send_lag
from planc_runtime.checkers.measures.rates import availability, error_rate, goodput, throughput
from planc_runtime.history import Intervals, Operation

IN_BLOCKS = frozenset(
    {"latency", "send lag", "throughput", "goodput", "availability", "error rate"}
)
"""Measures that a part of a run has as well as the whole."""
HIGHER_IS_BETTER = frozenset({"throughput", "goodput", "availability"})
_EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Part:
    """The operations of one window, and the spans of time that it covers."""

    operations: Sequence[Operation]
    spans: Intervals

    @property
    def size(self) -> tuple[float, int]:
        return self.spans.duration, len(self.operations)


def least_operations(name: str, stat: str | None) -> int:
    """Return how many operations a block must hold for the measure to mean anything."""
    if name in ("latency", "send lag"):
        return least_samples(stat or ("mean" if name == "latency" else "p99"))
    return 1


def values(name: str, stat: str | None, part: Part, length: float) -> list[float]:
    """Measure each whole block; blocks lie within the spans, and what is left over is left out.

    An operation belongs to the block that it was due in; a rate counts those that completed in it.
    """
    found = []
    for start, end in part.spans.spans:
        for number in range(int((end - start) / length + _EXACT)):
            first, last = start + number * length, start + (number + 1) * length
            block = [o for o in part.operations if first <= o.intended < last]
            value = _value(name, stat, part, block, Intervals(((first, last),)))
            if value is not None:
                found.append(value)
    return found


def _value(
    name: str, stat: str | None, part: Part, block: Sequence[Operation], span: Intervals
) -> float | None:
    match name:
        case "latency":
            return latency(block, stat or "mean").value
        case "send lag":
            return send_lag(block, stat or "p99").value
        case "availability":
            return availability(block).value
        case "error rate":
            return error_rate(block).value
        case "throughput":
            return throughput(part.operations, span).value
        case "goodput":
            return goodput(part.operations, span).value
    raise ValueError(f"{name!r} has no value for a part of a run")
