"""Growth of what nodes hold: memory, open files, from readings taken while the load ran.

Growth is the rise over the window along the least-squares line of a node's readings: its slope
times the window's length, in the unit of what was read. One reading at each end would not do, for
memory goes up and down with every collection of garbage. The slope comes with a confidence interval
of 95 % by Student's t. Neighbouring readings resemble each other, which makes them worth less than
as many independent ones: they are counted as n(1 - r)/(1 + r) of them, r being the correlation of
neighbouring residuals (Bartlett 1935).

A process that warms up rises too, in steps: its line fits badly and its interval is wide. So a
limit is only broken for certain where the whole interval lies beyond it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, sqrt

from planc_runtime.checkers.measures.measurement import Measurement, nothing
from planc_runtime.history import Intervals

Reading = tuple[float, float]
"""(moment in seconds, value)"""
_LEAST_READINGS = 5
_Z = 1.959963984540054
"""Quantile of the normal distribution for a two-sided interval of 95 %."""


@dataclass(frozen=True, slots=True)
class Slope:
    """How steeply readings rise, per second, and within which bounds that is known."""

    value: float
    low: float
    high: float


def growth(
    readings: Mapping[str, Sequence[Reading]], spans: Intervals, unit: str = "bytes"
) -> Measurement:
    """Measure the greatest rise of any node over the window.

    A node with fewer than five readings in the window leaves the measurement open.
    """
    slopes: dict[str, Slope] = {}
    count = 0
    for node, series in readings.items():
        inside = [(moment, value) for moment, value in series if spans.contains(moment)]
        if len(inside) < _LEAST_READINGS:
            reason = f"{node} was read {len(inside)} times, too few of {_LEAST_READINGS}"
            return nothing(unit, reason, len(inside))
        slopes[node] = slope_between(inside)
        count += len(inside)
    if not slopes:
        return nothing(unit, "no node was read")
    length = spans.duration
    evidence = [_line(node, found, unit) for node, found in sorted(slopes.items())]
    steepest = max(slopes.values(), key=lambda found: found.value)
    data = {
        "slopes": {node: found.value for node, found in slopes.items()},
        "intervals": {node: [found.low, found.high] for node, found in slopes.items()},
    }
    each = {node: found.value * length for node, found in slopes.items()}
    bounds = {node: (found.low * length, found.high * length) for node, found in slopes.items()}
    return Measurement(
        steepest.value * length, unit, count, evidence, data=data, each=each, bounds=bounds
    )


def _line(node: str, found: Slope, unit: str) -> str:
    between = f"95 % interval {found.low:+,.4g} to {found.high:+,.4g}"
    return f"{node}: {found.value:+,.4g} {unit}/s ({between})"


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


def slope_between(readings: Sequence[Reading]) -> Slope:
    """Return the slope with its interval of 95 %, wider where neighbours resemble each other."""
    value, count = slope(readings), len(readings)
    mean_time = sum(moment for moment, _ in readings) / count
    mean_value = sum(value for _, value in readings) / count
    spread = sum((moment - mean_time) ** 2 for moment, _ in readings)
    left = [v - mean_value - value * (m - mean_time) for m, v in readings]
    squares = sum(residual * residual for residual in left)
    if squares <= 1e-24 * (1 + mean_value * mean_value) * count or spread == 0:
        return Slope(value, value, value)
    alike = sum(a * b for a, b in pairwise(left)) / squares
    alike = min(max(alike, 0.0), 0.99)
    independent = count * (1 - alike) / (1 + alike)
    if independent <= 3:
        return Slope(value, -inf, inf)
    error = sqrt(squares / (count - 2) / spread * (count / independent))
    reach = student(independent - 2) * error
    return Slope(value, value - reach, value + reach)


def student(freedom: float) -> float:
    """Return Student's t for a two-sided interval of 95 %, by its expansion about the normal.

    Right to one in a thousand from five degrees of freedom on, and to one in thirty from two on
    (Fisher and Cornish 1960).
    """
    z = _Z
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom ** (power + 1) for power, term in enumerate(terms))
