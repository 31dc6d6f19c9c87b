"""Locks, leases and fencing tokens."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.checkers.order import precedes
from planc_runtime.history import Operation, Outcome, Result, Verdict
from support.histories import Shape, failed, history, lawful, op, unknown


def judge(name: str, *operations: Operation, **options: Any) -> Verdict:
    return HISTORY_CHECKS[name](history(*operations), options=options, budget=Budget())


def acquire(process: int, at: float, *args: Any, value: Any = None) -> Operation:
    return op(process, "acquire", "l", *args, at=(at, at + 0.5), value=value)


def release(process: int, at: float) -> Operation:
    return op(process, "release", "l", at=(at, at + 0.5))


def test_one_after_the_other_is_exclusive() -> None:
    verdict = judge(
        "mutually-exclusive", acquire(1, 0), release(1, 2), acquire(2, 2.2), release(2, 5)
    )
    assert verdict.result is Result.PASSED
    assert verdict.measured == "2 holdings never overlapped"


def test_two_holders_at_once_are_named() -> None:
    verdict = judge("mutually-exclusive", acquire(1, 0), acquire(2, 1), release(1, 3))
    assert verdict.result is Result.FAILED
    measured = "client 2 got l at 1.500 s, which client 1 held from 0.500 s until 3.000 s"
    assert verdict.measured == measured
    assert verdict.data["operations"] == [0, 1, 2]


def test_refused_failed_and_unknown_acquires_hold_nothing() -> None:
    others = [acquire(2, 1, value=False), unknown(3, "acquire", "l", at=1.2)]
    assert judge("mutually-exclusive", acquire(1, 0), *others).result is Result.INCONCLUSIVE


def test_a_release_of_unknown_outcome_may_have_released() -> None:
    lost = unknown(1, "release", "l", at=2)
    assert judge("mutually-exclusive", acquire(1, 0), lost, acquire(2, 3)).result is Result.PASSED


@pytest.mark.parametrize(("at", "expected"), [(4.0, Result.FAILED), (5.1, Result.PASSED)])
def test_a_lease_ends_by_itself(at: float, expected: Result) -> None:
    leases = [acquire(1, 0, "a", 5), acquire(2, at, "b", 5)]
    assert judge("mutually-exclusive", *leases).result is expected
    plain = [acquire(1, 0), acquire(2, at)]
    assert judge("mutually-exclusive", *plain, ttl=5).result is expected


def test_a_lease_that_was_renewed_lasts_longer() -> None:
    renewed = op(1, "renew", "l", "a", 5, at=(4, 4.5))
    leases = [acquire(1, 0, "a", 5), acquire(2, 7, "b", 5)]
    assert judge("mutually-exclusive", *leases).result is Result.PASSED
    assert judge("mutually-exclusive", *leases, renewed).result is Result.FAILED
    late = replace(renewed, invoked=5.5, completed=6.0)
    assert judge("mutually-exclusive", *leases, late).result is Result.PASSED


def test_owners_are_told_by_their_names() -> None:
    verdict = judge("mutually-exclusive", acquire(1, 0, "ann"), acquire(2, 1, "ben"))
    assert verdict.measured == "ben got l at 1.500 s, which ann held from 0.500 s for good"


def test_different_locks_do_not_exclude_each_other() -> None:
    other = op(2, "acquire", "m", at=(1, 2))
    assert judge("mutually-exclusive", acquire(1, 0), other).result is Result.INCONCLUSIVE
    handed_over = (acquire(1, 0), other, release(1, 3), acquire(3, 4))
    assert judge("mutually-exclusive", *handed_over).result is Result.PASSED


def test_one_owner_alone_tests_nothing() -> None:
    verdict = judge("mutually-exclusive", acquire(1, 0), release(1, 2), acquire(1, 4))
    assert verdict.result is Result.INCONCLUSIVE
    assert verdict.measured == "no two owners ever got the same lock, so nothing was tested"


def test_who_was_refused_a_release_relies_on_the_lock_no_more() -> None:
    refused = failed(1, "release", "l", at=(3, 3.5), error="409")
    after = judge("mutually-exclusive", acquire(1, 0), refused, acquire(2, 4))
    assert after.result is Result.PASSED
    both = judge("mutually-exclusive", acquire(1, 0), acquire(2, 2), refused)
    assert both.result is Result.FAILED
    # It is the end of the holding before it, and of none that begins later.
    later = judge("mutually-exclusive", acquire(2, 0), release(2, 1), refused, acquire(1, 4),
                  acquire(2, 5))  # fmt: skip
    assert later.result is Result.FAILED


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_overlaps_are_found_as_by_comparing_all_pairs(seed: int) -> None:
    rng = random.Random(seed)
    operations: list[Operation] = []
    spans: list[tuple[int, float, float]] = []
    for process in range(4):
        clock = rng.random() * 3
        for _ in range(rng.randrange(3)):
            held, free = clock + 0.5, clock + 0.5 + rng.random() * 3
            operations += [acquire(process, clock), release(process, free)]
            spans.append((process, held, free))
            clock = free + 0.5 + rng.random() * 6
    clash = any(
        one[0] != two[0] and max(one[1], two[1]) < min(one[2], two[2])
        for one, two in combinations(spans, 2)
    )
    verdict = judge("mutually-exclusive", *operations)
    assert (verdict.result is Result.FAILED) == clash


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_lawful_lock_is_exclusive_until_a_release_is_dropped(seed: int) -> None:
    rng = random.Random(seed)
    shape = Shape(operations=30, kinds=("acquire", "release"), unknown=0)
    made = list(lawful(rng, MODELS["lock"], shape))
    assert judge("mutually-exclusive", *made).result is not Result.FAILED
    # Who asked in vain gives the lock up as well.
    made = [o for o in made if o.f != "release" or o.outcome is Outcome.OK]
    released = [o for o in made if o.f == "release" and o.outcome is Outcome.OK]
    after = max((o.completed or 0 for o in made), default=0) + 1
    if released:
        kept = [o for o in made if o is not released[-1]]
        taker = op(77, "acquire", "k0", at=(after, after + 1))
        free = [o for o in kept if o.invoked > released[-1].invoked and o.outcome is Outcome.OK]
        if not free:
            assert judge("mutually-exclusive", *kept, taker).result is Result.FAILED


def test_tokens_grow_and_older_ones_are_refused() -> None:
    grants = [acquire(1, 0, value=1), acquire(2, 5, value={"token": 2})]
    writes = [
        op(2, "write", "x", "b", 2, at=(6, 7)),
        op(1, "write", "x", "a", 1, at=(8, 9)),
    ]
    assert judge("fenced", *grants, writes[0]).result is Result.PASSED
    verdict = judge("fenced", *grants, *writes)
    assert verdict.result is Result.FAILED
    assert (
        verdict.measured
        == "writes to x: token 1 of client 1 was accepted after token 2 of client 2"
    )
    refused = replace(writes[1], outcome=Outcome.FAIL)
    assert judge("fenced", *grants, writes[0], refused).result is Result.PASSED


@pytest.mark.parametrize("token", [1, 0])
def test_a_token_given_out_again_or_a_smaller_one_is_found(token: int) -> None:
    grants = [acquire(1, 0, value=1), acquire(2, 5, value=token)]
    verdict = judge("fenced", *grants)
    assert verdict.result is Result.FAILED
    before = "the same one" if token == 1 else "token 1"
    assert verdict.measured == (
        f"grants of l: token {token} was given to client 2 after {before} to client 1"
    )


def test_concurrent_operations_may_carry_any_tokens() -> None:
    writes = [
        op(1, "write", "x", "a", 1, at=(0, 9)),
        op(2, "write", "x", "b", 2, at=(0, 9)),
    ]
    assert judge("fenced", *writes).result is Result.INCONCLUSIVE


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_tokens_are_judged_as_by_comparing_all_pairs(seed: int) -> None:
    rng = random.Random(seed)
    writes = []
    for process in range(6):
        begin = rng.random() * 10
        at = (begin, begin + rng.random() * 3)
        writes.append(op(process, "write", "x", process, rng.randrange(4), at=at))
    back = any(precedes(one, two) and one.args[2] > two.args[2] for one in writes for two in writes)
    assert (judge("fenced", *writes).result is Result.FAILED) == back
