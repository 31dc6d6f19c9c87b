"""What kind of promise each expectation is recorded as: safety, liveness, service, or a step."""

from __future__ import annotations

from typing import Any

import pytest

import planc_runtime.api as planc
from planc_runtime.engine.verdicts.concerns import concern_of
from planc_runtime.history.verdict import Concern

EXPECTED = [
    (planc.history().is_("linearizable"), "safety"),
    (planc.history().is_not("linearizable"), "safety"),
    (planc.no_acknowledged_write_is_lost(), "safety"),
    (planc.every_illegal_transition_is_refused(), "safety"),
    (planc.latency("p99") < 0.1, "service"),
    (planc.recovery() < 5.0, "service"),
    (planc.near(planc.throughput(), 50.0, 0.05), "service"),
    (planc.not_slower_than_baseline(planc.latency("mean"), 0.2), "service"),
    (planc.availability() >= 0.9, "service"),
    (planc.availability_over_time() >= 0.9, "service"),
    (planc.memory_growth(planc.items([])) < 10, "safety"),
    (planc.near(planc.of_metric("max", "x", planc.items([])), 3, 0.1), "safety"),
    (planc.no_log_line_matches("panic"), "safety"),
    (planc.availability() == 1.0, "service"),
    (planc.availability() >= 0.9, "service"),
    (planc.error_rate() < 0.1, "service"),
    # Who bounds service from above says that something is not done.
    (planc.goodput(of="write") == 0.0, "safety"),
    (planc.availability() < 0.05, "safety"),
    (planc.both(planc.history().is_("linearizable"), planc.recovery() < 5.0), "service"),
    (planc.negate(planc.availability() >= 0.9), "service"),
]


@pytest.mark.parametrize(("expectation", "concern"), EXPECTED, ids=lambda e: str(e)[:60])
def test_what_a_final_expectation_is_about(expectation: Any, concern: str) -> None:
    assert concern_of(expectation) == concern


BODY = """
async with s.run(load, seconds=2.0) as run:
    run.always(planc.count(planc.leaders(store)) == 1)
await s.eventually(planc.count(planc.leaders(store)) == 2, within=0.2)
await s.expect(planc.count(planc.leaders(store)) == 1)
await s.expect(planc.availability() > 0.5)
{last}
"""


@pytest.mark.parametrize(
    ("last", "concern"),
    [
        ("await s.wait_until(planc.count(planc.leaders(store)) == 2, within=0.2)", "liveness"),
        ('await s.call(kv, "read", "k", on=planc.node(store, "n2"))', "step"),
    ],
)
def test_statements_are_recorded_as_what_they_are(play: Any, last: str, concern: str) -> None:
    found = [(e.concern, e.result.value) for e in play(BODY.replace("{last}", last)).expectations]
    assert found == [
        (Concern.SAFETY, "passed"),
        (Concern.LIVENESS, "failed"),
        (Concern.SAFETY, "passed"),
        (Concern.SERVICE, "passed"),
        (concern, "failed"),
    ]
