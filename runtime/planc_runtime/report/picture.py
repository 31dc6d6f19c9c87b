"""The counterexample as a picture: operations as bars on the lanes of their clients.

Operations last milliseconds and lie seconds apart, so on a true scale every bar is a hair. What
makes a history impossible is not how long anything took but what ended before what began; the axis
here keeps that order exactly and lets every bar be as wide as its words. Long times in which
nothing happened are drawn as breaks, with their length. Faults in force lie behind the bars.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from planc_runtime.history.summary import FaultSummary
from planc_runtime.protocols.evidence import Hold
from planc_runtime.report.lanes import class_of

LETTER = 7.0
"""Width of a letter in a bar, in pixels."""
LONGEST = 52
"""Letters in a bar; all of them stand in its title."""
LEFT, TOP, LANE, BAR = 150.0, 56.0, 46.0, 28.0
GAP = 18.0
BREAK = 0.05
"""Seconds without any event that are drawn as a break."""
END = 70.0
"""Room at the right, into which operations without an end reach."""


@dataclass(frozen=True, slots=True)
class Bar:
    id: int
    x: float
    y: float
    width: float
    text: str
    title: str
    outcome: str
    culprit: bool
    open: bool
    """Its outcome is not known: it may have taken effect at any later time."""


@dataclass(frozen=True, slots=True)
class LaneLabel:
    y: float
    process: str
    node: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Break:
    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Shade:
    x: float
    width: float
    text: str
    row: int
    family: str


@dataclass(frozen=True, slots=True)
class Accusation:
    """From the end of what speaks against the culprit to the culprit's beginning."""

    x: float
    y: float
    to_x: float
    to_y: float


@dataclass(slots=True)
class Picture:
    width: float
    height: float
    lanes: list[LaneLabel] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    shades: list[Shade] = field(default_factory=list)
    accusation: Accusation | None = None
    against: int | None = None
    mark: str = "impossible"
    """The word at what is to blame."""
    omitted: int = 0
    top: float = TOP
    left: float = LEFT

    @property
    def bottom(self) -> float:
        return self.height - 8


def draw(evidence: Mapping[str, Any], faults: Sequence[FaultSummary]) -> Picture | None:
    """Lay out the evidence of a verdict ("Evidence as data"); None where nothing can be drawn."""
    operations = [o for o in evidence.get("operations", ()) if o.get("start") is not None]
    if not operations:
        return None
    places = _places(operations)
    shaded = _shaded(faults, places)
    top = TOP + 18.0 * len(shaded)
    lanes = _lanes(operations)
    right = max(places.values()) + END
    picture = Picture(right, top + LANE * len(lanes) + 12, omitted=evidence.get("omitted", 0))
    picture.top = top
    for number, (process, node) in enumerate(lanes):
        y = top + LANE * number + LANE / 2
        picture.lanes.append(LaneLabel(y, f"client {process}", node))
    for operation in operations:
        row = [process for process, _ in lanes].index(operation.get("process"))
        picture.bars.append(_bar(operation, places, top + LANE * row, right))
    picture.ticks = [Tick(x, f"{at:.3f} s") for at, x in _spaced(places)]
    picture.breaks = _breaks(places)
    picture.shades = [
        Shade(x, w, fault.name, row, class_of(fault)) for row, (x, w, fault) in enumerate(shaded)
    ]
    picture.against = evidence.get("against")
    picture.mark = str(evidence.get("mark") or picture.mark)
    picture.accusation = _accusation(picture.bars, evidence.get("against"))
    return picture


def _accusation(bars: Sequence[Bar], against: Any) -> Accusation | None:
    accuser = next((bar for bar in bars if bar.id == against and not bar.open), None)
    culprit = next((bar for bar in bars if bar.culprit), None)
    if accuser is None or culprit is None or accuser is culprit:
        return None
    first, second = sorted((accuser, culprit), key=lambda bar: bar.x)
    return Accusation(first.x + first.width, first.y + BAR / 2, second.x, second.y + BAR / 2)


def _bar(o: Mapping[str, Any], places: Mapping[float, float], top: float, right: float) -> Bar:
    is_open = o.get("end") is None
    x = places[_time(o["start"])]
    end = right - 10 if is_open else places[_time(o["end"])]
    full = str(o.get("text", ""))
    text = full if len(full) <= LONGEST else full[: LONGEST - 1] + "…"
    until = "outcome never known" if is_open else f"to {float(o['end']):.4f} s"
    on = f" on {o['node']}" if o.get("node") else ""
    title = f"client {o.get('process')}: {full}{on}, from {float(o['start']):.4f} s {until}"
    return Bar(
        id=int(o.get("id", -1)),
        x=x,
        y=top + (LANE - BAR) / 2,
        width=max(end - x, 4.0),
        text=text,
        title=title,
        outcome=str(o.get("outcome", "")),
        culprit=bool(o.get("culprit")),
        open=is_open,
    )


def _time(value: Any) -> float:
    return round(float(value), 9)


def _lanes(operations: Sequence[Mapping[str, Any]]) -> list[tuple[Any, str]]:
    """Return the processes in the order in which they appear, with the nodes that they asked."""
    asked: dict[Any, dict[str, None]] = {}
    for operation in operations:
        nodes = asked.setdefault(operation.get("process"), {})
        if operation.get("node"):
            nodes[str(operation["node"])] = None
    return [(process, ", ".join(nodes)) for process, nodes in asked.items()]


def _places(operations: Sequence[Mapping[str, Any]]) -> dict[float, float]:
    """Give every moment a place: in order, breaks for long silence, bars wide enough to read."""
    moments = sorted({_time(o[end]) for o in operations for end in ("start", "end")
                      if o.get(end) is not None})  # fmt: skip
    needed: dict[float, list[tuple[float, float]]] = {}
    widths: dict[float, float] = {}
    for operation in operations:
        width = min(len(str(operation.get("text", ""))), LONGEST) * LETTER + 22
        start = _time(operation["start"])
        if operation.get("end") is None:
            widths[start] = max(widths.get(start, 0.0), width)
        else:
            needed.setdefault(_time(operation["end"]), []).append((start, width))
    places: dict[float, float] = {}
    before: float | None = None
    for moment in moments:
        x = LEFT + 16 if before is None else places[before] + _gap(moment - before)
        for start, width in needed.get(moment, ()):
            x = max(x, places.get(start, x) + width)
        places[moment] = x
        before = moment
    for start, width in widths.items():
        # The last column moves so far that the words of an open bar have room.
        last = moments[-1]
        places[last] = max(places[last], places[start] + width - END + 10)
    return places


def _gap(seconds: float) -> float:
    return GAP + 9.0 * math.log10(1 + seconds / 0.0005) if seconds < BREAK else 64.0


def _breaks(places: Mapping[float, float]) -> list[Break]:
    moments = list(places.items())
    return [
        Break((a_x + b_x) / 2, f"{b - a:.2f} s")
        for (a, a_x), (b, b_x) in pairwise(moments)
        if b - a >= BREAK and b_x - a_x >= 40
    ]


def _spaced(places: Mapping[float, float]) -> list[tuple[float, float]]:
    """Leave out times whose words would lie over those before."""
    found: list[tuple[float, float]] = []
    for at, x in places.items():
        if not found or x - found[-1][1] >= 66:
            found.append((at, x))
    return found


def _shaded(
    faults: Sequence[FaultSummary], places: Mapping[float, float]
) -> list[tuple[float, float, FaultSummary]]:
    """Return where faults were in force between the first and the last moment."""
    first, last = min(places), max(places)
    found = []
    for fault in faults:
        end = last if fault.end is None else fault.end
        if fault.hold is Hold.SKIPPED or end < first or fault.start > last:
            continue
        x, right = _at(places, fault.start), _at(places, end)
        found.append((x, max(right - x, 3.0), fault))
    return found[:6]


def _at(places: Mapping[float, float], time: float) -> float:
    """Return the place of any time, between the moments around it."""
    moments = list(places.items())
    if time <= moments[0][0]:
        return moments[0][1] - 14
    for (a, a_x), (b, b_x) in pairwise(moments):
        if time <= b:
            return a_x + (b_x - a_x) * (time - a) / (b - a)
    return moments[-1][1] + 14
