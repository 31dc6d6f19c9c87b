"""Leases: locks that end by themselves, judged with the moments at which they may have been got."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.history import Operation, Outcome, Result, Verdict
from support.histories import brute_force, history, op


def judge(*operations: Operation, name: str = "linearizable") -> Verdict:
    return HISTORY_CHECKS[name](history(*operations), options={}, budget=Budget())


def acquire(owner: str, ttl: float, *at: float, value: Any = None) -> Operation:
    return op(ord(owner), "acquire", "l", owner, ttl, at=(at[0], at[1]), value=value)


def renew(owner: str, ttl: float, *at: float) -> Operation:
    return op(ord(owner), "renew", "l", owner, ttl, at=(at[0], at[1]))


def release(owner: str, *at: float) -> Operation:
    return op(ord(owner), "release", "l", owner, at=(at[0], at[1]))


ANN = acquire("a", 5, 0, 1)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ([acquire("b", 5, 5, 6)], Result.PASSED),
        ([acquire("b", 5, 3, 4)], Result.FAILED),
        # It may have been given as soon as it was asked for, and so be over at 5.
        ([acquire("b", 5, 3, 5)], Result.PASSED),
        ([acquire("b", 5, 3, 4.9)], Result.FAILED),
        ([acquire("b", 5, 3, 4, value=False)], Result.PASSED),
        ([release("a", 2, 3), acquire("b", 5, 3, 4)], Result.PASSED),
        ([release("b", 2, 3), acquire("b", 5, 3, 4)], Result.FAILED),
        ([renew("a", 5, 4, 4.5), acquire("b", 5, 8, 8.9)], Result.FAILED),
        ([renew("a", 5, 4, 4.5), acquire("b", 5, 8, 9)], Result.PASSED),
        ([renew("b", 5, 2, 3)], Result.FAILED),
        # Who is first again at the end of the one before waits for the end of that one.
        ([acquire("b", 5, 4, 9), acquire("c", 5, 9, 9.9)], Result.FAILED),
        ([acquire("b", 5, 4, 9), acquire("c", 5, 9, 10)], Result.PASSED),
    ],
)
def test_a_lease_lasts_until_it_is_released_or_over(
    rest: list[Operation], expected: Result
) -> None:
    verdict = judge(ANN, *rest)
    assert verdict.result is expected
    if expected is Result.PASSED:
        assert "on 1 lease can be ordered" in verdict.measured


def test_who_asks_again_in_the_same_words_gets_another_lease() -> None:
    again = [acquire("a", 5, n, n + 0.4) for n in range(4)]
    given_back = [release("a", n + 0.5, n + 0.9) for n in range(4)]
    assert judge(*again, *given_back).result is Result.PASSED
    assert judge(*again, *given_back[:2], acquire("b", 5, 9, 9.5)).result is Result.FAILED


def test_a_lock_without_a_time_to_live_stays_a_lock() -> None:
    locked = [op(n, "acquire", "l", at=(n, n + 0.5)) for n in (1, 2)]
    assert judge(locked[0]).measured == "1 operation on 1 lock can be ordered"
    assert judge(*locked).result is Result.FAILED


def _leased(rng: random.Random, *, broken: bool) -> list[Operation]:
    """Return what clients of a lease server saw; a broken one looks at nobody's lease."""
    drafts = []
    for process in range(3):
        clock = rng.random()
        for _ in range(2):
            begin, end = clock, clock + 0.1 + rng.random() * 2
            kind = rng.choice(["acquire", "acquire", "renew", "release"])
            ttl = () if kind == "release" else (round(0.2 + rng.random() * 3, 3),)
            made = op(process, kind, "l", f"c{process}", *ttl, at=(begin, end), value=True)
            made.outcome = rng.choice([Outcome.OK, Outcome.OK, Outcome.OK, Outcome.UNKNOWN])
            drafts.append((rng.uniform(begin, end), made))
            clock = end + rng.random()
    owner, until = "", 0.0
    for moment, made in sorted(drafts, key=lambda draft: draft[0]):
        mine = owner == made.args[1]
        free = not owner or moment >= until
        granted = {"acquire": free or broken, "renew": mine and not free, "release": mine}[made.f]
        if granted and made.f == "release":
            owner = ""
        elif granted:
            owner, until = made.args[1], max(until if mine else 0.0, moment + made.args[2])
        made.value = granted
    return [made for _, made in drafts]


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_a_lease_server_grants_can_be_ordered(seed: int) -> None:
    made = _leased(random.Random(seed), broken=False)
    assume(any(o.outcome is Outcome.OK and o.f == "acquire" for o in made))
    assert judge(*made).result is Result.PASSED


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_verdict_is_that_of_trying_every_order(seed: int) -> None:
    made = _leased(random.Random(seed), broken=True)
    assume(any(o.outcome is Outcome.OK for o in made))
    assume(any(o.f == "renew" or len(o.args) == 3 for o in made))
    expected = Result.PASSED if brute_force(MODELS["lease"], made) else Result.FAILED
    assert judge(*made).result is expected
    if judge(*made, name="mutually-exclusive").result is Result.FAILED:
        assert expected is Result.FAILED
