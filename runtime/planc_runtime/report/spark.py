"""Trend lines of the index as geometry: verdicts of earlier runs, and what they measured."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from planc_runtime.report.text import seconds
from planc_runtime.report.trends import Run, Series, Trend

WIDTH, HEIGHT = 220.0, 34.0
LOW, HIGH = 10.0, 26.0
"""Heights of a run that was green and of one that was not: colour is not all that tells."""
STEP = 5.5
LINE_WIDTH, LINE_HEIGHT = 84.0, 22.0


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    y: float
    height: float
    verdict: str
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    scenario: str
    path: str
    end: tuple[float, float]
    last: str
    title: str


@dataclass(frozen=True, slots=True)
class Spark:
    width: float = 0.0
    marks: Sequence[Mark] = ()
    lines: Sequence[Line] = ()
    words: str = ""
    """The same for those who do not see it."""
    named: Sequence[str] = field(default=())


def spark(trend: Trend) -> Spark:
    """Lay out the trend of one plan; empty until there are two runs."""
    if len(trend.runs) < 2:
        return Spark()
    marks = [_mark(number, run) for number, run in enumerate(trend.runs)]
    green = sum(run.verdict in ("passed", "skipped") for run in trend.runs)
    words = f"{green} of the last {len(trend.runs)} runs green"
    lines = [_line(series) for series in trend.series]
    return Spark(STEP * len(marks), marks, lines, words)


def _mark(number: int, run: Run) -> Mark:
    height = LOW if run.verdict in ("passed", "skipped") else HIGH
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.at))
    title = f"{when}: {run.verdict}, {run.passed} of {run.scenarios} green, {seconds(run.wall)}"
    return Mark(number * STEP, HEIGHT - height, height, run.verdict, title)


def _line(series: Series) -> Line:
    values = series.values
    low, high = min(values), max(values)
    span = (high - low) or abs(high) or 1.0
    across = LINE_WIDTH - 6

    def place(number: int, value: float) -> tuple[float, float]:
        share = (value - low) / span if high > low else 0.5
        return (
            3 + across * number / max(1, len(values) - 1),
            LINE_HEIGHT - 4 - share * (LINE_HEIGHT - 8),
        )

    points = [place(number, value) for number, value in enumerate(values)]
    path = "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    shown = [figure(value, series.unit) for value in (low, high)]
    text = series.text.removeprefix("expect ")
    title = f"{text}: {len(values)} runs, from {shown[0]} to {shown[1]}"
    return Line(text, series.scenario, path, points[-1], figure(values[-1], series.unit), title)


def figure(value: float, unit: str) -> str:
    """Return a measured number with its unit: "143 ms", "99.87 %", "1.2 /s"."""
    if unit == "s":
        return seconds(value)
    if unit == "ratio":
        return f"{100 * value:.2f} %"
    return f"{value:,.4g} {unit}".strip()
