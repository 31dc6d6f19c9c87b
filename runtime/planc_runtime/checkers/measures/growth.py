"""Growth of what nodes hold: memory, open files, from readings taken while the load ran."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planc_runtime.checkers.measures.measurement import Measurement, nothing
from planc_runtime.history import Intervals

Reading = tuple[float, float]
"""(moment in seconds, value)"""
_LEAST_READINGS = 5


def growth(
    readings: Mapping[str, Sequence[Reading]], spans: Intervals, unit: str = "bytes/s"
) -> Measurement:
    """Measure the steepest growth of any node: the least-squares slope of its readings.

    A node with fewer than five readings in the window leaves the measurement open.
    """
    slopes: dict[str, float] = {}
    count = 0
    for node, series in readings.items():
        inside = [(moment, value) for moment, value in series if spans.contains(moment)]
        if len(inside) < _LEAST_READINGS:
            reason = f"{node} was read {len(inside)} times, too few of {_LEAST_READINGS}"
            return nothing(unit, reason, len(inside))
        slopes[node] = slope(inside)
        count += len(inside)
    if not slopes:
        return nothing(unit, "no node was read")
    evidence = [f"{node}: {value:+,.4g} {unit}" for node, value in sorted(slopes.items())]
    return Measurement(max(slopes.values()), unit, count, evidence, data={"slopes": slopes})


def highest(readings: Mapping[str, Sequence[Reading]], spans: Intervals, unit: str) -> Measurement:
    """Measure the highest reading of any node."""
    values = [
        (value, node, moment)
        for node, series in readings.items()
        for moment, value in series
        if spans.contains(moment)
    ]
    if not values:
        return nothing(unit, "no node was read")
    value, node, moment = max(values)
    return Measurement(value, unit, len(values), [f"{node} at {moment:.3f} s: {value:,.0f} {unit}"])


def slope(readings: Sequence[Reading]) -> float:
    """Return the least-squares slope per second; zero where all readings fall on one moment."""
    mean_time = sum(moment for moment, _ in readings) / len(readings)
    mean_value = sum(value for _, value in readings) / len(readings)
    spread = sum((moment - mean_time) ** 2 for moment, _ in readings)
    if spread == 0:
        return 0.0
    return sum((m - mean_time) * (v - mean_value) for m, v in readings) / spread
