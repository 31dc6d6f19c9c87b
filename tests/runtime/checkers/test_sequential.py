"""Sequential consistency: each process's order, whatever the clock says."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import ILLEGAL, MODELS
from planc_runtime.checkers.linearizable.telling import nothing_told
from planc_runtime.history import History, Operation, Outcome, Result, Verdict
from support.histories import Shape, history, lawful, op


def judge(*operations: Operation, states: int = 100_000) -> Verdict:
    return HISTORY_CHECKS["sequential"](history(*operations), options={}, budget=Budget(states))


def test_a_stale_read_by_another_process_is_allowed() -> None:
    verdict = judge(
        op(1, "write", "x", 1, at=(0, 1)),
        op(2, "read", "x", at=(2, 3), value=None),
        op(2, "read", "x", at=(4, 5), value=1),
    )
    assert verdict.result is Result.PASSED
    assert verdict.wanted == "sequential"


def test_a_process_that_goes_back_is_not() -> None:
    noise = [op(7, "write", "y", n, at=(n, n + 0.5)) for n in range(5)]
    verdict = judge(
        *noise,
        op(1, "write", "x", 1, at=(0, 1)),
        op(2, "read", "x", at=(2, 3), value=1),
        op(2, "read", "x", at=(4, 5), value=None),
    )
    assert verdict.result is Result.FAILED
    assert len(verdict.evidence) == 2


def test_it_is_not_judged_object_by_object() -> None:
    """Each queue alone can be ordered, both together cannot (Herlihy and Wing, 1990)."""
    operations = (
        op(1, "write", "x", 1, at=(0, 1)),
        op(1, "read", "y", at=(2, 3), value=None),
        op(2, "write", "y", 1, at=(0, 1)),
        op(2, "read", "x", at=(2, 3), value=None),
    )
    assert judge(*operations).result is Result.FAILED
    for key in "xy":
        assert judge(*(o for o in operations if o.key == key)).result is Result.PASSED


def test_out_of_budget_is_inconclusive() -> None:
    writes = [op(p, "write", "x", f"{p}{n}", at=(n, n + 0.5)) for p in range(5) for n in range(5)]
    reads = [op(9, "read", "x", at=(20, 21), value="00"), op(9, "read", "x", at=(22, 23))]
    assert judge(*writes, *reads, states=50).result is Result.INCONCLUSIVE


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_verdict_is_that_of_trying_every_order(seed: int) -> None:
    rng = random.Random(seed)
    shape = Shape(operations=6, keys=2, values=2, unknown=0.1)
    made = list(lawful(rng, MODELS["register"], shape))
    victim = rng.randrange(len(made))
    made[victim] = replace(made[victim], value=rng.choice([None, 0, 1]))
    assume(any(o.outcome is Outcome.OK for o in made))
    lawful_still = Result.INCONCLUSIVE if nothing_told(history(*made), {}) else Result.PASSED
    expected = lawful_still if _orderable(history(*made)) else Result.FAILED
    assert judge(*made).result is expected


def _orderable(made: History) -> bool:
    certain = [o for o in made if o.outcome is Outcome.OK]
    maybe = [o for o in made if o.outcome is Outcome.UNKNOWN and o.f != "read"]
    return any(
        _runs(order)
        for mask in range(1 << len(maybe))
        for order in permutations([*certain, *(o for i, o in enumerate(maybe) if mask & 1 << i)])
    )


def _runs(order: tuple[Operation, ...]) -> bool:
    states: dict[object, object] = {}
    latest: dict[int, int] = {}
    for operation in order:
        if operation.index < latest.get(operation.process, -1):
            return False
        latest[operation.process] = operation.index
        known = MODELS["register"].call(operation)
        assert known is not None
        after = MODELS["register"].step(states.get(known[0]), known[1])
        if after is ILLEGAL:
            return False
        states[known[0]] = after
    return True
