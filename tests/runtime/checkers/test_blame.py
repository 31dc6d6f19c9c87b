"""Of a violation one operation is pointed at, and accused of what is true."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable.models import Register
from planc_runtime.checkers.words import duration
from planc_runtime.history import History, Operation, Outcome, Result, Verdict
from support.histories import Shape, brute_force, history, lawful, op, unknown


def judge(of: History) -> Verdict:
    return HISTORY_CHECKS["linearizable"](of, options={}, budget=Budget())


def blamed(verdict: Verdict) -> int:
    [culprit] = [each["id"] for each in verdict.data["evidence"]["operations"] if each["culprit"]]
    return int(culprit)


CASES = {
    "a stale read, while the newer value was still being written": (
        history(
            op(1, "write", "x", 7, at=(1.0, 2.0)),
            op(2, "write", "x", 9, at=(2.5, 9.0)),
            op(3, "read", "x", at=(3.0, 3.5), value=9),
            op(4, "read", "x", at=(3.62, 4.0), value=7),
        ),
        3,
        "client 4 read x = 7 although client 3 had already read the newer x = 9, answered 120 ms"
        " before this read began",
    ),
    "an acknowledged write that nobody sees": (
        history(
            op(1, "write", "x", 7, at=(1.0, 2.0)),
            op(3, "read", "x", at=(3.5, 3.6)),
            op(2, "write", "x", 8, at=(3.55, 7.0)),
            op(2, "read", "x", at=(8, 9), value=8),
        ),
        1,
        "client 3 read x = nothing although client 1 had written x = 7, acknowledged 1.5 s before"
        " the read began",
    ),
    "a read of what is yet to be written": (
        history(
            op(1, "read", "x", at=(1.0, 2.0), value=9),
            op(2, "write", "x", 9, at=(2.035, 3.0)),
        ),
        0,
        "client 1 read x = 9, answered 35 ms before client 2 began to write it",
    ),
    "a cas that was undone": (
        history(
            op(1, "write", "x", 1, at=(0.0, 0.5)),
            op(2, "cas", "x", 1, 2, at=(1.0, 2.0), value=True),
            op(3, "read", "x", at=(2.0001, 3.0), value=1),
        ),
        2,
        "client 3 read x = 1 although client 2 had changed x from 1 to 2, acknowledged 100 µs"
        " before the read began",
    ),
    "a delete that was undone, of a value that was written twice": (
        history(
            op(1, "write", "x", 1, at=(0.0, 0.5)),
            op(4, "write", "x", 1, at=(0.0, 0.6)),
            op(2, "delete", "x", at=(1.0, 2.0)),
            op(3, "read", "x", at=(2.5, 3.0), value=1),
        ),
        3,
        "client 3 read x = 1 although client 2 had deleted x, acknowledged 500 ms before the read"
        " began",
    ),
    "a value that nobody wrote": (
        history(op(1, "write", "x", 1, at=(0, 1)), op(2, "read", "x", at=(2, 3), value=5)),
        1,
        "x never held 5: nobody wrote it",
    ),
    "a set that forgot": (
        history(
            op(1, "add", "s", 1, at=(0, 9)),
            op(2, "contains", "s", 1, at=(1, 2), value=True),
            op(3, "contains", "s", 1, at=(3, 4), value=False),
        ),
        2,
        None,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_who_is_to_blame_and_for_what(case: str) -> None:
    operations, culprit, sentence = CASES[case]
    verdict = judge(operations)
    assert verdict.result is Result.FAILED
    assert blamed(verdict) == culprit
    if sentence is not None:
        assert verdict.measured == sentence


def test_two_cas_of_unknown_outcome_that_must_both_have_happened() -> None:
    """One of them found what it left itself: that it happened is shown by the other alone."""
    operations = history(
        unknown(0, "cas", "x", 2, 1, at=1.0),
        unknown(1, "cas", "x", 2, 2, at=3.0),
        op(2, "read", "x", at=(5.0, 6.0), value=1),
    )
    verdict = judge(operations)
    assert verdict.result is Result.FAILED
    assert not brute_force(Register(), operations)
    assert verdict.data["operations"] == [0, 1, 2]
    assert blamed(verdict) == 2


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 1 << 32), st.sampled_from([None, 3]))
def test_the_others_can_be_ordered_and_the_accusation_is_true(
    seed: int, values: int | None
) -> None:
    """A lawful history with one answer swapped: whatever is found to be wrong, it is shown."""
    rng = random.Random(seed)
    kinds = ("read", "read", "write") if values is None else ("read", "read", "write", "cas")
    shape = Shape(operations=7, values=values, unknown=0.1, kinds=kinds)
    operations = _one_swapped(rng, lawful(rng, Register(), shape))
    verdict = judge(operations)
    if verdict.result is not Result.FAILED:
        return
    proof = [operations[index] for index in verdict.data["operations"]]
    culprit = operations[blamed(verdict)]
    assert culprit in proof
    if values is not None:
        # The search shows its violation by the moment at which it got stuck.
        proof = [_as_seen_by(culprit, each) for each in proof]
    reads = [each for each in proof if each.f == "read" and _in_order(proof, each)]
    assert _in_order(proof, culprit) or len(proof) == 1
    assert not reads or culprit in reads
    _check_accusation(verdict.measured, culprit, proof)


def _one_swapped(rng: random.Random, lawful_one: History) -> History:
    reads = [o for o in lawful_one if o.f == "read" and o.outcome is Outcome.OK]
    written = [o.args[-1] for o in lawful_one if o.f in ("write", "cas")]
    if not reads:
        return lawful_one
    wrong = rng.choice(reads)
    answer = rng.choice([*written, None])
    return History([replace(o, value=answer) if o is wrong else o for o in lawful_one])


def _in_order(proof: list[Operation], without: Operation) -> bool:
    """Say whether a proof proves nothing once one of its operations is not claimed any more."""
    rest = [o for o in proof if o is not without]
    if without.f != "read":
        rest.append(replace(without, outcome=Outcome.UNKNOWN, value=None))
    return brute_force(Register(), rest)


def _as_seen_by(culprit: Operation, other: Operation) -> Operation:
    """Return an operation as it was known when the culprit ended: open ones may not happen."""
    assert culprit.completed is not None
    still_open = other.completed is None or other.completed > culprit.completed
    if still_open and other.f != "read":
        return replace(other, outcome=Outcome.UNKNOWN, value=None)
    return other


def _check_accusation(said: str, culprit: Operation, proof: list[Operation]) -> None:
    found = re.fullmatch(
        r"client (\d+) read .* although client (\d+) had (.*), (?:answered|acknowledged) (.+)"
        r" before (?:this|the) read began", said,
    )  # fmt: skip
    if found is None:
        return
    accuser, gap = int(found[2]), found[4]
    assert culprit.process == int(found[1])
    assert any(
        other.process == accuser
        and other.completed is not None
        and other.completed < culprit.invoked
        and duration(culprit.invoked - other.completed) == gap
        for other in proof
    )


def test_a_long_chain_is_not_tried_one_by_one() -> None:
    """Every cas found what the one before left; real time puts the first behind the last."""
    chain = [op(1, "cas", "x", n, n + 1, at=(100, 101), value=True) for n in range(1, 100)]
    verdict = judge(
        history(op(0, "write", "x", 1, at=(200, 201)), *chain, unknown(2, "write", "x", 1000, at=1))
    )
    assert verdict.result is Result.FAILED
    assert blamed(verdict) >= 0
