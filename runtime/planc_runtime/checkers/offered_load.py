"""Did the generator send what the plan asked for, when it asked for it?

A load generator that falls behind measures itself: whatever its history says of latency or
throughput is worth nothing. So every open-loop workload is judged by this before its numbers are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planc_runtime.checkers.measures.latency import latency
from planc_runtime.checkers.measures.measurement import Measurement, nothing, show
from planc_runtime.checkers.words import plural
from planc_runtime.history import Operation, Outcome, Result, Verdict

LEAST_SHARE = 0.95
"""Of the operations due, how many must have been sent within the time of the load."""
LEAST_LAG = 0.010
"""Seconds: a send lag below this is never held against a generator."""
LAG_IN_INTERVALS = 0.1
"""Beyond that, the lag may be this share of the time between two operations of one client."""


def send_lag(operations: Sequence[Operation], stat: str = "p99") -> Measurement:
    """Measure the time from an operation's intended start to its being sent.

    An operation that has to wait for its client's previous answer lags as well: a system that
    stands still makes the generator run out of clients, and that is said by the same number.
    """
    if not operations:
        return nothing("s", "no operation was attempted")
    as_latency = [replace(o, completed=o.invoked, outcome=Outcome.OK) for o in operations]
    return replace(latency(as_latency, stat), evidence=())


def offered_load(
    operations: Sequence[Operation], *, offered: float, clients: int, duration: float
) -> Verdict:
    """Judge whether a generator kept up with `offered` operations per second for `duration` s.

    Inconclusive if fewer than 95 % of the operations due were sent, or if the 99th percentile of
    the send lag (of all operations, where they are fewer than 100 the largest) is above 10 ms and
    above a tenth of the time between two operations of one client. It never fails: a slow
    generator says nothing about the system.
    """
    sent = [o for o in operations if o.f != "final_read"]
    due = offered * duration
    wanted = f"{show(offered, '/s')} from {plural(clients, 'client')}"
    if not sent:
        return Verdict(Result.INCONCLUSIVE, "no operation was sent", wanted=wanted)
    reached = len(sent) / duration if duration > 0 else 0.0
    lag = send_lag(sent, "p99" if len(sent) >= 100 else "max")
    allowed = max(LEAST_LAG, LAG_IN_INTERVALS * clients / offered)
    kept_up = len(sent) >= LEAST_SHARE * due - 1 and (lag.value or 0.0) <= allowed
    measured = (
        f"{show(reached, '/s')} of {show(offered, '/s')} were sent, "
        f"with a send lag of {lag.text} (at most {show(allowed, 's')})"
    )
    return Verdict(
        Result.PASSED if kept_up else Result.INCONCLUSIVE,
        measured,
        wanted=wanted,
        evidence=() if kept_up else ("the load generator could not keep up",),
        data={"offered": offered, "reached": reached, "lag": lag.value},
    )
