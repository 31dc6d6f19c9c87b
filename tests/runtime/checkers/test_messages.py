"""Queues and logs: lost, duplicated, out of nowhere, out of order."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.history import Operation, Outcome, Result, Verdict
from support.histories import Shape, failed, history, lawful, op, unknown


def judge(name: str, *operations: Operation) -> Verdict:
    return HISTORY_CHECKS[name](history(*operations), options={}, budget=Budget())


def put(value: int, at: float, process: int = 1) -> Operation:
    return op(process, "enqueue", "q", value, at=(at, at + 0.5))


def take(value: Any, at: float, process: int = 2) -> Operation:
    return op(process, "dequeue", "q", at=(at, at + 0.5), value=value)


PUTS = (put(1, 0), put(2, 1), put(3, 2))
EMPTY = take(None, 90)
ALL = ("queue-total", "exactly-once", "at-least-once")


@pytest.mark.parametrize("name", ALL)
def test_everything_came_out(name: str) -> None:
    verdict = judge(name, *PUTS, take(1, 3), take([2, 3], 4), EMPTY)
    assert verdict.result is Result.PASSED
    assert verdict.data["acknowledged"] == 3


@pytest.mark.parametrize("name", ALL)
def test_a_message_missing_from_a_drained_queue_is_lost(name: str) -> None:
    verdict = judge(name, *PUTS, take(1, 3), take(3, 4), EMPTY)
    assert verdict.result is Result.FAILED
    assert verdict.measured == "1 lost of 3 acknowledged messages"
    assert verdict.evidence[0].startswith("2 was lost: client 1 enqueue(q, 2)")


@pytest.mark.parametrize("name", ALL)
def test_a_message_missing_from_a_queue_that_was_not_drained_may_still_be_inside(name: str) -> None:
    assert judge(name, *PUTS, take(1, 3), take(3, 4)).result is Result.INCONCLUSIVE
    early = take(None, 1.6)
    assert judge(name, *PUTS, take(1, 3), take(3, 4), early).result is Result.INCONCLUSIVE


@pytest.mark.parametrize("name", ALL)
def test_a_dequeue_without_an_answer_may_have_taken_one_message_but_not_two(name: str) -> None:
    lost = unknown(5, "dequeue", "q", at=5)
    assert judge(name, *PUTS, take(1, 3), take(3, 4), lost, EMPTY).result is Result.INCONCLUSIVE
    assert judge(name, *PUTS, take(1, 3), lost, EMPTY).result is Result.FAILED


@pytest.mark.parametrize("name", ALL)
def test_a_batch_without_an_answer_may_have_taken_any_number(name: str) -> None:
    lost = unknown(5, "dequeue", "q", at=5)
    assert judge(name, *PUTS, take([1], 3), lost, EMPTY).result is Result.INCONCLUSIVE
    assert judge(name, *PUTS, take([1], 3), EMPTY).result is Result.FAILED


@pytest.mark.parametrize("name", ["at-least-once", "exactly-once"])
def test_what_was_removed_from_a_set_need_not_come_out(name: str) -> None:
    adds = [op(1, "add", "s", n, at=(n, n + 0.5)) for n in (1, 2, 3)]
    gone = op(1, "remove", "s", 2, at=(5, 6))
    left = op(9, "final_read", "s", at=(50, 51), value=[1, 3])
    assert judge(name, *adds, gone, left).result is Result.PASSED
    refused = replace(gone, outcome=Outcome.FAIL)
    assert judge(name, *adds, refused, left).measured == "1 lost of 3 acknowledged messages"


def test_a_message_that_came_out_twice() -> None:
    operations = (*PUTS, take([1, 2, 3], 3), take(2, 5), EMPTY)
    assert judge("at-least-once", *operations).result is Result.PASSED
    verdict = judge("exactly-once", *operations)
    assert verdict.result is Result.FAILED
    assert verdict.measured == "1 duplicated of 3 acknowledged messages"
    assert len(verdict.evidence) == 2
    assert judge("queue-total", *operations).result is Result.FAILED


def test_a_message_that_was_never_put_in_or_surely_not() -> None:
    refused = failed(1, "enqueue", "q", 4, at=(3, 4), error="503")
    for value in (4, 77):
        operations = (*PUTS, refused, take([1, 2, 3], 5), take(value, 6), EMPTY)
        assert judge("exactly-once", *operations).result is Result.FAILED
        assert judge("at-least-once", *operations).result is Result.PASSED


def test_a_message_whose_put_has_no_known_outcome_may_come_out_once() -> None:
    maybe = unknown(1, "enqueue", "q", 4, at=3)
    assert judge("exactly-once", *PUTS, maybe, take([1, 2, 3], 5), EMPTY).result is Result.PASSED
    out = (*PUTS, maybe, take([1, 2, 3, 4], 5), EMPTY)
    assert judge("exactly-once", *out).result is Result.PASSED
    assert judge("exactly-once", *out).data["never_acknowledged"] == 1
    assert judge("exactly-once", *out, take(4, 6)).result is Result.FAILED


def test_messages_that_overtook_each_other_are_counted() -> None:
    verdict = judge("queue-total", *PUTS, take(2, 3), take(1, 4), take(3, 5), EMPTY)
    assert verdict.result is Result.PASSED
    assert verdict.data["reordered"] == 1


@pytest.mark.parametrize("name", ALL)
def test_nothing_acknowledged_is_inconclusive(name: str) -> None:
    assert judge(name, EMPTY).result is Result.INCONCLUSIVE


def test_a_log_is_judged_by_its_final_read() -> None:
    appends = [op(1, "append", "log", n, at=(n, n + 0.5)) for n in range(3)]

    def final(*values: int) -> Operation:
        return op(9, "final_read", "log", at=(50, 51), value=list(values), workload="")

    assert judge("exactly-once", *appends, final(0, 1, 2)).result is Result.PASSED
    assert judge("exactly-once", *appends, final(0, 2)).result is Result.FAILED
    assert judge("exactly-once", *appends, final(0, 1, 1, 2)).result is Result.FAILED
    assert judge("exactly-once", *appends).result is Result.INCONCLUSIVE
    late = op(1, "append", "log", 3, at=(60, 61))
    assert judge("exactly-once", *appends, late, final(0, 1, 2)).result is Result.INCONCLUSIVE
    assert judge("ordered-per-sender", *appends, final(0, 1, 2)).result is Result.PASSED
    assert judge("ordered-per-sender", *appends, final(0, 2, 1)).result is Result.FAILED


def test_order_per_sender() -> None:
    other = put(9, 0.6, process=7)
    fine = judge("ordered-per-sender", *PUTS, other, take(1, 3), take(9, 4), take([2, 3], 5))
    assert fine.result is Result.PASSED
    assert fine.measured.startswith("2 pairs of messages")
    verdict = judge("ordered-per-sender", *PUTS, other, take(2, 3), take(9, 4), take(1, 5))
    assert verdict.result is Result.FAILED
    assert verdict.measured == "client 1 sent 1 before 2, but the second came first"


def test_a_message_that_may_have_gone_in_late_may_come_late() -> None:
    lost = unknown(1, "enqueue", "q", 1, at=0)
    late = judge("ordered-per-sender", lost, *PUTS[1:], take(2, 3), take(1, 4), take(3, 5))
    assert late.result is Result.PASSED
    sure = judge("ordered-per-sender", lost, *PUTS[1:], take(3, 3), take(1, 4), take(2, 5))
    assert sure.result is Result.FAILED
    assert sure.measured == "client 1 sent 2 before 3, but the second came first"


def test_what_is_delivered_again_is_not_out_of_order() -> None:
    again = judge("ordered-per-sender", *PUTS, take([1, 2], 3), take([1, 2, 3], 5))
    assert again.result is Result.PASSED


def test_consumers_share_no_order() -> None:
    verdict = judge("ordered-per-sender", *PUTS, take(2, 3), take(1, 4, process=3))
    assert verdict.result is Result.INCONCLUSIVE


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_lawful_queue_never_fails_and_a_damaged_one_does(seed: int) -> None:
    rng = random.Random(seed)
    shape = Shape(operations=30, kinds=("enqueue", "dequeue"), unknown=0.1)
    made = list(lawful(rng, MODELS["queue"], shape))
    for name in (*ALL, "ordered-per-sender"):
        assert judge(name, *made).result is not Result.FAILED
    delivered = [o for o in made if o.f == "dequeue" and o.outcome is Outcome.OK and o.value]
    if not delivered:
        return
    victim = rng.choice(delivered)
    doubled = [*made, replace(victim, index=-1, process=99)]
    assert judge("exactly-once", *doubled).result is Result.FAILED
    invented = [replace(o, value=10_000) if o is victim else o for o in made]
    assert judge("exactly-once", *invented).result is Result.FAILED
    unsent = [
        replace(o, outcome=Outcome.FAIL)
        if o.f == "enqueue" and str(o.args[1]) == str(victim.value)
        else o
        for o in made
    ]
    assert judge("exactly-once", *unsent).result is Result.FAILED
