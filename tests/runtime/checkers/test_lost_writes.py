"""`no acknowledged write is lost`, with its doubts."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.history import Operation, Outcome, Result, Verdict
from support.histories import Shape, brute_force, failed, history, lawful, op, unknown


def judge(*operations: Operation) -> Verdict:
    check = HISTORY_CHECKS["no-acknowledged-write-lost"]
    return check(history(*operations), options={}, budget=Budget())


def final(key: str, value: Any, at: float = 100) -> Operation:
    return op(9, "final_read", key, at=(at, at + 1), value=value, workload="")


WRITES = (op(0, "write", "x", 1, at=(0, 1)), op(1, "write", "x", 2, at=(2, 3)))


def test_the_last_write_is_there() -> None:
    verdict = judge(*WRITES, final("x", "2"))
    assert verdict.result is Result.PASSED
    assert verdict.data["acknowledged"] == 2


@pytest.mark.parametrize("left", [None, 1, 77])
def test_an_older_value_a_strange_one_or_nothing_is_a_loss(left: Any) -> None:
    verdict = judge(*WRITES, final("x", left))
    assert verdict.result is Result.FAILED
    assert verdict.measured == "1 of 2 acknowledged writes lost"
    assert verdict.evidence[0] == "acknowledged: client 1 wrote x = 2 from 2.000 to 3.000 s"
    assert verdict.evidence[1].startswith("but the final read found x = ")


def test_either_of_two_concurrent_writes_may_be_last_but_no_older_one() -> None:
    concurrent = (op(0, "write", "x", 3, at=(4, 6)), op(1, "write", "x", 4, at=(5, 7)))
    assert judge(*WRITES, *concurrent, final("x", 3)).result is Result.PASSED
    assert judge(*WRITES, *concurrent, final("x", 4)).result is Result.PASSED
    verdict = judge(*WRITES, *concurrent, final("x", 2))
    assert verdict.result is Result.FAILED
    assert verdict.data["lost"] == 2


def test_a_write_of_unknown_outcome_may_come_late() -> None:
    early = unknown(3, "write", "x", 9, at=0.5)
    assert judge(early, *WRITES, final("x", 9)).result is Result.PASSED
    assert judge(early, *WRITES, final("x", 2)).result is Result.PASSED


def test_a_failed_write_excuses_nothing() -> None:
    refused = failed(3, "write", "x", 9, at=(4, 5), error="503")
    assert judge(*WRITES, refused, final("x", 9)).result is Result.FAILED


def test_could_not_read_is_not_lost() -> None:
    broken = op(9, "final_read", "x", at=(100, 101), outcome=Outcome.UNKNOWN, workload="")
    verdict = judge(*WRITES, broken)
    assert verdict.result is Result.INCONCLUSIVE
    assert "could not be read" in verdict.measured
    assert judge(*WRITES).result is Result.INCONCLUSIVE


def test_a_loss_outweighs_a_key_that_could_not_be_read() -> None:
    other = op(2, "write", "y", 5, at=(0, 1))
    assert judge(*WRITES, other, final("x", 1)).result is Result.FAILED
    assert judge(*WRITES, other, final("x", 2)).result is Result.INCONCLUSIVE


def test_nothing_acknowledged_is_inconclusive() -> None:
    lost = unknown(0, "write", "x", 1, at=0)
    assert judge(lost, final("x", None)).result is Result.INCONCLUSIVE


def test_cas_and_delete_are_writes() -> None:
    cas = op(0, "cas", "x", 2, 5, at=(4, 5))
    delete = op(0, "delete", "x", at=(6, 7))
    assert judge(*WRITES, cas, final("x", 5)).result is Result.PASSED
    assert judge(*WRITES, cas, final("x", 2)).result is Result.FAILED
    assert judge(*WRITES, cas, delete, final("x", None)).result is Result.PASSED
    assert judge(*WRITES, cas, delete, final("x", 5)).result is Result.FAILED


def test_elements_of_a_set() -> None:
    adds = [op(0, "add", "s", n, at=(n, n + 0.5)) for n in range(3)]
    assert judge(*adds, final("s", [2, 0, 1])).result is Result.PASSED
    verdict = judge(*adds, final("s", [0, 2]))
    assert verdict.result is Result.FAILED
    assert "add(s, 1)" in verdict.evidence[0]
    removed = op(1, "remove", "s", 1, at=(5, 6))
    assert judge(*adds, removed, final("s", [0, 2])).result is Result.PASSED
    before = op(1, "remove", "s", 1, at=(0.1, 0.2))
    assert judge(*adds, before, final("s", [0, 2])).result is Result.FAILED


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32), left=st.integers(0, 6))
def test_a_loss_is_found_exactly_when_no_order_of_the_writes_ends_with_the_value_read(
    seed: int, left: int
) -> None:
    rng = random.Random(seed)
    shape = Shape(operations=5, kinds=("write",), unknown=0.3)
    writes = lawful(rng, MODELS["register"], shape)
    read = final("k0", left or None)
    verdict = judge(*writes, read)
    if not any(o.outcome is Outcome.OK for o in writes):
        assert verdict.result is Result.INCONCLUSIVE
        return
    possible = brute_force(MODELS["register"], [*writes, read])
    assert verdict.result is (Result.PASSED if possible else Result.FAILED)
