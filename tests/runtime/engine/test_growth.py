"""Limits of what is not known exactly: broken, kept, or can't tell."""

from __future__ import annotations

from math import inf

import pytest

from planc_runtime.checkers.measures import Measurement
from planc_runtime.engine.verdicts.judge import _verdict
from planc_runtime.plan.expectations import Measure

WANTED = Measure("memory growth", target=None)
BOUNDS = {"n1": (1.0, 3.0), "n2": (5.0, 9.0), "n3": (-inf, inf)}


@pytest.mark.parametrize(
    ("each", "limit", "result", "told"),
    [
        ({"n1": 2.0}, 4, "passed", "memory growth was 2 B on n1"),
        ({"n1": 2.0, "n2": 7.0}, 8, "passed", "memory growth was 7 B on n2"),
        ({"n1": 2.0, "n2": 7.0}, 4, "failed", "memory growth was 7 B on n2"),
        ({"n1": 2.0}, 1.5, "inconclusive", "and may be anything from 1 B to 3 B"),
        ({"n3": 20.0, "n1": 2.0}, 4, "inconclusive", "and may be anything: it rose in steps"),
        ({"n3": 20.0, "n2": 7.0}, 4, "failed", "memory growth was 7 B on n2"),
        ({"exact": 7.0}, 4, "failed", "memory growth was 7 B on exact"),
    ],
)
def test_a_limit_is_broken_where_a_whole_interval_is_beyond_it(
    each: dict[str, float], limit: float, result: str, told: str
) -> None:
    bounds = {node: BOUNDS[node] for node in each if node in BOUNDS}
    found = Measurement(max(each.values()), "bytes", 20, each=each, bounds=bounds)
    verdict = _verdict(WANTED, found, f"< {limit}", lambda value: value < limit)
    assert verdict.result.value == result
    assert told in verdict.measured
