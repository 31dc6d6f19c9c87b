"""Sums that must come out right: sets, counters, ids."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.history import Operation, Outcome, Result, Verdict
from support.histories import Shape, failed, history, lawful, op, unknown


def judge(name: str, *operations: Operation, **options: Any) -> Verdict:
    return HISTORY_CHECKS[name](history(*operations), options=options, budget=Budget())


def final(value: Any, *key: str) -> Operation:
    return op(9, "final_read", *key, at=(50, 51), value=value, workload="")


ADDS = tuple(op(1, "add", "s", n, at=(n, n + 0.5)) for n in range(3))


def test_a_set_must_hold_exactly_what_was_added() -> None:
    assert judge("set-total", *ADDS, final([2, 1, 0], "s")).result is Result.PASSED
    missing = judge("set-total", *ADDS, final([2, 0], "s"))
    assert missing.result is Result.FAILED
    assert missing.evidence[0].startswith("1 is missing: client 1 add(s, 1)")
    strange = judge("set-total", *ADDS, final([2, 1, 0, 7], "s"))
    assert strange.result is Result.FAILED
    assert "7 was never added" in strange.evidence[0]
    assert judge("set-total", *ADDS).result is Result.INCONCLUSIVE


def test_what_was_removed_must_be_gone_unless_it_may_have_been_added_again() -> None:
    removed = op(2, "remove", "s", 1, at=(10, 11))
    assert judge("set-total", *ADDS, removed, final([0, 2], "s")).result is Result.PASSED
    back = judge("set-total", *ADDS, removed, final([0, 1, 2], "s"))
    assert back.result is Result.FAILED
    assert "although it was removed" in back.evidence[0]
    again = unknown(3, "add", "s", 1, at=5)
    assert judge("set-total", *ADDS, removed, again, final([0, 1, 2], "s")).result == "passed"


def test_outcomes_of_adds_and_removes() -> None:
    maybe = unknown(2, "remove", "s", 1, at=10)
    for left in ([0, 2], [0, 1, 2]):
        assert judge("set-total", *ADDS, maybe, final(left, "s")).result is Result.PASSED
    refused = failed(2, "add", "s", 8, at=(3, 4), error="503")
    assert judge("set-total", *ADDS, refused, final([0, 1, 2, 8], "s")).result is Result.FAILED


def test_a_set_without_a_name() -> None:
    adds = [op(1, "add", n, at=(n, n + 0.5)) for n in range(3)]
    assert judge("set-total", *adds, final([0, 1, 2])).result is Result.PASSED
    assert judge("set-total", *adds, final([0, 1])).result is Result.FAILED


def test_a_counter_lies_between_what_must_and_what_may_be_counted() -> None:
    operations = (
        op(1, "increment", "c", 2, at=(0, 1)),
        unknown(2, "increment", "c", 5, at=0),
        op(3, "decrement", "c", 1, at=(4, 8)),
    )

    def read(value: int, at: float = 5) -> Verdict:
        return judge("counter-total", *operations, op(4, "read", "c", at=(at, at + 1), value=value))

    assert [n for n in range(-3, 12) if read(n).result is Result.PASSED] == list(range(1, 8))
    assert [n for n in range(-3, 12) if read(n, 9).result is Result.PASSED] == list(range(1, 7))
    verdict = read(9)
    assert verdict.measured == "a read returned 9, but between 1 and 7 was possible"
    assert verdict.evidence[1:] == [
        "changes acknowledged before it began: +2",
        "changes under way or of unknown outcome: -1 to +5",
    ]
    assert judge("counter-total", *operations).result is Result.INCONCLUSIVE
    assert judge("counter-total", final(3, "c"), initial=3).result is Result.PASSED


def test_an_increment_that_returns_a_number_tells_the_sum() -> None:
    first = op(1, "increment", "c", 2, at=(0, 1), value=2)
    for answer in (2, 5):
        second = op(1, "increment", "c", 3, at=(2, 3), value=answer)
        assert judge("counter-total", first, second).result is Result.PASSED
    forgotten = op(1, "increment", "c", 3, at=(2, 3), value=0)
    assert judge("counter-total", first, forgotten).result is Result.FAILED
    silent = op(1, "increment", "c", 2, at=(0, 1), value="OK")
    assert judge("counter-total", silent).result is Result.INCONCLUSIVE


def test_ids_must_differ() -> None:
    made = [op(1, "next_id", at=(n, n + 0.5), value=f"id-{n}") for n in range(5)]
    assert judge("unique-ids", *made).result is Result.PASSED
    twin = op(2, "next_id", at=(9, 10), value="id-3")
    verdict = judge("unique-ids", *made, twin)
    assert verdict.result is Result.FAILED
    assert verdict.data["operations"] == [3, 5]
    assert judge("unique-ids", unknown(1, "next_id", at=0)).result is Result.INCONCLUSIVE
    assert judge("unique-ids", *made, twin, of="other").result is Result.INCONCLUSIVE
    assert judge("unique-ids", made[0]).result is Result.INCONCLUSIVE


def test_answers_that_say_how_it_went_are_no_ids() -> None:
    written = [op(1, "write", "x", n, at=(n, n + 0.5), value="OK") for n in range(2)]
    swapped = [op(1, "swap", "x", n, at=(n, n + 0.5), value=True) for n in range(2, 4)]
    assert judge("unique-ids", *written, *swapped).result is Result.INCONCLUSIVE


def test_a_set_that_could_not_be_read_is_left_open() -> None:
    other = op(2, "add", "t", 1, at=(0, 1))
    verdict = judge("set-total", *ADDS, other, final([2, 1, 0], "s"))
    assert verdict.result is Result.INCONCLUSIVE
    assert verdict.measured == "1 set of 2 could not be read at the end: t"
    late = op(2, "add", "s", 7, at=(60, 61))
    assert judge("set-total", *ADDS, late, final([2, 1, 0], "s")).result is Result.INCONCLUSIVE
    lost = judge("set-total", *ADDS, other, final([2, 1], "s"))
    assert lost.result is Result.FAILED


def test_a_counter_of_which_nothing_certain_was_read_is_left_open() -> None:
    one = op(1, "increment", "c", at=(1, 2))
    early, maybe = op(2, "read", "c", at=(0, 0.5), value=0), unknown(1, "increment", "c", at=1)
    assert judge("counter-total", early, one).result is Result.INCONCLUSIVE
    assert judge("counter-total", maybe, final(0, "c")).result is Result.INCONCLUSIVE
    assert judge("counter-total", one, final(1, "c")).result is Result.PASSED
    read = op(2, "read", "c", at=(3, 4), value=1)
    silent = replace(final(None, "c"), outcome=Outcome.UNKNOWN)
    verdict = judge("counter-total", one, read, silent)
    assert verdict.measured == "1 counter of 1 could not be read at the end: c"
    assert judge("counter-total", one, read, silent, final(1, "c")).result is Result.PASSED


def test_what_a_counter_returned_is_told_as_it_was() -> None:
    one = op(1, "increment", "c", at=(1, 2))
    for value, told in ((None, "nothing"), ("many", "many")):
        verdict = judge("counter-total", one, final(value, "c"))
        assert verdict.measured == f"a read returned {told}, but only 1 was possible"


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_lawful_counter_passes_and_one_that_lost_everything_does_not(seed: int) -> None:
    shape = Shape(operations=25, kinds=("increment", "read"))
    made = list(lawful(random.Random(seed), MODELS["counter"], shape))
    assert judge("counter-total", *made).result is not Result.FAILED
    counted = sum(o.f == "increment" and o.outcome is Outcome.OK for o in made)
    late = op(99, "read", "k0", at=(1000, 1001), value=counted - 1)
    assert judge("counter-total", *made, late).result is Result.FAILED


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_lawful_set_passes(seed: int) -> None:
    shape = Shape(operations=25, values=5, kinds=("add", "remove", "read"), unknown=0)
    made = list(lawful(random.Random(seed), MODELS["set"], shape))
    added = {str(o.args[1]) for o in made if o.f == "add" and o.outcome is Outcome.OK}
    removed = {str(o.args[1]) for o in made if o.f == "remove" and o.outcome is Outcome.OK}
    if not added - removed:
        return
    kept = [replace(o, index=-1) for o in made if o.f != "remove"]
    assert judge("set-total", *kept, final(sorted(added), "k0")).result is Result.PASSED
    without = sorted(added)[1:]
    assert judge("set-total", *kept, final(without, "k0")).result is Result.FAILED
