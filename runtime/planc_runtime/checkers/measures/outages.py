"""Time without service: recovery after each fault, downtime, availability over time.

The only thing observed is when operations were served, so an outage is a gap between two such
moments, counted from when the first operation in it was waiting for an answer: a system that nobody
asks is not down. A fault during which nothing was due leaves the measurement open.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf

from planc_runtime.checkers.measures.measurement import Measurement, nothing, show
from planc_runtime.checkers.words import plural, seconds
from planc_runtime.history import FaultWindow, Intervals, Operation, Timeline

GRACE = 0.5
"""Seconds without service that do not yet count as downtime."""


@dataclass(frozen=True, slots=True)
class Gap:
    start: float
    end: float
    ended: bool = True
    """False: nothing was served until the end of the load."""

    @property
    def length(self) -> float:
        return self.end - self.start


class _Service:
    """When operations were waiting and when they were served."""

    def __init__(self, operations: Sequence[Operation], end: float) -> None:
        self._waits = [
            (o.intended, inf if o.completed is None else o.completed) for o in operations
        ]
        self._served = sorted(o.completed for o in operations if o.served and o.completed)
        self._end = end

    def gaps(self, start: float, end: float) -> list[Gap]:
        """Return the spans between served operations that begin in [start, end], longest first."""
        first, last = bisect_left(self._served, start), bisect_right(self._served, end)
        moments = [start, *self._served[first:last]]
        gaps = [Gap(a, b) for a, b in pairwise(moments)]
        if last < len(self._served):
            gaps.append(Gap(moments[-1], self._served[last]))
        else:
            gaps.append(Gap(moments[-1], max(moments[-1], self._end), ended=False))
        return sorted(gaps, key=lambda gap: -gap.length)

    def unserved(self, gap: Gap) -> Gap | None:
        """Return the part of a gap in which somebody waited for an answer, if anybody did."""
        waiting = [a for a, b in self._waits if a < gap.end and b > gap.start]
        return replace(gap, start=max(gap.start, min(waiting))) if waiting else None

    def asked(self, start: float, end: float) -> bool:
        """Say whether anything waited for an answer in [start, end]."""
        return any(a <= end and b >= start for a, b in self._waits)


def recovery(operations: Sequence[Operation], timeline: Timeline) -> Measurement:
    """Measure the longest time without service that each fault caused; the value is the worst.

    For a fault in force from `start` to `end` these are the gaps that begin in that span: at the
    moment of the fault, or at any served operation up to its healing. So a leader's crash counts
    from the crash to the first operation served after it, and a paused follower counts next to
    nothing.
    """
    faults = timeline.faults
    if not faults:
        return nothing("s", "no fault was in force")
    service = _Service(operations, timeline.end)
    outages: list[tuple[FaultWindow, Gap]] = []
    for fault in faults:
        end = timeline.end if fault.end is None else fault.end
        if not service.asked(fault.start, service.gaps(fault.start, end)[0].end):
            reason = f"no operation was due during {fault.name} at {seconds(fault.start)} s"
            return nothing("s", reason, len(faults))
        outages.append((fault, _longest(service, fault.start, end)))
    outages.sort(key=lambda outage: -outage[1].length)
    lines = [_recovery_line(fault, gap) for fault, gap in outages]
    return Measurement(outages[0][1].length, "s", len(faults), lines, data={"faults": len(faults)})


def _longest(service: _Service, start: float, end: float) -> Gap:
    longest = Gap(start, start)
    for gap in service.gaps(start, end):
        if gap.length <= longest.length:
            break
        outage = service.unserved(gap)
        longest = max(longest, outage or longest, key=lambda candidate: candidate.length)
    return longest


def _recovery_line(fault: FaultWindow, gap: Gap) -> str:
    until = "until" if gap.ended else "and never again until the load ended at"
    span = f"from {seconds(gap.start)} s {until} {seconds(gap.end)} s"
    return f"{fault.name} at {seconds(fault.start)} s: {show(gap.length, 's')} unserved, {span}"


def downtime(
    operations: Sequence[Operation], spans: Intervals, grace: float = GRACE
) -> Measurement:
    """Measure the seconds of all gaps in service longer than `grace`, inside the given spans."""
    if not operations:
        return nothing("s", "no operation was due")
    outages: list[Gap] = []
    for start, end in spans.spans:
        service = _Service(operations, end)
        cut = (replace(gap, end=min(gap.end, end)) for gap in service.gaps(start, end))
        found = (service.unserved(gap) for gap in cut if gap.length > grace)
        outages += [gap for gap in found if gap is not None and gap.length > grace]
    outages.sort(key=lambda gap: -gap.length)
    lines = [f"nothing was served from {seconds(g.start)} to {seconds(g.end)} s" for g in outages]
    quiet = f"no gap above {show(grace, 's')} over {plural(len(operations), 'operation')}"
    total = sum(gap.length for gap in outages)
    return Measurement(total, "s", len(operations), lines or [quiet])


def availability_over_time(operations: Sequence[Operation], spans: Intervals) -> Measurement:
    """Measure the share of the spans' time that is no downtime.

    Operations are not counted, so that a thousand refused in a second weigh as much as ten that
    wait for it: what is told is for how long somebody could be served.
    """
    down = downtime(operations, spans)
    if down.value is None:
        return replace(down, unit="ratio")
    if spans.duration <= 0:
        return nothing("ratio", "the window has no length", len(operations))
    return replace(
        down,
        value=1 - down.value / spans.duration,
        unit="ratio",
        data={"downtime": down.value, "seconds": spans.duration},
    )
