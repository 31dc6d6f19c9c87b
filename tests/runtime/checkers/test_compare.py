"""Slower, no slower, or can't tell: against brute force, against scipy, and how often it errs."""

from __future__ import annotations

from itertools import combinations
from math import inf
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planc_runtime.checkers.measures.blocks import Part, values
from planc_runtime.checkers.measures.compare import (
    LEAST_BLOCKS,
    MOST_BLOCKS,
    Answer,
    block_length,
    compare,
    orders,
)
from planc_runtime.history import Intervals
from support.histories import op

SIZES = st.integers(1, 6)
SAMPLES = st.lists(st.floats(0.001, 1000), min_size=4, max_size=9)


@given(SIZES, SIZES)
@settings(max_examples=20)
def test_orders_are_those_that_one_can_count(first: int, second: int) -> None:
    counts = [0] * (first * second + 1)
    for places in combinations(range(first + second), first):
        counts[sum(place - before for before, place in enumerate(places))] += 1
    assert list(orders(first, second)) == counts


@given(SAMPLES, SAMPLES, st.floats(0.01, 100))
@settings(deadline=None)
def test_the_interval_holds_what_the_test_does_not_refuse(
    baseline: list[float], present: list[float], ratio: float
) -> None:
    stats = pytest.importorskip("scipy.stats")
    scaled = [value * ratio for value in baseline]
    if len({*scaled, *present}) < len(scaled) + len(present):
        return
    found = compare(baseline, present)
    p = stats.mannwhitneyu(scaled, present, method="exact").pvalue
    edges = [now / then for now in present for then in baseline]
    if any(abs(edge / ratio - 1) < 1e-9 for edge in edges) or abs(p - 0.05) < 1e-9:
        return
    assert (found.low <= ratio <= found.high) == (p > 0.05)


@given(SAMPLES, SAMPLES)
def test_sides_exchanged_give_the_reciprocal(a: list[float], b: list[float]) -> None:
    one, other = compare(a, b), compare(b, a)
    assert one.low == pytest.approx(1 / other.high)
    assert one.high == pytest.approx(1 / other.low)


@given(st.floats(0.001, 10), st.integers(LEAST_BLOCKS, 9), st.integers(LEAST_BLOCKS, 9))
def test_what_never_differs_is_no_slower_and_more_is_slower(x: float, m: int, n: int) -> None:
    assert compare([x] * m, [x] * n).answer(0.0) is Answer.NO_WORSE
    assert compare([x] * m, [x * 1.2] * n).answer(0.1) is Answer.WORSE
    assert compare([x] * m, [x * 0.8] * n).answer(0.1, higher_is_better=True) is Answer.WORSE
    assert compare([x] * m, [x * 2] * n).answer(0.0, higher_is_better=True) is Answer.NO_WORSE


def test_few_blocks_and_zeros() -> None:
    assert compare([1.0] * 3, [9.0] * 3).answer(0.1) is Answer.UNKNOWN
    assert compare([0.0] * 5, [0.0] * 5).answer(0.1) is Answer.NO_WORSE
    assert compare([0.0] * 5, [1.0] * 5).answer(0.1) is Answer.WORSE
    assert compare([0.0] * 5, [1.0] * 5).low == inf
    with pytest.raises(ValueError, match="nothing"):
        compare([], [1.0])


@pytest.mark.parametrize("blocks", [LEAST_BLOCKS, 8, MOST_BLOCKS])
@pytest.mark.parametrize("spread", [0.05, 0.5])
def test_it_errs_as_seldom_as_it_says(blocks: int, spread: float) -> None:
    """Exactly at the limit either answer is an error half the time it is given: 2.5 % each."""
    random, rounds = Random(blocks), 1500
    answers = []
    for _ in range(rounds):
        then = [random.lognormvariate(0, spread) for _ in range(blocks)]
        now = [1.1 * random.lognormvariate(0, spread) for _ in range(blocks)]
        answers.append(compare(then, now).answer(0.1))
    for error in (Answer.WORSE, Answer.NO_WORSE):
        assert answers.count(error) / rounds < 0.04


def test_a_large_difference_is_seen_and_a_wild_block_is_not() -> None:
    random = Random(1)
    then = [random.lognormvariate(0, 0.1) for _ in range(MOST_BLOCKS)]
    now = [random.lognormvariate(0, 0.1) for _ in range(MOST_BLOCKS)]
    assert compare(then, [1.5 * value for value in now]).answer(0.1) is Answer.WORSE
    assert compare(then, now).answer(0.2) is Answer.NO_WORSE
    assert compare(then, [*now[1:], 1e6]).answer(0.2) is Answer.NO_WORSE


@given(
    st.lists(st.tuples(st.floats(0.5, 100), st.integers(1, 5000)), min_size=2, max_size=2),
    st.sampled_from([1, 2, 100, 1000]),
)
@example([(26.0, 400), (27.0, 400)], 100)
def test_blocks_hold_what_they_need(stretches: list[tuple[float, int]], least: int) -> None:
    cut = block_length(stretches, least)
    if cut.reason:
        longest_need = max(max(s / MOST_BLOCKS, least * s / n) for s, n in stretches)
        assert longest_need > min(s for s, _ in stretches) / LEAST_BLOCKS - 1e-9
        return
    for seconds, operations in stretches:
        assert LEAST_BLOCKS <= seconds / cut.length + 1e-9 <= MOST_BLOCKS + 1e-6
        assert operations * cut.length / seconds >= least - 1e-6


def test_each_block_is_measured_by_itself() -> None:
    slow = {3: 0.5}
    operations = [
        op(0, "read", "x", at=(t / 10, t / 10 + slow.get(t // 10, 0.01))) for t in range(100)
    ]
    part = Part(operations, Intervals(((0.0, 4.5), (6.0, 10.0))))
    found = values("latency", "mean", part, 1.0)
    assert found == pytest.approx([0.01, 0.01, 0.01, 0.5, 0.01, 0.01, 0.01, 0.01])
    assert values("throughput", None, part, 1.0)[:3] == pytest.approx([10, 10, 10], abs=1)
    with pytest.raises(ValueError, match="downtime"):
        values("downtime", None, part, 1.0)
