"""Shares and rates: availability, error rate, throughput, goodput, share of requests per node.

*Availability* is the share of operations that the system served: those that ended ok, and those
that it refused on purpose, as a cas that found another value (see `Operation.served`). The share
of *time* is another number, see `outages`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from planc_runtime.checkers.measures.measurement import Measurement, nothing, show
from planc_runtime.checkers.words import describe, plural
from planc_runtime.history import Intervals, Operation, Outcome

_NO_OPERATIONS = "no operation was attempted"
_EXAMPLES = 5


def availability(operations: Sequence[Operation]) -> Measurement:
    """Measure the share of operations that were served."""
    if not operations:
        return nothing("ratio", _NO_OPERATIONS)
    unserved = [o for o in operations if not o.served]
    value = 1 - len(unserved) / len(operations)
    return Measurement(value, "ratio", len(operations), _failures(unserved))


def error_rate(operations: Sequence[Operation]) -> Measurement:
    """Measure the share of operations that were not served: 1 - availability."""
    if not operations:
        return nothing("ratio", _NO_OPERATIONS)
    errors = [o for o in operations if not o.served]
    return Measurement(len(errors) / len(operations), "ratio", len(operations), _failures(errors))


def throughput(operations: Sequence[Operation], intervals: Intervals) -> Measurement:
    """Measure served operations per second of a window, each counted when it completed."""
    return _rate([o for o in operations if o.served], operations, intervals)


def goodput(operations: Sequence[Operation], intervals: Intervals) -> Measurement:
    """Measure operations per second that ended ok: work done, without refusals."""
    return _rate([o for o in operations if o.outcome is Outcome.OK], operations, intervals)


def _rate(
    good: Sequence[Operation], attempted: Sequence[Operation], intervals: Intervals
) -> Measurement:
    if not attempted:
        return nothing("/s", _NO_OPERATIONS)
    if intervals.duration <= 0:
        return nothing("/s", "the window has no length", len(attempted))
    inside = sum(o.completed is not None and intervals.contains(o.completed) for o in good)
    line = f"{plural(inside, 'operation')} in {intervals.duration:.3f} s"
    return Measurement(inside / intervals.duration, "/s", inside, [line])


def share_of_requests(operations: Sequence[Operation], node: str | None) -> Measurement:
    """Measure one node's share of the operations sent; without a node, the largest share."""
    counts = Counter(o.node for o in operations if o.node is not None)
    total = counts.total()
    if not total:
        return nothing("ratio", "no operation is known to have been sent to a node")
    shares = {name: count / total for name, count in sorted(counts.items())}
    value = max(shares.values()) if node is None else shares.get(node, 0.0)
    evidence = [f"{name}: {show(share, 'ratio')}" for name, share in shares.items()]
    return Measurement(value, "ratio", total, evidence, data={"shares": shares})


def _failures(unserved: Sequence[Operation]) -> list[str]:
    """Return how often each error was met, the most frequent first, and examples."""
    reasons = Counter(o.error or f"outcome {o.outcome.value}" for o in unserved)
    lines = [f"{count:,} x {reason}" for reason, count in reasons.most_common(_EXAMPLES)]
    return lines + [describe(operation) for operation in unserved[:_EXAMPLES]]
