"""The search for registers whose values repeat: what it forgets, and what it shows instead."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.budget import OutOfBudget
from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.checkers.linearizable import minimize as minimizing
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.search import attempt, nearby
from planc_runtime.checkers.linearizable.search import search as searching
from planc_runtime.checkers.linearizable.search.attempt import Attempt, Ways
from planc_runtime.checkers.linearizable.search.nearby import RegisterInAnyState
from planc_runtime.checkers.linearizable.search.prepared import Prepared
from planc_runtime.checkers.linearizable.search.search import search
from planc_runtime.history import History, Operation, Outcome, Result, Verdict
from support.histories import Shape, brute_force, history, lawful, op, unknown

REGISTER = MODELS["register"]


def judge(made: History, budget: Budget | None = None) -> Verdict:
    return HISTORY_CHECKS["linearizable"](made, options={}, budget=budget or Budget())


def calls_of(operations: Any) -> list[Call]:
    known = [REGISTER.call(o) for o in operations if o.outcome is not Outcome.FAIL]
    return [call for _, call in filter(None, known) if call.certain or call.f != "read"]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the search forget, lose patience and look nearby after a handful of calls."""
    monkeypatch.setattr(attempt, "_STRETCH", 4)
    monkeypatch.setattr(searching, "_PATIENCE", 3)
    monkeypatch.setattr(nearby, "_LENGTHS", (1, 2, 4, 8))
    monkeypatch.setattr(minimizing, "_LONG", 8)


def busy(rng: random.Random, operations: int) -> History:
    """A register of few values, several clients, lost answers and refusals; lawful or nearly so."""
    shape = Shape(
        operations=operations,
        processes=rng.choice([2, 3, 4]),
        values=rng.choice([2, 3]),
        unknown=rng.choice([0, 0.2, 0.4]),
        kinds=("read", "read", "write", "cas"),
        hits=0.5,
    )
    made = list(lawful(rng, REGISTER, shape))
    for place, operation in enumerate(made):
        if operation.outcome is Outcome.FAIL:
            operation.outcome, operation.value = Outcome.OK, False
        if operation.f == "read" and rng.random() < rng.choice([0, 0.1]):
            made[place] = replace(operation, value=rng.randrange(3))
    return history(*(replace(o, index=-1) for o in made))


@pytest.mark.usefixtures("narrow")
@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_is_forgotten_and_shown_nearby_never_changes_the_answer(seed: int) -> None:
    rng = random.Random(seed)
    calls = calls_of(busy(rng, rng.randrange(10, 50)))
    in_full = Attempt(Prepared(REGISTER, calls), Budget(), Ways.ALL).run()
    assert (search(REGISTER, calls, Budget()) is None) == in_full


@pytest.mark.usefixtures("narrow")
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_search_agrees_with_trying_every_order(seed: int) -> None:
    rng = random.Random(seed)
    made = busy(rng, rng.randrange(2, 7))
    assert (search(REGISTER, calls_of(made), Budget()) is None) == brute_force(REGISTER, made)


@pytest.mark.usefixtures("narrow")
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_short_proof_holds_whatever_the_register_held_before(seed: int) -> None:
    rng = random.Random(seed)
    made = busy(rng, rng.randrange(20, 50))
    verdict = judge(made)
    if verdict.result is not Result.FAILED or "whatever it held" not in verdict.measured:
        return
    shown = {int(index) for index in verdict.data["operations"]}
    last = max(made[index].completed or 0 for index in shown)
    since = min(made[i].invoked for i in shown if made[i].outcome is Outcome.OK)
    proof = [_as_shown(made[index], since, last) for index in sorted(shown)]
    calls = calls_of(proof)
    assert search(RegisterInAnyState(calls), calls, Budget()) is not None


def _as_shown(operation: Operation, since: float, last: float) -> Operation:
    """Of a change that was under way when the proof begins nothing is claimed."""
    begins_before = operation.f != "read" and operation.invoked < since
    return replace(operation, outcome=Outcome.UNKNOWN) if begins_before else operation


@pytest.mark.parametrize("ways", [Ways.SOME, Ways.ALL])
def test_of_two_ways_to_a_configuration_the_one_that_used_less_is_tried_as_well(ways: Ways) -> None:
    """Going round over 1 back to 2 uses two unknown calls that are needed later."""
    made = history(
        unknown(50, "write", "x", 2, at=0),
        unknown(51, "cas", "x", 2, 1, at=0.1),
        unknown(52, "cas", "x", 1, 2, at=0.2),
        op(1, "cas", "x", 1, 0, at=(1, 2.5), value=True),
        op(2, "cas", "x", 2, 2, at=(2, 3.5), value=True),
    )
    assert brute_force(REGISTER, made)
    assert Attempt(Prepared(REGISTER, calls_of(made)), Budget(), ways).run()


def long_register(rng: random.Random, operations: int) -> History:
    shape = Shape(
        operations=operations, processes=6, values=4, unknown=0.2, kinds=("read", "write")
    )
    return lawful(rng, REGISTER, shape)


def test_a_long_register_of_few_values_needs_no_more_budget_than_a_short_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attempt, "_STRETCH", 50)
    made = long_register(random.Random(3), 6_000)
    budget = Budget(1_000)
    verdict = judge(made, budget)
    assert verdict.result is Result.PASSED
    with pytest.raises(OutOfBudget):
        Attempt(Prepared(REGISTER, calls_of(made)), Budget(1_000), Ways.SOME).run()


def test_a_late_violation_of_a_long_register_is_shown_by_its_last_operations() -> None:
    made = list(long_register(random.Random(3), 3_000))
    end = max(o.completed or 0 for o in made)
    late = [
        op(901, "write", "k0", 7, at=(end + 1, end + 2)),
        op(902, "write", "k0", 8, at=(end + 3, end + 4)),
        op(903, "read", "k0", at=(end + 5, end + 6), value=7),
    ]
    verdict = judge(history(*(replace(o, index=-1) for o in made), *late))
    assert verdict.result is Result.FAILED
    assert "client 903 read k0 = 7 although client 902 had written k0 = 8" in verdict.measured
    assert verdict.data["operations"] == [3000, 3001, 3002]


def test_refused_cas_calls_that_prove_nothing_are_left_out_of_the_evidence() -> None:
    refusals = [op(5, "cas", "x", 9, 8, at=(n / 10, n / 10 + 0.05), value=False) for n in range(20)]
    verdict = judge(
        history(
            *refusals,
            op(1, "write", "x", 7, at=(10, 11)),
            op(2, "write", "x", 9, at=(12, 13)),
            op(2, "write", "x", 9, at=(14, 15)),
            op(3, "read", "x", at=(16, 17), value=7),
        )
    )
    assert verdict.result is Result.FAILED
    assert not any("cas" in line for line in verdict.evidence)


def test_no_write_is_left_out_of_the_evidence_that_a_refused_cas_may_have_seen() -> None:
    verdict = judge(
        history(
            op(1, "write", "x", 7, at=(0, 1)),
            op(1, "write", "x", 7, at=(2, 3)),
            op(2, "write", "x", 9, at=(4, 5)),
            op(3, "cas", "x", 7, 8, at=(6, 7), value=False),
            op(4, "read", "x", at=(8, 9), value=7),
        )
    )
    assert verdict.result is Result.FAILED
    assert {1, 2, 4} <= set(verdict.data["operations"])


def test_a_refused_cas_that_proves_the_violation_is_shown() -> None:
    verdict = judge(
        history(
            op(1, "write", "x", 7, at=(0, 1)),
            op(2, "cas", "x", 7, 8, at=(2, 3), value=False),
            unknown(3, "write", "x", 7, at=4),
        )
    )
    assert verdict.result is Result.FAILED
    assert any("cas" in line for line in verdict.evidence)


def test_an_attempt_goes_on_where_its_patience_ended() -> None:
    writes = [op(n, "write", "x", n % 3, at=(0, 100)) for n in range(6)]
    reads = [op(9, "read", "x", at=(101 + n, 101.5 + n), value=v) for n, v in enumerate((0, 1))]
    prepared = Prepared(REGISTER, calls_of(history(*writes, *reads)))
    walk = Attempt(prepared, Budget(), Ways.ONE)
    answers = [walk.run(patience=1) for _ in range(200)]
    assert answers[0] is None
    assert next(answer for answer in answers if answer is not None) is False
