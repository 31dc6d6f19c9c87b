"""A metric of the nodes over time: a line per node, its name at the end of it, faults behind.

Which line is whose is said by the names, not by colours; the node that broke the expectation has
the only colour of its own. Where a node showed nothing its line is broken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planc_runtime.history.summary import ExpectationSummary, FaultSummary
from planc_runtime.history.verdict import Result
from planc_runtime.protocols.evidence import Hold
from planc_runtime.report.lanes import class_of
from planc_runtime.report.spark import figure

WIDTH, HEIGHT = 1000.0, 150.0
LEFT, RIGHT, TOP, BOTTOM = 92.0, 70.0, 12.0, 22.0
APART = 13.0
"""Between two names, so that both can be read."""
TICKS = 8
"""Times on the axis at most, and one for its beginning."""


@dataclass(frozen=True, slots=True)
class Curve:
    node: str
    path: str
    y: float
    label_y: float
    broke: bool
    title: str


@dataclass(frozen=True, slots=True)
class Shade:
    x: float
    width: float
    family: str
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    text: str
    measured: str
    failed: bool
    curves: Sequence[Curve]
    shades: Sequence[Shade]
    levels: Sequence[tuple[float, str]]
    times: Sequence[tuple[float, str]]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    bottom: float = HEIGHT - BOTTOM


def charts(
    expectations: Sequence[ExpectationSummary], faults: Sequence[FaultSummary], length: float
) -> list[Chart]:
    """Return a chart for every metric that was judged ("Metrics", checkers.md)."""
    return [found for each in expectations if (found := _chart(each, faults, length)) is not None]


def _chart(
    expectation: ExpectationSummary, faults: Sequence[FaultSummary], length: float
) -> Chart | None:
    data = expectation.data
    series = data.get("series")
    if not isinstance(series, Mapping) or not isinstance(data.get("metric"), str):
        return None
    readings = {str(node): list(_readings(points)) for node, points in series.items()}
    seen = [value for points in readings.values() for _, value in points if value is not None]
    if not seen or length <= 0:
        return None
    low, high = min(0.0, *seen), max(seen)
    high = high if high > low else low + 1.0
    failed = expectation.result is Result.FAILED
    # What is drawn is the counter itself, also where its rate was judged.
    unit = "" if data.get("stat") == "rate" else str(data.get("unit", ""))
    curves = [
        _curve(node, points, (low, high), length, failed and _broke(data, node), unit)
        for node, points in readings.items()
    ]
    return Chart(
        text=expectation.text,
        measured=expectation.measured,
        failed=failed,
        curves=_labelled(curves),
        shades=[_shade(fault, length) for fault in faults if fault.hold is Hold.INSTALLED],
        levels=[(_y(level, low, high), figure(level, unit)) for level in (low, high)],
        times=list(_times(length)),
    )


def _readings(points: Any) -> Iterator[tuple[float, float | None]]:
    for point in points if isinstance(points, list) else ():
        at, value = point
        yield float(at), None if value is None else float(value)


def _broke(data: Mapping[str, Any], node: str) -> bool:
    nodes = data.get("nodes")
    return isinstance(nodes, Mapping) and nodes.get(node) == data.get("value")


def _curve(
    node: str,
    points: Sequence[tuple[float, float | None]],
    span: tuple[float, float],
    length: float,
    broke: bool,
    unit: str,
) -> Curve:
    steps, drawing, y = [], False, HEIGHT - BOTTOM
    for at, value in points:
        if value is None:
            drawing = False
            continue
        y = _y(value, *span)
        steps.append(f"{'L' if drawing else 'M'}{_x(at, length):.1f},{y:.1f}")
        drawing = True
    known = [value for _, value in points if value is not None]
    told = f"{figure(min(known), unit)} to {figure(max(known), unit)}" if known else "never shown"
    return Curve(node, " ".join(steps), y, y, broke, f"{node}: {told}")


def _labelled(curves: Sequence[Curve]) -> list[Curve]:
    """Move names apart that would lie over each other."""
    placed: list[Curve] = []
    free = TOP
    for curve in sorted(curves, key=lambda each: each.y):
        y = max(curve.y, free)
        free = y + APART
        placed.append(Curve(curve.node, curve.path, curve.y, y, curve.broke, curve.title))
    beyond = max(0.0, free - APART - HEIGHT + 4)
    return [Curve(c.node, c.path, c.y, c.label_y - beyond, c.broke, c.title) for c in placed]


def _shade(fault: FaultSummary, length: float) -> Shade:
    end = length if fault.end is None else fault.end
    x = _x(fault.start, length)
    return Shade(x, max(_x(end, length) - x, 2.0), class_of(fault), fault.name)


def _times(length: float) -> Iterator[tuple[float, str]]:
    """Yield round times and their places."""
    least = length / TICKS
    power = 10.0 ** math.floor(math.log10(least))
    step = next(n * power for n in (1, 2, 5, 10) if n * power >= least)
    for n in range(math.floor(length / step + 1e-9) + 1):
        yield _x(n * step, length), f"{n * step:g} s"


def _x(at: float, length: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(max(at / length, 0.0), 1.0)


def _y(value: float, low: float, high: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low))
