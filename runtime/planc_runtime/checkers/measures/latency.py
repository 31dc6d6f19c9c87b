"""Latency from the intended start, so that a slow answer also counts for those who had to queue.

Operations that were answered ok count, and those of unknown outcome with the time until the client
gave up, which is the least that they took: leaving time-outs out would make a hanging system look
fast. Operations that failed have no answer to be timed.

Percentiles are exact, read off the sorted raw values by the nearest rank: p99 is the least latency
that at least 99 % of the operations did not exceed, and some operation really took that long.
Nothing is put into buckets and nothing is interpolated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from planc_runtime.checkers.measures.measurement import Measurement, nothing, show
from planc_runtime.checkers.words import describe, plural
from planc_runtime.history import Operation, Outcome

_WORST = 5


def latency(operations: Sequence[Operation], stat: str) -> Measurement:
    """Measure `stat`: "mean", "max", "min", or a percentile as "p50", "p99", "p99.9".

    A percentile needs as many operations as make one of them rarer than it: 100 for p99.
    """
    timed = [o for o in operations if o.outcome is not Outcome.FAIL and o.latency is not None]
    needed = least_samples(stat)
    if len(timed) < needed:
        reason = f"{plural(len(timed), 'operation')} are too few for {stat} latency"
        return nothing("s", f"{reason}, which needs {needed:,}", len(timed))
    value = _value([o.latency or 0.0 for o in timed], stat)
    worst = sorted(timed, key=lambda o: -(o.latency or 0.0))[:_WORST]
    evidence = [f"{show(o.latency or 0.0, 's')}: {describe(o)}" for o in worst]
    return Measurement(value, "s", len(timed), evidence)


def send_lag(operations: Sequence[Operation], stat: str = "p99") -> Measurement:
    """Measure the time from an operation's intended start to its being sent.

    An operation that has to wait for its client's previous answer lags as well: a system that
    stands still makes the generator run out of clients, and that is said by the same number.
    """
    if not operations:
        return nothing("s", "no operation was attempted")
    as_latency = [replace(o, completed=o.invoked, outcome=Outcome.OK) for o in operations]
    return replace(latency(as_latency, stat), evidence=())


def quantile_of(stat: str) -> float:
    """Return 0.99 for "p99"; raises ValueError for what is no percentile."""
    quantile = float(stat.removeprefix("p")) / 100
    if not stat.startswith("p") or not 0 <= quantile <= 1:
        raise ValueError(f"{stat!r} is no percentile")
    return quantile


def least_samples(stat: str) -> int:
    """Return how many operations a statistic needs to mean anything: 100 for "p99"."""
    if stat in ("mean", "max", "min"):
        return 1
    rare = 1 - quantile_of(stat)
    return 1 if rare <= 0 else ceil(round(1 / rare, 6))


def _value(latencies: Sequence[float], stat: str) -> float:
    match stat:
        case "mean":
            return sum(latencies) / len(latencies)
        case "max":
            return max(latencies)
        case "min":
            return min(latencies)
        case _:
            return percentile(latencies, quantile_of(stat))


def percentile(latencies: Sequence[float], quantile: float) -> float:
    """Return the least value that at least this share (0..1) of the values does not exceed."""
    rank = ceil(round(quantile * len(latencies), 9))
    return sorted(latencies)[max(rank, 1) - 1]
