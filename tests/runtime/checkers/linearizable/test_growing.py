"""Sets and lists: element by element, and read whole, against an oracle that tries every order."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import MODELS, Model
from planc_runtime.checkers.linearizable.answer import Answer, Orderable, Violation
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.containers import Element
from planc_runtime.checkers.linearizable.unique.methods import judge_quickly
from planc_runtime.history import Operation, Result, Verdict
from support.histories import history, op, unknown
from support.oracle import calls_of, can_be_ordered, scribbled_element, scribbled_reads


def judge(*operations: Operation) -> Verdict:
    """Judge without any budget for searching."""
    made = history(*operations)
    return HISTORY_CHECKS["linearizable"](made, options={}, budget=Budget(0))


def compared(model: Model, operations: Sequence[Operation]) -> Answer | None:
    """Return the answer, held against the oracle's; and so is the evidence."""
    calls: list[Call] = calls_of(model, operations)
    answer = judge_quickly(model, calls)
    if answer is not None:
        assert isinstance(answer, Orderable) == can_be_ordered(model, calls)
    if isinstance(answer, Violation):
        assert not can_be_ordered(model, answer.calls)
    return answer


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_an_element_is_judged_as_by_trying_every_order(seed: int) -> None:
    """Twenty histories for each seed, here and below: drawing one takes longer than judging."""
    rng = random.Random(seed)
    for _ in range(20):
        operations = scribbled_element(rng)
        if not calls_of(Element(), operations):
            continue
        answer = compared(Element(), operations)
        count = {f: sum(o.f == f for o in operations) for f in ("add", "remove")}
        outside = count["remove"] > 1 or (count["remove"] == 1 and count["add"] > 1)
        assert (answer is None) == outside


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_set_read_whole_is_judged_as_by_trying_every_order(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(20):
        assert compared(MODELS["set"], scribbled_reads(rng, "add")) is not None


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_list_is_judged_as_by_trying_every_order(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(20):
        operations = scribbled_reads(rng, "append")
        answer = compared(MODELS["list"], operations)
        appended = [o.args[1] for o in operations if o.f == "append"]
        assert (answer is None) == (len(set(appended)) < len(appended))


ADDED_A, ADDED_B = (op(1, "add", "s", "a", at=(0, 1)), op(1, "add", "s", "b", at=(2, 3)))


@pytest.mark.parametrize(
    ("operations", "reason", "lines"),
    [
        (
            [ADDED_A, ADDED_B, op(2, "read", "s", at=(4, 5), value=["b"])],
            "a had been added to s, but a later read did not find it",
            2,
        ),
        (
            [
                op(2, "read", "s", at=(0, 9), value=["b"]),
                op(3, "read", "s", at=(0, 9), value=["a", "b"]),
                *(ADDED_A, ADDED_B),
            ],
            "a was added to s before b, but a read found only the latter",
            3,
        ),
        (
            [
                *(unknown(1, "add", "s", e, at=0) for e in "ab"),
                op(2, "read", "s", at=(4, 5), value=["a"]),
                op(3, "read", "s", at=(4, 5), value=["b"]),
            ],
            "of two reads of s one found a but not b, the other one the reverse",
            2,
        ),
        (
            [
                unknown(1, "add", "s", "a", at=0),
                op(2, "read", "s", at=(4, 5), value=["a"]),
                op(3, "read", "s", at=(6, 7), value=[]),
            ],
            "a was read from s, but not by a later read",
            2,
        ),
        (
            [ADDED_A, op(3, "contains", "s", "a", at=(6, 7), value=False)],
            "a had been added to s and nobody removed it, but it was not there later",
            2,
        ),
        (
            [
                ADDED_A,
                op(2, "remove", "s", "a", at=(3, 4)),
                op(3, "contains", "s", "a", at=(6, 7), value=True),
            ],
            "a was found in s after it had been removed",
            3,
        ),
        (
            [
                op(1, "append", "l", "a", at=(0, 1)),
                op(1, "append", "l", "b", at=(2, 3)),
                op(2, "read", "l", at=(4, 5), value=["b", "a"]),
            ],
            "a was added to l before b, but a read found them the other way round",
            3,
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    operations: Sequence[Operation], reason: str, lines: int
) -> None:
    verdict = judge(*operations)
    assert verdict.result is Result.FAILED
    assert verdict.measured.startswith(reason)
    assert len(verdict.evidence) == lines


@pytest.mark.parametrize(("seen", "expected"), [(["a"], Result.PASSED), ([], Result.FAILED)])
def test_of_several_additions_one_explains_a_read_and_all_forbid_to_miss_the_element(
    seen: list[str], expected: Result
) -> None:
    verdict = judge(
        op(1, "add", "s", "a", at=(0, 9)),
        op(2, "add", "s", "a", at=(1, 2)),
        op(2, "add", "s", "a", at=(5, 6)),
        op(3, "read", "s", at=(3, 4), value=seen),
    )
    assert verdict.result is expected


def test_an_addition_that_began_late_does_not_forbid_what_an_earlier_one_explains() -> None:
    operations = [
        op(2, "add", "s", "a", at=(5, 6)),
        op(1, "add", "s", "a", at=(0, 9)),
        op(3, "read", "s", at=(1, 2), value=["a"]),
    ]
    assert judge(*operations).result is Result.PASSED


def test_many_additions_of_unknown_outcome_to_a_set_read_whole_need_no_search() -> None:
    count = 500
    lost = [unknown(10 + n, "add", "s", n, at=n) for n in range(count)]
    reads = [
        op(1, "read", "s", at=(n + 0.5, n + 0.6), value=list(range(0, n, 2)))
        for n in range(0, count, 50)
    ]
    assert judge(*lost, *reads).result is Result.PASSED
