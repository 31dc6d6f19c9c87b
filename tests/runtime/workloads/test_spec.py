"""Rates and arguments, without a clock."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.workloads import KeySpace, LoadSpec, OperationShape, Ramp, ValueShape
from planc_runtime.workloads.arguments import Arguments, Keys, sized

rates = st.floats(0.1, 1000)


@given(rates, rates, st.floats(0, 60), st.floats(0, 5000))
def test_when_is_the_inverse_of_due(start: float, end: float, over: float, count: float) -> None:
    ramp = Ramp(start, end, over)
    assert ramp.due(ramp.when(count)) == pytest.approx(count, rel=1e-6, abs=1e-6)


@given(rates, rates, st.floats(0, 60))
def test_operations_come_due_in_order(start: float, end: float, over: float) -> None:
    ramp = Ramp(start, end, over)
    times = [ramp.when(count) for count in range(200)]
    assert times == sorted(times)


def test_a_constant_rate_is_evenly_spaced() -> None:
    assert [Ramp(100, 100).when(i) for i in range(3)] == [0, 0.01, 0.02]


def test_a_rate_that_falls_to_nothing_says_so() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Ramp(10, 0, over=2).when(11)


@pytest.mark.parametrize(
    ("ramp", "count"),
    [
        (Ramp(11_810, 0, over=0.6), 3543),
        (Ramp(2, 1, over=2.2e-309), 2.2e-309),
        (Ramp(1, 2, over=5e-324), 0.0),
        (Ramp(0, 5, over=2), 0.0),
        (Ramp(10, 10 + 1e-12, over=60), 500),
    ],
)
def test_rounding_never_leaves_a_ramp(ramp: Ramp, count: float) -> None:
    assert ramp.due(ramp.when(count)) == pytest.approx(count, rel=1e-6, abs=1e-6)


def arguments(**changes: object) -> Arguments:
    operations = {
        "read": OperationShape("read", ("k",)),
        "write": OperationShape("write", ("k", "v")),
        "cas": OperationShape("cas", ("k", "old", "new")),
    }
    mix = {"read": 0.6, "write": 0.3, "cas": 0.1}
    spec = LoadSpec("w", operations, mix, keys=KeySpace(5), **changes)  # type: ignore[arg-type]
    return Arguments(spec, random.Random(7), itertools.count(1))


def test_the_mix_is_kept() -> None:
    source = arguments()
    names = [source.next(1)[0] for _ in range(10_000)]
    assert names.count("read") == pytest.approx(6000, rel=0.05)
    assert names.count("cas") == pytest.approx(1000, rel=0.15)


def test_no_value_comes_twice() -> None:
    source = arguments()
    operations = [source.next(1) for _ in range(2000)]
    written = [args[-1] for name, args in operations if name != "read"]
    assert len(set(written)) == len(written)


def test_a_cas_expects_what_was_seen_last() -> None:
    source = arguments()
    for i in range(5):
        source.saw("read", (f"w-{i}",), "seen")
    olds = {args[1] for name, args in (source.next(1) for _ in range(200)) if name == "cas"}
    assert olds == {"seen"}


def test_zipf_prefers_the_first_key_and_sequential_goes_round() -> None:
    zipf = Keys("w", KeySpace(100, "zipf", 1.2), random.Random(3))
    drawn = [zipf.draw(for_write=False) for _ in range(5000)]
    assert drawn.count("w-0") > drawn.count("w-1") > drawn.count("w-20")
    turn = Keys("w", KeySpace(3, "sequential"), random.Random(3))
    assert [turn.draw(for_write=True) for _ in range(4)] == ["w-0", "w-1", "w-2", "w-0"]


def test_latest_reads_what_was_written_last() -> None:
    keys = Keys("w", KeySpace(50, "latest", 1.5), random.Random(3))
    for _ in range(20):
        newest = keys.draw(for_write=True)
    drawn = [keys.draw(for_write=False) for _ in range(2000)]
    assert max(set(drawn), key=drawn.count) == newest


@given(st.integers(0, 10**9), st.integers(1, 300), st.integers(0, 300))
def test_sized_values_stay_unique_and_within_bounds(number: int, low: int, more: int) -> None:
    text = sized(number, ValueShape(low, low + more), random.Random(number))
    assert text.split(".")[0] == str(number)
    assert len(text) <= max(low + more, len(str(number)) + 1)
    assert len(text) >= min(low, len(str(number)))
