"""Numbers over a history, and when there are too few to speak of."""

from __future__ import annotations

from random import Random
from statistics import mean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.checkers.measures import MEASURES, Measurement, measure, show
from planc_runtime.checkers.measures.growth import slope, slope_between, student
from planc_runtime.checkers.measures.latency import percentile, send_lag
from planc_runtime.history import (
    FaultWindow,
    History,
    Operation,
    Outcome,
    Timeline,
    Window,
    WindowKind,
)
from support.histories import failed, op, unknown

QUIET = Timeline(0, 10)


def steady(start: float, end: float, every: float = 0.1, lasts: float = 0.01) -> list[Operation]:
    """Make reads due at even times, each of which takes equally long."""
    count = round((end - start) / every)
    moments = [start + every * n for n in range(count)]
    return [op(0, "read", "x", at=(t, t + lasts), node="n1") for t in moments]


def measured(
    name: str, operations: list[Operation], timeline: Timeline = QUIET, **options: Any
) -> Measurement:
    return measure(name, History(operations), timeline, **options)


@given(st.lists(st.floats(1e-5, 100), min_size=100, max_size=300))
def test_percentiles_are_those_of_the_sorted_values(values: list[float]) -> None:
    for per_mille in (0, 1, 500, 900, 990, 999, 1000):
        found = percentile(values, per_mille / 1000)
        assert found in values
        assert sum(value <= found for value in values) * 1000 >= per_mille * len(values)
        below = sum(value < found for value in values)
        assert below * 1000 < max(per_mille * len(values), 1)


def test_latency_counts_from_the_intended_start() -> None:
    operations = [op(0, "read", "x", at=(5, 6), intended=2) for _ in range(100)]
    assert measured("latency", operations, stat="p99").value == pytest.approx(4, rel=1e-3)
    assert measured("latency", operations, stat="mean").value == 4
    assert measured("latency", operations, stat="max").value == 4


def test_an_operation_given_up_is_as_slow_as_the_wait_for_it() -> None:
    operations = [*steady(0, 10), unknown(1, "read", "x", at=3, until=8)]
    assert measured("latency", operations, stat="max").value == 5


def test_failures_have_no_latency() -> None:
    operations = [*steady(0, 10), failed(1, "read", "x", at=(3, 9), error="503")]
    assert measured("latency", operations, stat="max").value == pytest.approx(0.01)


@pytest.mark.parametrize(("stat", "needed"), [("p50", 2), ("p99", 100), ("p99.9", 1000)])
def test_a_percentile_of_too_few_operations_is_no_number(stat: str, needed: int) -> None:
    operations = steady(0, 10, every=10 / needed)
    assert measured("latency", operations, stat=stat).value is not None
    few = measured("latency", operations[1:], stat=stat)
    assert few.value is None
    assert f"too few for {stat} latency, which needs {needed:,}" in few.reason


def test_only_the_operation_that_is_asked_for_counts() -> None:
    operations = [*steady(0, 1), op(0, "write", "x", 1, at=(0, 3))]
    assert measured("latency", operations, stat="max", of="write").value == 3
    assert measured("latency", operations, stat="max", of="read").value == pytest.approx(0.01)


def test_the_engines_final_reads_never_count() -> None:
    final = op(9, "final_read", "x", at=(1, 9), workload="")
    assert measured("latency", [*steady(0, 1), final], stat="max").value == pytest.approx(0.01)


def test_a_window_without_operations_is_no_number() -> None:
    timeline = Timeline(0, 10, [FaultWindow("crash", 8, 9)])
    for name in ("latency", "availability", "error rate", "throughput", "goodput", "downtime"):
        nothing = measured(
            name, steady(0, 5), timeline, window=Window(WindowKind.DURING_FAULTS), stat=None
        )
        assert nothing.value is None, name
        assert nothing.reason, name
    assert measured("recovery", steady(0, 5), timeline).value is None
    quiet = measured("availability", steady(0, 5), window=Window(WindowKind.DURING_FAULTS))
    assert quiet.reason == "the run has no part that is during faults"


def test_availability_is_the_share_of_operations_served() -> None:
    operations = [
        *steady(0, 6, every=1),
        unknown(1, "write", "x", 1, at=6, until=7),
        failed(1, "write", "x", 1, at=(7, 8), error="connection refused"),
        failed(1, "cas", "x", 1, 2, at=(8, 9), error="the plan calls it failed"),
        failed(1, "cas", "x", 1, 2, at=(9, 10), error="409"),
    ]
    available = measured("availability", operations)
    assert (available.value, available.samples) == (0.8, 10)
    assert "1 x connection refused" in available.evidence
    assert measured("error rate", operations).value == pytest.approx(0.2)
    assert measured("throughput", operations).value == pytest.approx(0.8)
    assert measured("goodput", operations).value == pytest.approx(0.6)


def test_availability_over_time_is_the_share_of_time_that_is_no_downtime() -> None:
    refused = [
        failed(1, "read", "x", at=(t, t + 0.001), error="connection refused")
        for t in (5.2, 6.2, 6.4, 7.2)
    ]
    operations = [*steady(0, 5, every=0.5), *refused, *steady(7.5, 10, every=0.5)]
    available = measured("availability over time", operations)
    assert available.value == pytest.approx(1 - 2.31 / 10)
    assert available.evidence == ["nothing was served from 5.200 to 7.510 s"]
    assert available.data == {"downtime": pytest.approx(2.31), "seconds": 10}


def test_a_thousand_refused_in_a_second_are_a_second() -> None:
    refused = [failed(0, "read", "x", at=(5 + t / 1000,) * 2, error="503") for t in range(1000)]
    operations = [*steady(0, 5, every=0.5), *refused, *steady(6, 10, every=0.5)]
    assert measured("availability over time", operations).value == pytest.approx(1 - 1.01 / 10)
    assert (measured("availability", operations).value or 0) < 0.02


def test_one_who_waits_alone_makes_time_count() -> None:
    hanging = unknown(0, "read", "x", at=2, until=8)
    operations = [*steady(0, 2, every=0.5), hanging, *steady(8, 10, every=0.5)]
    assert measured("availability over time", operations).value == pytest.approx(1 - 6.01 / 10)
    lazy = [*steady(0, 10, every=5)]
    assert measured("availability over time", lazy).value == 1
    assert measured("availability over time", []).value is None


def test_recovery_lasts_from_the_first_operation_that_waits_to_the_next_one_served() -> None:
    timeline = Timeline(0, 30, [FaultWindow("crash n1", 10, 15), FaultWindow("pause n2", 20, 25)])
    refused = [
        failed(0, "read", "x", at=(t, t), error="connection refused") for t in (10.5, 11.5, 12)
    ]
    operations = [*steady(0, 10), *refused, *steady(12.5, 30)]
    recovery = measured("recovery", operations, timeline)
    assert recovery.value == pytest.approx(2.01)
    assert recovery.samples == 2
    assert recovery.evidence[0].startswith("crash n1 at 10.000 s: 2.010 s unserved")


def test_an_outage_that_begins_before_the_heal_and_lasts_beyond_it_counts_whole() -> None:
    timeline = Timeline(0, 30, [FaultWindow("partition", 10, 15)])
    operations = [*steady(0, 14), unknown(0, "read", "x", at=15, until=16), *steady(18, 30)]
    assert measured("recovery", operations, timeline).value == pytest.approx(3.01)


def test_a_cluster_that_never_comes_back_is_down_to_the_end() -> None:
    timeline = Timeline(0, 30, [FaultWindow("crash", 10, None)])
    lost = [unknown(0, "read", "x", at=t, until=t + 1) for t in (11, 20)]
    recovery = measured("recovery", [*steady(0, 10), *lost], timeline)
    assert recovery.value == 19
    assert "never again" in recovery.evidence[0]


def test_a_pause_of_the_load_is_no_outage() -> None:
    operations = [*steady(0, 2), *steady(8, 10)]
    assert measured("downtime", operations).value == 0


def test_downtime_adds_up_the_long_gaps() -> None:
    refused = [failed(0, "read", "x", at=(t, t), error="503") for t in (3.0, 3.3, 6.0, 6.5)]
    operations = [*steady(0, 3), *refused[:2], *steady(3.4, 6), *refused[2:], *steady(7, 10)]
    downtime = measured("downtime", operations)
    assert downtime.value == pytest.approx(1.01)
    assert len(downtime.evidence) == 1


def test_share_of_requests() -> None:
    operations = [op(0, "read", "x", at=(t, t + 1), node=f"n{t % 4 // 3 + 1}") for t in range(8)]
    assert measured("share of requests", operations, of="n2").value == 0.25
    assert measured("share of requests", operations).value == 0.75
    assert measured("share of requests", operations).data["shares"] == {"n1": 0.75, "n2": 0.25}


def test_growth_is_the_slope_of_the_steepest_node() -> None:
    readings = {
        "n1": [(float(t), 100.0) for t in range(10)],
        "n2": [(float(t), 100.0 + 7 * t) for t in range(10)],
    }
    growth = measured("memory growth", [], readings=readings)
    assert (growth.value, growth.unit) == (pytest.approx(7 * 10), "bytes")
    assert growth.data["slopes"] == {"n1": 0, "n2": pytest.approx(7)}
    assert measured("open files", [], readings=readings).value == 163
    few = measured("memory growth", [], readings={"n1": [(1.0, 1.0)]})
    assert few.value is None


def test_a_leak_is_certain_and_a_warm_start_is_not() -> None:
    leak = [(t / 2, 1e6 + 3e5 * t + (7919 * t % 13) * 1e4) for t in range(20)]
    warm = [(t / 2, 1e6 + (6e6 if t > 3 else 0) + (7919 * t % 13) * 1e4) for t in range(20)]
    found = measured("memory growth", [], readings={"leak": leak, "warm": warm})
    assert found.bounds["leak"][0] > 5e6
    assert found.bounds["warm"][0] < 1e6 < found.each["warm"]
    files = measured("open files growth", [], readings={"n1": [(float(t), t) for t in range(9)]})
    assert (files.value, files.unit) == (pytest.approx(10), "files")


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(-9, 9)), min_size=2))
def test_no_other_line_through_the_means_fits_better(readings: list[tuple[int, int]]) -> None:
    def error(candidate: float) -> float:
        times, values = mean(t for t, _ in readings), mean(v for _, v in readings)
        return sum((v - values - candidate * (t - times)) ** 2 for t, v in readings)

    best = slope([(float(t), float(v)) for t, v in readings])
    assert error(best) <= min(error(best + 0.01), error(best - 0.01)) + 1e-9


@pytest.mark.parametrize("freedom", [2, 3, 5, 8, 12.5, 30, 100])
def test_students_quantile(freedom: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    near = 1e-3 if freedom >= 5 else 0.035
    assert student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=near)


@pytest.mark.parametrize("alike", [0.0, 0.6])
def test_the_interval_of_a_slope_holds_the_true_one_as_often_as_it_says(alike: float) -> None:
    random = Random(3)
    hits, rounds = 0, 400
    for _ in range(rounds):
        noise, readings = 0.0, []
        for moment in range(80):
            noise = alike * noise + random.gauss(0, 10)
            readings.append((moment / 2, 1000 + 3 * moment / 2 + noise))
        found = slope_between(readings)
        hits += found.low <= 3 <= found.high
    assert hits / rounds > 0.91


def test_every_measure_can_be_asked_for_by_name() -> None:
    readings = {"n1": [(float(t), 1.0) for t in range(10)]}
    timeline = Timeline(0, 10, [FaultWindow("crash", 4, 5)])
    for name in MEASURES:
        assert measured(name, steady(0, 10), timeline, readings=readings).value is not None, name
    with pytest.raises(ValueError, match="there is no measure 'beauty'"):
        measured("beauty", steady(0, 10))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.1434, "s", "143 ms"),
        (2.5, "s", "2.500 s"),
        (0.995, "ratio", "99.50 %"),
        (1204.04, "/s", "1,204.0/s"),
    ],
)
def test_numbers_are_shown_as_people_write_them(value: float, unit: str, text: str) -> None:
    assert show(value, unit) == text


def test_outcomes_other_than_ok_are_not_served_unless_refused() -> None:
    assert not unknown(0, "read", "x", at=0).served
    assert op(0, "read", "x", at=(0, 1)).outcome is Outcome.OK


def test_send_lag_is_measured_to_the_sending() -> None:
    late = [op(0, "read", "x", at=(n + 0.25, n + 9), intended=n) for n in range(10)]
    assert send_lag(late, "max").value == 0.25
    assert send_lag([]).value is None
