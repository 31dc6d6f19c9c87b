"""Parts of a run: during faults, outside faults, before, after heal, between two marks.

All of them are sets of intervals on the controller's clock, made from the fault windows and the
marks of the scenario. An operation lasts from its *intended* start to its completion:

- it is *during faults* if that span touches a fault window;
- it is *outside faults* if it touches no fault window, each taken to last `settle` seconds longer
  than the fault itself, because a cluster that has just been mended is still mending;
- it is *before faults* if it completed before the first fault began;
- it is *after heal* if it was due at or after the end of the last fault; where there was none,
  nothing was healed, and the window covers nothing;
- it is *between* two marks if it was due at or after the first and before the second.

Between "during" and "outside" lies a gap on purpose: what happened while a cluster settled is held
neither against its behaviour under faults nor against its normal behaviour.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf

from planc_runtime.history.history import History
from planc_runtime.history.operation import Operation
from planc_runtime.history.verdict import FaultWindow

SETTLE = 1.0
"""Seconds after a fault's end that do not yet count as undisturbed."""


class WindowKind(StrEnum):
    ALL = "all"
    DURING_FAULTS = "during faults"
    OUTSIDE_FAULTS = "outside faults"
    BEFORE_FAULTS = "before faults"
    AFTER_HEAL = "after heal"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of the run an expectation speaks of."""

    kind: WindowKind = WindowKind.ALL
    first: str = ""
    """Name of the mark where a window of kind `between` begins, and `last` where it ends."""
    last: str = ""

    def __str__(self) -> str:
        if self.kind is WindowKind.BETWEEN:
            return f"between {self.first!r} and {self.last!r}"
        return "over the whole run" if self.kind is WindowKind.ALL else self.kind.value


@dataclass(frozen=True, slots=True)
class Intervals:
    """Disjoint closed intervals in ascending order; an interval may be a single instant."""

    spans: tuple[tuple[float, float], ...] = ()

    @classmethod
    def union(cls, spans: Iterable[tuple[float, float]]) -> Intervals:
        """Return the union of spans in any order, touching ones joined."""
        merged: list[tuple[float, float]] = []
        for start, end in sorted(spans):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return cls(tuple(merged))

    def within(self, start: float, end: float) -> Intervals:
        """Return the part that lies in [start, end]."""
        cut = ((max(a, start), min(b, end)) for a, b in self.spans)
        return Intervals(tuple((a, b) for a, b in cut if a <= b))

    def outside(self, start: float, end: float) -> Intervals:
        """Return what is left of [start, end], without pieces of no length."""
        edges = [start, *(edge for span in self.within(start, end).spans for edge in span), end]
        pieces = zip(edges[::2], edges[1::2], strict=True)
        return Intervals(tuple((a, b) for a, b in pieces if a < b))

    def touches(self, start: float, end: float) -> bool:
        """Say whether [start, end] and any interval have a point in common."""
        position = bisect_left(self.spans, start, key=lambda span: span[1])
        return position < len(self.spans) and self.spans[position][0] <= end

    def contains(self, moment: float) -> bool:
        position = bisect_right(self.spans, moment, key=lambda span: span[0])
        return position > 0 and moment <= self.spans[position - 1][1]

    @property
    def duration(self) -> float:
        return sum(end - start for start, end in self.spans)


@dataclass(frozen=True, slots=True)
class Timeline:
    """When load ran, which faults were in force, which marks were set."""

    start: float
    end: float
    faults: Sequence[FaultWindow] = ()
    marks: Mapping[str, float] = field(default_factory=dict)
    settle: float = SETTLE

    def intervals(self, window: Window) -> Intervals:
        """Return the spans of time that a window covers; empty where it covers none.

        Raises KeyError when a mark that it names was never set.
        """
        match window.kind:
            case WindowKind.ALL:
                return Intervals(((self.start, self.end),))
            case WindowKind.DURING_FAULTS:
                return self._troubled(0.0).within(self.start, self.end)
            case WindowKind.OUTSIDE_FAULTS:
                return self._troubled(self.settle).outside(self.start, self.end)
            case WindowKind.BEFORE_FAULTS:
                return self._span(self.start, min((f.start for f in self.faults), default=self.end))
            case WindowKind.AFTER_HEAL:
                return self._span(self.healed, self.end)
            case WindowKind.BETWEEN:
                return self._span(self.marks[window.first], self.marks[window.last])

    def select(self, history: History, window: Window) -> History:
        """Return the operations that belong to a window, by the rules above."""
        spans = self.intervals(window)
        match window.kind:
            case WindowKind.ALL:
                return history
            case WindowKind.DURING_FAULTS:
                return history.where(lambda o: spans.touches(o.intended, self._last_moment(o)))
            case WindowKind.OUTSIDE_FAULTS:
                troubled = self._troubled(self.settle)
                return history.where(
                    lambda o: not troubled.touches(o.intended, self._last_moment(o)),
                )
            case WindowKind.BEFORE_FAULTS:
                first = min((fault.start for fault in self.faults), default=inf)
                return history.where(lambda o: self._last_moment(o) < first)
            case WindowKind.AFTER_HEAL:
                return history.where(lambda o: self.healed <= o.intended)
            case WindowKind.BETWEEN:
                first, last = self.marks[window.first], self.marks[window.last]
                return history.where(lambda o: first <= o.intended < last)

    @property
    def healed(self) -> float:
        """When the last fault ended; infinite while one is in force, and where there was none."""
        ends = [inf if fault.end is None else fault.end for fault in self.faults]
        return max(ends, default=inf)

    def _troubled(self, settle: float) -> Intervals:
        return Intervals.union(
            (fault.start, inf if fault.end is None else fault.end + settle) for fault in self.faults
        )

    def _span(self, start: float, end: float) -> Intervals:
        return Intervals(((start, end),)).within(self.start, self.end)

    def _last_moment(self, operation: Operation) -> float:
        """An operation without an answer was on its way for as long as anybody waited."""
        return self.end if operation.completed is None else operation.completed
