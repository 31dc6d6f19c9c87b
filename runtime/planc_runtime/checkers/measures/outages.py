"""Time without service: recovery after each fault, and downtime.

The only thing observed is when operations were served, so an outage is a gap between two such
moments. It can't be told from a pause of the load if nothing was asked meanwhile; a gap in which
no operation was due is therefore no outage, and a fault during which nothing was due leaves the
measurement open.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

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
    """When operations were due and when they were served, sorted."""

    def __init__(self, operations: Sequence[Operation], end: float) -> None:
        self.due = sorted(o.intended for o in operations)
        self.served = sorted(o.completed for o in operations if o.served and o.completed)
        self.end = end

    def attempts(self, start: float, end: float) -> int:
        return bisect_right(self.due, end) - bisect_left(self.due, start)

    def gaps(self, start: float, end: float) -> list[Gap]:
        """Return the spans without service that begin in [start, end], in which work was due."""
        first, last = bisect_left(self.served, start), bisect_right(self.served, end)
        moments = [start, *self.served[first:last]]
        ahead = self.served[last] if last < len(self.served) else None
        gaps = [Gap(a, b) for a, b in pairwise(moments)]
        gaps.append(Gap(moments[-1], max(moments[-1], self.end if ahead is None else ahead),
                        ended=ahead is not None))  # fmt: skip
        return [gap for gap in gaps if self.attempts(gap.start, gap.end)]


def recovery(operations: Sequence[Operation], timeline: Timeline) -> Measurement:
    """Measure the longest time without service that each fault caused; the value is the worst.

    For a fault in force from `start` to `end` these are the gaps that begin in that span: at the
    moment of the fault, or at any served operation up to its healing. So a leader's crash counts
    from the crash to the first operation served after it, and a paused follower counts nothing.
    """
    faults = timeline.faults
    if not faults:
        return nothing("s", "no fault was in force")
    service = _Service(operations, timeline.end)
    worst, lines = 0.0, []
    for fault in faults:
        end = timeline.end if fault.end is None else fault.end
        gaps = service.gaps(fault.start, end)
        if not gaps:
            reason = f"no operation was due during {fault.name} at {seconds(fault.start)} s"
            return nothing("s", reason, len(faults))
        longest = max(gaps, key=lambda gap: gap.length)
        worst = max(worst, longest.length)
        lines.append((longest.length, _recovery_line(fault, longest)))
    lines.sort(key=lambda line: -line[0])
    return Measurement(worst, "s", len(faults), [text for _, text in lines],
                       data={"faults": len(faults)})  # fmt: skip


def _recovery_line(fault: FaultWindow, gap: Gap) -> str:
    until = "until" if gap.ended else "and never again until the load ended at"
    span = f"from {seconds(gap.start)} s {until} {seconds(gap.end)} s"
    return f"{fault.name} at {seconds(fault.start)} s: {show(gap.length, 's')} unserved, {span}"


def downtime(
    operations: Sequence[Operation], spans: Intervals, grace: float = GRACE
) -> Measurement:
    """Measure the seconds of all gaps in service longer than `grace`, inside the given spans."""
    gaps: list[Gap] = []
    for start, end in spans.spans:
        service = _Service(operations, end)
        gaps += [Gap(gap.start, min(gap.end, end), gap.ended) for gap in service.gaps(start, end)]
    if not gaps:
        return nothing("s", "no operation was due")
    long = sorted((g for g in gaps if g.length > grace), key=lambda gap: -gap.length)
    lines = [f"nothing was served from {seconds(g.start)} to {seconds(g.end)} s" for g in long]
    counted = plural(len(operations), "operation")
    return Measurement(sum(gap.length for gap in long), "s", len(operations),
                       lines or [f"no gap above {show(grace, 's')} over {counted}"])  # fmt: skip
