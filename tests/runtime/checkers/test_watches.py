"""What watchers are told: order, truth, agreement, completeness."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.history import Operation, Outcome, Result, Verdict
from support.histories import history, op

BOTH = ("watch-ordered", "watch-complete")


def judge(name: str, *operations: Operation) -> Verdict:
    return HISTORY_CHECKS[name](history(*operations), options={}, budget=Budget())


def write(value: int, at: float, key: str = "x") -> Operation:
    return op(1, "write", key, value, at=(at, at + 0.5))


def told(*events: Any, process: int = 5, at: float = 20) -> Operation:
    return op(process, "watch", "x", at=(at, at + 1), value=list(events))


WRITES = [write(n, n) for n in range(1, 5)]


@pytest.mark.parametrize("name", BOTH)
def test_everything_told_in_order_passes(name: str) -> None:
    verdict = judge(name, *WRITES, told(1, 2), told(3, 4, at=30), told(2, 3, process=6))
    assert verdict.result is Result.PASSED
    assert verdict.measured == "6 events told to 2 watchers are as they were written"


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ((1, 3, 2), "client 5, which watches, was told 2 after 3"),
        ((1, 1), "x = 1 was told twice"),
        ((9,), "x = 9 was told, which nobody wrote"),
    ],
)
def test_what_is_wrong_is_named(events: tuple[int, ...], reason: str) -> None:
    for name in BOTH:
        verdict = judge(name, *WRITES, told(*events))
        assert verdict.result is Result.FAILED
        assert verdict.measured.startswith(reason)
        assert any(bar["culprit"] for bar in verdict.data["evidence"]["operations"])


def test_a_gap_matters_only_where_all_must_be_told() -> None:
    assert judge("watch-ordered", *WRITES, told(1, 4)).result is Result.PASSED
    verdict = judge("watch-complete", *WRITES, told(1, 4))
    assert verdict.result is Result.FAILED
    assert verdict.measured == "x = 2 was never told to client 5, which watches"
    # What was written before the first event or after the last may lie outside the watch.
    assert judge("watch-complete", *WRITES, told(2, 3)).result is Result.PASSED


def test_a_write_of_unknown_outcome_may_be_told_or_not() -> None:
    maybe = replace(WRITES[1], outcome=Outcome.UNKNOWN)
    rest = [WRITES[0], *WRITES[2:]]
    assert judge("watch-complete", maybe, *rest, told(1, 3, 4)).result is Result.PASSED
    assert judge("watch-complete", maybe, *rest, told(1, 2, 3, 4)).result is Result.PASSED
    aborted = replace(maybe, outcome=Outcome.FAIL)
    assert judge("watch-ordered", aborted, *rest, told(1, 2)).result is Result.FAILED


def test_watchers_agree_on_the_order_of_concurrent_writes() -> None:
    writes = [op(n, "write", "x", n, at=(0, 10)) for n in (1, 2)]
    one, other = told(1, 2), told(2, 1, process=6)
    assert judge("watch-ordered", *writes, one).result is Result.PASSED
    assert judge("watch-ordered", *writes, other).result is Result.PASSED
    verdict = judge("watch-ordered", *writes, one, other)
    assert verdict.result is Result.FAILED
    assert "the other way" in verdict.measured


def test_revisions_never_go_back() -> None:
    events = [{"value": n, "revision": r} for n, r in ((1, 4), (2, 3))]
    verdict = judge("watch-ordered", *WRITES, told(*events))
    assert verdict.measured == "revision 3 was told after 4"


def test_records_name_keys_and_deletes() -> None:
    writes = [write(1, 1, "a"), op(1, "delete", "a", at=(2, 3)), write(2, 4, "b")]
    events = [{"key": "a", "value": 1}, {"key": "a", "value": None}, {"key": "b", "value": 2}]
    everything = op(5, "watch", at=(20, 21), value=events)
    assert judge("watch-complete", *writes, everything).result is Result.PASSED
    dropped = replace(everything, value=[events[0], {"key": "a", "value": 3}])
    again = write(3, 3.2, "a")
    assert judge("watch-complete", *writes, again, dropped).measured.startswith(
        "a = nothing was never told to client "
    )


def test_no_watcher_or_no_event_is_inconclusive() -> None:
    assert judge("watch-ordered", *WRITES).result is Result.INCONCLUSIVE
    assert judge("watch-ordered", *WRITES, told()).result is Result.INCONCLUSIVE
    for name in BOTH:
        assert judge(name, *WRITES, told(1), told(2, process=6)).result is Result.INCONCLUSIVE


def test_a_watcher_that_looks_again_and_again_in_vain_is_left_behind() -> None:
    looks = [told(at=at) for at in (30, 40, 50)]
    assert judge("watch-ordered", *WRITES, told(1, 2), *looks).result is Result.PASSED
    verdict = judge("watch-complete", *WRITES, told(1, 2), *looks)
    assert verdict.result is Result.INCONCLUSIVE
    assert verdict.measured == (
        "client 5, which watches, was not told of x = 3, though it looked 4 times after that was"
        " written: it may lag, or have lost it"
    )
    assert judge("watch-complete", *WRITES, told(1, 2), *looks[:1]).result is Result.PASSED
    assert judge("watch-complete", *WRITES, told(1, 2), *looks, told(3, 4, at=60)).result is (
        Result.PASSED
    )
    # One that was told nothing at all is behind with what was written after it began to look.
    early = [told(at=at, process=6) for at in (0, 30, 40, 50)]
    silent = judge("watch-complete", *WRITES, told(1, 2, 3, 4), *early)
    assert silent.measured.startswith("client 6, which watches, was not told of x = 2")


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_any_damage_to_what_was_told_is_found(seed: int) -> None:
    """Writers one after the other: then the events are known in full, and so is every mistake."""
    rng = random.Random(seed)
    writes = [write(n, n) for n in range(1, rng.randrange(4, 12))]
    start = rng.randrange(len(writes) - 2)
    seen = [w.args[1] for w in writes[start:]]
    cut = rng.randrange(len(seen) + 1)
    for name in BOTH:
        fine = judge(name, *writes, told(*seen[:cut]), told(*seen[cut:], at=30))
        assert fine.result is Result.PASSED
    victim = rng.randrange(1, len(seen) - 1)
    swapped = list(seen)
    swapped[victim], swapped[victim - 1] = swapped[victim - 1], swapped[victim]
    invented = [*seen[:victim], 999, *seen[victim:]]
    doubled = [*seen[:victim], seen[victim - 1], *seen[victim:]]
    for events in (swapped, invented, doubled):
        assert judge("watch-ordered", *writes, told(*events)).result is Result.FAILED
    dropped = [*seen[:victim], *seen[victim + 1 :]]
    assert judge("watch-complete", *writes, told(*dropped)).result is Result.FAILED
    unacknowledged = [
        replace(w, outcome=Outcome.FAIL) if w.args[1] == seen[victim] else w for w in writes
    ]
    assume(len(seen) > 2)
    assert judge("watch-ordered", *unacknowledged, told(*seen)).result is Result.FAILED
