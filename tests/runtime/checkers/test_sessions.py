"""Session guarantees, each broken by hand, none broken by a linearizable store."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.history import Operation, Outcome, Result, Verdict
from support.histories import Shape, failed, history, lawful, op, unknown

GUARANTEES = ("read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads")


def judge(guarantee: str, *operations: Operation) -> Verdict:
    return HISTORY_CHECKS[guarantee](history(*operations), options={}, budget=Budget())


def write(process: int, key: str, value: int, at: float) -> Operation:
    return op(process, "write", key, value, at=(at, at + 0.5))


def read(process: int, key: str, value: int | None, at: float) -> Operation:
    return op(process, "read", key, at=(at, at + 0.5), value=value)


VIOLATIONS = {
    "read-your-writes": [
        [write(1, "x", 1, 0), write(2, "x", 2, 1), read(2, "x", 1, 2)],
        [write(1, "x", 1, 0), read(1, "x", None, 1)],
    ],
    "monotonic-reads": [
        [write(1, "x", 1, 0), write(1, "x", 2, 1), read(3, "x", 2, 2), read(3, "x", 1, 3)],
        [write(1, "x", 1, 0), read(3, "x", 1, 2), read(3, "x", None, 3)],
    ],
    "monotonic-writes": [
        [write(1, "x", 1, 0), write(1, "y", 2, 1), read(3, "y", 2, 2), read(3, "x", None, 3)],
    ],
    "writes-follow-reads": [
        [
            write(1, "x", 1, 0),
            read(2, "x", 1, 1),
            write(2, "y", 2, 2),
            read(3, "y", 2, 3),
            read(3, "x", None, 4),
        ],
    ],
}


@pytest.mark.parametrize("guarantee", GUARANTEES)
def test_each_violation_is_found_by_its_guarantee(guarantee: str) -> None:
    for operations in VIOLATIONS[guarantee]:
        verdict = judge(guarantee, *operations)
        assert verdict.result is Result.FAILED
        assert verdict.data["operations"] == list(range(len(operations)))
        assert " although it had " in verdict.measured


@pytest.mark.parametrize("guarantee", GUARANTEES)
@pytest.mark.parametrize("broken", GUARANTEES)
def test_and_by_no_other(guarantee: str, broken: str) -> None:
    for operations in VIOLATIONS[broken]:
        expected = guarantee == broken
        assert (judge(guarantee, *operations).result is Result.FAILED) == expected


def test_two_versions_that_alternate_are_not_monotonic_even_if_written_concurrently() -> None:
    writes = [op(n, "write", "x", n, at=(0, 9)) for n in (1, 2)]
    reads = [read(3, "x", value, 1 + at) for at, value in enumerate((1, 2, 1))]
    assert judge("monotonic-reads", *writes, *reads).result is Result.FAILED
    assert judge("monotonic-reads", *writes, *reads[:2]).result is Result.PASSED


def test_another_sessions_later_write_may_be_read_instead_of_ones_own() -> None:
    operations = (write(1, "x", 1, 0), write(2, "x", 2, 1), read(1, "x", 2, 2))
    assert judge("read-your-writes", *operations).result is Result.PASSED


def test_a_write_of_unknown_outcome_demands_nothing_until_it_is_seen() -> None:
    lost = unknown(1, "write", "x", 1, at=0)
    other = write(2, "y", 1, 0)
    own = read(2, "y", 1, 1)
    reads = [read(2, "x", None, 2), read(2, "x", 1, 3), read(2, "x", None, 4)]
    assert judge("monotonic-reads", lost, other, own, *reads[:2]).result is not Result.FAILED
    assert judge("monotonic-reads", lost, other, own, *reads).result is Result.FAILED


@pytest.mark.parametrize("guarantee", ["read-your-writes", "monotonic-writes"])
def test_a_write_of_unknown_outcome_may_never_have_happened(guarantee: str) -> None:
    sure, lost = write(1, "x", 1, 0), unknown(1, "write", "x", 2, at=2)
    later = write(1, "y", 1, 4)
    reads = [read(n, key, 1, 5 + at) for n in (1, 2) for at, key in enumerate("yx")]
    assert judge(guarantee, sure, lost, later, *reads).result is Result.PASSED
    kept = replace(lost, outcome=Outcome.OK, completed=3)
    assert judge(guarantee, sure, kept, later, *reads).result is Result.FAILED


def test_what_was_seen_of_a_session_grows() -> None:
    writes = [write(1, "y", 1, 0), write(1, "x", 5, 1), write(1, "y", 2, 2)]
    reads = [read(3, "y", 1, 3), read(3, "x", None, 4), read(3, "y", 2, 5), read(3, "x", None, 6)]
    assert judge("monotonic-writes", *writes, *reads[:3]).result is not Result.FAILED
    assert judge("monotonic-writes", *writes, *reads).result is Result.FAILED


def test_a_value_written_twice_and_a_key_deleted_from_say_nothing() -> None:
    twice = [write(1, "x", 1, 0), write(1, "x", 2, 1), write(1, "x", 1, 2)]
    back = [read(3, "x", 2, 3), read(3, "x", 1, 4)]
    assert judge("monotonic-reads", *twice, *back).result is not Result.FAILED
    gone = [write(1, "x", 1, 0), op(2, "delete", "x", at=(1, 2)), read(1, "x", None, 3)]
    assert judge("read-your-writes", *gone).result is not Result.FAILED


def test_a_failed_write_demands_nothing() -> None:
    never = failed(1, "write", "x", 1, at=(0, 1), error="503")
    assert judge("read-your-writes", never, read(1, "x", None, 2)).result is Result.INCONCLUSIVE


def test_a_cas_reads_and_writes() -> None:
    operations = [write(1, "x", 1, 0), op(2, "cas", "x", 1, 2, at=(1, 2))]
    assert judge("read-your-writes", *operations, read(2, "x", 1, 3)).result is Result.FAILED
    assert judge("monotonic-reads", *operations, read(2, "x", None, 3)).result is Result.FAILED


@pytest.mark.parametrize("guarantee", GUARANTEES)
@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_linearizable_history_gives_every_guarantee(guarantee: str, seed: int) -> None:
    shape = Shape(operations=40, keys=2, kinds=("read", "read", "write", "cas"))
    made = lawful(random.Random(seed), MODELS["register"], shape)
    assert judge(guarantee, *made).result is not Result.FAILED


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_session_that_goes_back_to_the_beginning_is_always_found(seed: int) -> None:
    shape = Shape(operations=20, kinds=("read", "write"), unknown=0)
    made = list(lawful(random.Random(seed), MODELS["register"], shape))
    end = max(o.completed or 0 for o in made) + 1
    late = [write(0, "k0", 1000, end), read(0, "k0", 1000, end + 1), read(0, "k0", None, end + 2)]
    for guarantee in ("read-your-writes", "monotonic-reads"):
        assert judge(guarantee, *made, *late).result is Result.FAILED
