"""Numbers over a history and a window of it, by the names that plans use for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planc_runtime.checkers.measures.blocks import Part
from planc_runtime.checkers.measures.growth import Reading, growth, highest
from planc_runtime.checkers.measures.latency import latency, send_lag
from planc_runtime.checkers.measures.measurement import Measurement, nothing, show
from planc_runtime.checkers.measures.outages import availability_over_time, downtime, recovery
from planc_runtime.checkers.measures.rates import (
    availability,
    error_rate,
    goodput,
    share_of_requests,
    throughput,
)
from planc_runtime.checkers.measures.series import Scraped, of_metric
from planc_runtime.history import History, Intervals, Operation, Timeline, Window

__all__ = [
    "MEASURES",
    "Measurement",
    "Part",
    "Reading",
    "Scraped",
    "counted",
    "measure",
    "measure_part",
    "of_metric",
    "show",
]

MEASURES = (
    "latency",
    "throughput",
    "goodput",
    "error rate",
    "availability",
    "availability over time",
    "recovery",
    "downtime",
    "send lag",
    "share of requests",
    "memory growth",
    "open files",
    "open files growth",
)

_NOTHING_DUE = "no operation was due"


def measure(
    name: str,
    history: History,
    timeline: Timeline,
    *,
    of: str | None = None,
    stat: str | None = None,
    window: Window | None = None,
    readings: Mapping[str, Sequence[Reading]] | None = None,
) -> Measurement:
    """Measure one of MEASURES over a window of the run.

    `of` is an operation's name, or for "share of requests" a node's. `stat` belongs to "latency"
    and "send lag" ("p99", "mean", "max").
    `readings` are what probes saw, node by node, for "memory growth" and its like. The
    engine's own final reads never count. Raises ValueError for an unknown name or stat, KeyError
    for a mark that was never set.
    """
    window = window or Window()
    spans = timeline.intervals(window)
    if not spans.spans:
        return nothing(_unit(name), f"the run has no part that is {window}")
    operations = [o for o in timeline.select(history, window) if _counts(o, name, of)]
    match name:
        case "recovery" | "recovery after each fault":
            whole = [operation for operation in history if _counts(operation, name, of)]
            return recovery(whole, timeline)
        case "downtime":
            whole = [operation for operation in history if _counts(operation, name, of)]
            return downtime(whole, spans) if operations else nothing("s", _NOTHING_DUE)
        case "availability over time":
            whole = [operation for operation in history if _counts(operation, name, of)]
            if not operations:
                return nothing("ratio", _NOTHING_DUE)
            return availability_over_time(whole, spans)
        case "memory growth":
            return growth(readings or {}, spans)
        case "open files growth":
            return growth(readings or {}, spans, "files")
        case "open files":
            return highest(readings or {}, spans, "files")
        case _:
            return _of_operations(name, operations, spans, of, stat)


def measure_part(name: str, part: Part, *, of: str | None, stat: str | None) -> Measurement:
    """Measure one of IN_BLOCKS over some operations and the time that they cover."""
    return _of_operations(name, part.operations, part.spans, of, stat)


def counted(name: str, operations: Iterable[Operation], of: str | None) -> list[Operation]:
    """Return the operations that a measure looks at."""
    return [operation for operation in operations if _counts(operation, name, of)]


def _of_operations(
    name: str,
    operations: Sequence[Operation],
    spans: Intervals,
    of: str | None,
    stat: str | None,
) -> Measurement:
    match name:
        case "latency":
            return latency(operations, stat or "mean")
        case "send lag":
            return send_lag(operations, stat or "p99")
        case "availability":
            return availability(operations)
        case "error rate":
            return error_rate(operations)
        case "throughput":
            return throughput(operations, spans)
        case "goodput":
            return goodput(operations, spans)
        case "share of requests":
            return share_of_requests(operations, of)
        case _:
            raise ValueError(f"there is no measure {name!r}; there are {', '.join(MEASURES)}")


def _counts(operation: Operation, name: str, of: str | None) -> bool:
    if operation.f == "final_read" and not operation.workload:
        return False
    return name == "share of requests" or of is None or operation.f == of


def _unit(name: str) -> str:
    return {
        "throughput": "/s",
        "goodput": "/s",
        "error rate": "ratio",
        "availability": "ratio",
        "availability over time": "ratio",
        "share of requests": "ratio",
        "memory growth": "bytes",
        "open files": "files",
        "open files growth": "files",
    }.get(name, "s")
