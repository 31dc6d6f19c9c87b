"""Increase, rate and extremes of metrics: resets, gaps, series that appear, windows."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.checkers.measures import Scraped, of_metric
from planc_runtime.checkers.measures.measurement import show
from planc_runtime.checkers.measures.series import unit_of
from planc_runtime.history import Intervals

WHOLE = Intervals(((0.0, 100.0),))


def counter(*values: float | None, start: float = 0.0) -> Scraped:
    """One reading a second; None is a reading that failed."""
    moments = [start + at for at, value in enumerate(values) if value is not None]
    shown = [value for value in values if value is not None]
    gaps = {
        moments.index(start + at)
        for at in range(1, len(values))
        if values[at] is not None and values[at - 1] is None and start + at != moments[0]
    }
    return Scraped(moments, [shown], frozenset(gaps))


def measured(stat: str, scraped: Scraped, spans: Intervals = WHOLE) -> float | None:
    return of_metric("x_total", stat, {"n1": scraped}, spans).value


def test_a_counter_that_falls_began_anew() -> None:
    assert measured("increase", counter(5, 8, 10, 2, 3)) == 5 + 3
    assert measured("rate", counter(5, 8, 10, 2, 3)) == 2


def test_a_gap_is_no_zero() -> None:
    down = counter(10, 20, None, None, None, 3, 5)
    assert measured("increase", down) == 10 + 3 + 2
    assert measured("rate", down) == (10 + 2) / 2
    assert measured("min", counter(10, 20, None, 30)) == 10
    assert measured("mean", counter(10, 20, None, 30)) == 20


def test_a_series_that_appears_has_risen_from_zero() -> None:
    first_error = Scraped([0, 1, 2], [[None, 2, 3], [7, 7, 8]])
    assert measured("increase", first_error) == 3 + 1
    assert measured("max", first_error) == 11


def test_a_window_begins_and_ends_with_the_next_reading() -> None:
    scraped = counter(0, 1, 3, 7, 15, 31)
    assert measured("increase", scraped, Intervals(((1.5, 3.5),))) == 15 - 3
    assert measured("increase", scraped, Intervals(((0, 1), (3, 4)))) == 1 + 8
    assert measured("max", scraped, Intervals(((1.5, 3.5),))) == 7
    assert measured("increase", scraped, Intervals(((4.5, 99.0),))) is None


def test_what_is_behind_a_gap_is_measured_from_before_it() -> None:
    killed = counter(10, 20, None, None, 4, 5)
    assert measured("increase", killed, Intervals(((2.0, 4.0),))) == 4
    assert measured("increase", killed, Intervals(((1.0, 2.0),))) is None
    assert measured("rate", killed, Intervals(((1.5, 3.0),))) is None


def test_every_node_is_told_and_one_without_a_reading_is_left_out() -> None:
    nodes = {"n1": counter(1, 2), "n2": counter(1, 9), "n3": counter(1, 2, start=200)}
    found = of_metric("x_total", "increase", nodes, WHOLE)
    assert found.each == {"n1": 1, "n2": 8}
    assert found.value == 8
    assert found.evidence[1:] == [
        "n2: 8 (8 up to 1.000 s)",
        "n3: no reading in this part of the run",
    ]
    nothing = of_metric("x_total", "increase", {"n3": nodes["n3"]}, WHOLE)
    assert nothing.value is None
    assert nothing.reason.startswith("no node could be read in this part of the run")


def test_pictures_have_gaps_where_nothing_was_read() -> None:
    found = of_metric("x", "max", {"n1": counter(1, None, 3)}, WHOLE)
    assert found.data["series"] == {"n1": [[0.0, 1], [1.0, None], [2.0, 3]]}
    long = of_metric("x", "max", {"n1": counter(*range(1700))}, WHOLE)
    assert len(long.data["series"]["n1"]) == 425


@pytest.mark.parametrize(
    ("name", "stat", "shown"),
    [
        ("heap_bytes", "max", "1.465 KiB"),
        ("sent_bytes_total", "rate", "1.465 KiB/s"),
        ("wal_fsync_duration_seconds", "max", "1500.000 s"),
        ("process_cpu_seconds_total", "rate", "150000.00 %"),
        ("requests_total", "rate", "1,500.0/s"),
        ("requests_total", "increase", "1,500"),
    ],
)
def test_units_follow_the_names(name: str, stat: str, shown: str) -> None:
    assert show(1500, unit_of(name, stat)) == shown


@given(st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=5), min_size=1, max_size=4))
def test_increase_counts_what_every_life_counted(lives: list[list[int]]) -> None:
    readings = [reading for steps in lives for reading in accumulate(steps, initial=0)]
    assert measured("increase", counter(*readings)) == sum(map(sum, lives))
