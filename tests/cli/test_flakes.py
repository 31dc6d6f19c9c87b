"""Flake rates and Wilson's interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc.cli.running.events import Outcome
from planc.cli.running.flakes import flakes, wilson


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        # Values of R's prop.test(correct = FALSE).
        (0, 50, 0.0, 0.07134),
        (1, 50, 0.00354, 0.10495),
        (5, 10, 0.23659, 0.76341),
        (50, 50, 0.92866, 1.0),
    ],
)
def test_known_intervals(hits: int, trials: int, low: float, high: float) -> None:
    assert wilson(hits, trials) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_rate_and_stays_in_bounds(case: tuple[int, int]) -> None:
    hits, trials = case
    low, high = wilson(hits, trials)
    assert 0 <= low <= hits / trials + 1e-12
    assert hits / trials - 1e-12 <= high <= 1


def test_nothing_tried_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def outcome(verdict: str, line: str = "a.plan:1") -> Outcome:
    return Outcome("id", "a", "title", line, verdict, "", 0.1, "a/scenarios/x", "")


def test_inconclusive_counts_as_a_flake_and_skipped_not_at_all() -> None:
    runs = [outcome(v) for v in ("passed", "inconclusive", "failed", "skipped")]
    [row] = flakes(runs)
    assert (row.runs, row.failures) == (3, 2)


def test_each_scenario_is_counted_for_itself() -> None:
    rows = flakes([outcome("passed"), outcome("failed", "a.plan:9")])
    assert [row.failures for row in rows] == [0, 1]
