"""Prometheus metrics over a window: increase, rate, and the extremes of what nodes showed.

A node is read again and again while the scenario runs. It counts itself, so nothing is lost between
two readings; but its counters begin anew with every process. As Prometheus does, a value below the
one before it is taken for such a beginning, and all of it has been counted since. A time series
that appears between two readings (the first error makes `errors_total{code="500"}`) has risen from
zero. A reading that failed is a gap and never a zero: `increase` looks across it, `rate` leaves its
time out.

Nothing is extrapolated. The value at a window's edge is that of the first reading at or after it;
the engine reads whenever a fault or a mark makes an edge, so that this is the edge but for the time
that a reading takes. Behind a gap it is the last reading before the edge.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from planc_runtime.checkers.measures.measurement import Measurement, nothing, show
from planc_runtime.checkers.words import plural, seconds
from planc_runtime.history import Intervals

STATS = ("increase", "rate", "max", "min", "mean")
_POINTS = 500
"""Readings of one node that a verdict carries along for a picture."""
_STEPS = 3


@dataclass(frozen=True, slots=True)
class Scraped:
    """What one node showed of one metric."""

    moments: Sequence[float]
    """Of each reading that was answered, in order."""
    series: Sequence[Sequence[float | None]]
    """One for each set of labels, beside `moments`; None where it was not on the page."""
    behind_gap: frozenset[int] = frozenset()
    """The readings before which one, or more, had failed."""

    def total(self, at: int) -> float | None:
        """Return the sum of all series at a reading; None where there was none."""
        shown = [values[at] for values in self.series if values[at] is not None]
        return sum(value for value in shown if value is not None) if shown else None

    def steps(self, start: float, end: float) -> Iterator[tuple[int, float]]:
        """Yield each reading of a window but the first, with the rise since the one before it."""
        first = bisect_left(self.moments, start)
        if first == len(self.moments) or (first and first in self.behind_gap):
            first -= 1
        last = bisect_left(self.moments, end)
        if last == len(self.moments) or last in self.behind_gap:
            last = bisect_right(self.moments, end) - 1
        for at in range(max(first, 0) + 1, last + 1):
            yield at, sum(_rise(values[at - 1], values[at]) for values in self.series)

    def inside(self, spans: Intervals) -> list[tuple[float, float]]:
        """Return the readings within some spans of time, as (moment, value)."""
        return [
            (moment, total)
            for at, moment in enumerate(self.moments)
            if spans.contains(moment) and (total := self.total(at)) is not None
        ]


def _rise(before: float | None, now: float | None) -> float:
    if now is None:
        return 0.0
    return now if before is None or now < before else now - before


def of_metric(name: str, stat: str, nodes: Mapping[str, Scraped], spans: Intervals) -> Measurement:
    """Measure one of STATS for each node, in the metric's base unit; the value is the greatest.

    A node without a reading in the window is left out and named. Raises ValueError for another
    stat.
    """
    unit = unit_of(name, stat)
    found: dict[str, float] = {}
    lines: list[str] = []
    for node, scraped in nodes.items():
        value = _value(stat, scraped, spans)
        if value is None:
            lines.append(f"{node}: no reading in this part of the run")
            continue
        found[node] = value
        lines.append(f"{node}: {show(value, unit)}{_when(stat, scraped, spans)}")
    count = sum(len(scraped.inside(spans)) for scraped in nodes.values())
    if not found:
        return nothing(unit, f"no node could be read in this part of the run: {name}", count)
    data = {
        "metric": name,
        "stat": stat,
        "nodes": found,
        "series": {node: _thinned(scraped) for node, scraped in nodes.items()},
    }
    return Measurement(max(found.values()), unit, count, lines, data=data, each=found)


def _value(stat: str, scraped: Scraped, spans: Intervals) -> float | None:
    match stat:
        case "increase":
            steps = [rise for a, b in spans.spans for _, rise in scraped.steps(a, b)]
            return sum(steps) if steps else None
        case "rate":
            return _rate(scraped, spans)
    values = [value for _, value in scraped.inside(spans)]
    if not values:
        return None
    match stat:
        case "max":
            return max(values)
        case "min":
            return min(values)
        case "mean":
            return sum(values) / len(values)
    raise ValueError(f"there is no {stat!r} of a metric; there are {', '.join(STATS)}")


def _rate(scraped: Scraped, spans: Intervals) -> float | None:
    rise = length = 0.0
    for start, end in spans.spans:
        for at, risen in scraped.steps(start, end):
            if at not in scraped.behind_gap:
                rise += risen
                length += scraped.moments[at] - scraped.moments[at - 1]
    return rise / length if length > 0 else None


def _when(stat: str, scraped: Scraped, spans: Intervals) -> str:
    """Say where a counter rose most."""
    if stat != "increase":
        return ""
    rises = [(rise, at) for a, b in spans.spans for at, rise in scraped.steps(a, b) if rise > 0]
    most = sorted(rises, key=lambda found: (-found[0], found[1]))[:_STEPS]
    told = ", ".join(f"{rise:g} up to {seconds(scraped.moments[at])} s" for rise, at in most)
    more = f" and {plural(len(rises) - _STEPS, 'smaller step')}" if len(rises) > _STEPS else ""
    return f" ({told}{more})" if told else ""


def _thinned(scraped: Scraped) -> list[list[float | None]]:
    """Return [moment, value] pairs for a picture, None in the middle of a gap; evenly thinned."""
    points: list[list[float | None]] = []
    edges = [None, *scraped.moments]
    for at, (before, moment) in enumerate(pairwise(edges)):
        if at in scraped.behind_gap and before is not None and moment is not None:
            points.append([round((before + moment) / 2, 6), None])
        points.append([moment, scraped.total(at)])
    step = -(-len(points) // _POINTS) or 1
    return points[::step]


def unit_of(name: str, stat: str) -> str:
    """Return the unit that a metric's name ends with, as Prometheus wants names to."""
    base = name.removesuffix("_total").rpartition("_")[2]
    unit = {"bytes": "bytes", "seconds": "s", "ratio": "ratio"}.get(base, "")
    if stat != "rate":
        return unit
    return {"bytes": "bytes/s", "s": "ratio", "": "/s"}.get(unit, unit)
