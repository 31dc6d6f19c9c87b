"""
In a closed loop a client that waits for a slow answer does not ask meanwhile: the requests that
would have been slow as well are never sent, and a stall of a second counts once instead of a
hundred times (coordinated omission). A percentile of such a run flatters the system exactly when
it is slow.

Give the workload a `rate`: latency then counts from the moment an operation was due. The mean and
the throughput of a closed loop are honest numbers.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.diagnostics import Related
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject


@rule(
    "coordinated-omission",
    "Percentiles of latency over a closed loop",
    bad="""
    workload closed on store {
      client  kv_client
      clients 8
      mix     read 60%, write 40%
    }

    scenario "it is quick" {
      run closed for 10s
      expect p99 latency < 100ms
    }
    """,
    good="""
    scenario "it is quick" {
      run registers for 10s
      expect p99 latency < 100ms
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        for _, expectation, _ in scene.expectations(m.ExpectMeasure):
            measure = expectation.measure
            if measure.name != "latency" or not _is_of_the_tail(measure.stat):
                continue
            if _asks_more(expectation.form):
                continue
            closed = [
                load
                for load in scene.loads
                if not load.open_loop
                and (measure.workload is None or measure.workload.key == load.workload.key)
            ]
            if closed:
                name = closed[0].workload.name
                yield Finding(
                    measure.span,
                    f"`{measure.stat} latency` of `{name}`, which is a closed loop: requests that "
                    "would have been slow are never sent",
                    help="give the workload a `rate`",
                    related=(Related(closed[0].workload.span, "no `rate` here"),),
                )


def _is_of_the_tail(stat: str | None) -> bool:
    """Say whether a stall would show in it; the median and the mean hardly see one."""
    return stat is not None and stat not in ("mean", "p50")


def _asks_more(form: str) -> bool:
    """Say whether latency is to be high, which a closed loop does not flatter."""
    return form in (">", ">=")
