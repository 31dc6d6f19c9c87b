"""Whatever stands in a history, a judge answers: it never breaks down over it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.history import History, Operation, Outcome, Result, Verdict
from support import scribbles
from support.histories import failed, history, op, unknown

WORDS = (
    "read", "get", "final_read", "write", "cas", "delete", "add", "remove", "contains", "append",
    "increment", "decrement", "enqueue", "dequeue", "push", "pop", "acquire", "release", "renew",
    "txn", "watch", "generate", "transfer", "unheard_of",
)  # fmt: skip
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(0, 3), st.floats(0, 3), st.sampled_from(["x", "y", "7"])
)
STEPS = st.lists(st.tuples(st.sampled_from(["r", "w", "append"]), PLAIN, PLAIN), max_size=3)
ANY = st.one_of(
    PLAIN,
    STEPS,
    st.lists(PLAIN, max_size=3),
    st.dictionaries(st.sampled_from(["key", "value", "revision", "token"]), PLAIN, max_size=3),
)


@st.composite
def operations(draw: st.DrawFn) -> History:
    made = []
    for _ in range(draw(st.integers(0, 6))):
        begin, lasts = draw(st.floats(0, 10)), draw(st.floats(0, 3))
        made.append(
            op(
                draw(st.integers(0, 3)),
                draw(st.sampled_from(WORDS)),
                *draw(st.lists(ANY, max_size=3)),
                at=(begin, draw(st.sampled_from([None, begin + lasts]))),
                value=draw(ANY),
                outcome=draw(st.sampled_from(Outcome)),
                node=draw(st.sampled_from([None, "n1", "n2"])),
            )
        )
    return history(*made)


@pytest.mark.parametrize("name", HISTORY_CHECKS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=operations())
def test_every_judge_answers_and_shows_why_if_it_says_no(name: str, made: History) -> None:
    _check_answer(made, HISTORY_CHECKS[name](made, options={}, budget=Budget(10_000)))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_every_judge_answers_careless_clients(seed: int) -> None:
    made = scribbles.scribbled_history(seed)
    for judge in HISTORY_CHECKS.values():
        _check_answer(made, judge(made, options={}, budget=Budget(10_000)))


def _check_answer(made: History, verdict: Verdict) -> None:
    assert verdict.measured
    json.dumps(verdict.data)
    if verdict.result is Result.FAILED:
        assert verdict.evidence
        picture = verdict.data["evidence"]
        known = {o.index for o in made}
        assert {bar["id"] for bar in picture["operations"]} <= known
        assert picture["edges"] or picture["kind"] == "operations"
        assert picture["operations"]


def test_what_judges_say_is_the_same_in_every_process() -> None:
    """Sets of texts have another order in each, and so would whatever walks through one."""
    said = [
        subprocess.run(
            [sys.executable, scribbles.__file__, "0", "40"],
            env={
                **os.environ,
                "PYTHONHASHSEED": hash_seed,
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
            check=True,
            capture_output=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert b"failed" in said[0]


@pytest.mark.parametrize("name", ["linearizable", "sequential"])
@pytest.mark.parametrize("f", ["enqueue", "push", "add", "append", "write", "cas"])
def test_a_verb_without_its_value_is_judged_like_anything_else(name: str, f: str) -> None:
    made = history(unknown(0, f, at=0.0))
    assert HISTORY_CHECKS[name](made, options={}, budget=Budget(10_000)).measured


@pytest.mark.parametrize("args", [(), ([],), ({"key": 1},), ("x", "y", "z")])
@pytest.mark.parametrize(
    ("f", "wrong"),
    [
        ("read", (op(1, "read", "x", at=(1, 2), value=7),)),
        ("contains", (op(1, "contains", "x", 1, at=(1, 2), value=True),)),
        ("dequeue", (op(1, "dequeue", "x", at=(1, 2), value=7),)),
        ("pop", (op(1, "pop", "x", at=(1, 2), value=7),)),
    ],
)
def test_a_look_that_never_answered_may_be_at_anything(
    f: str, wrong: tuple[Operation, ...], args: tuple[object, ...]
) -> None:
    made = history(*wrong, unknown(0, f, *args, at=0.0))
    verdict = HISTORY_CHECKS["linearizable"](made, options={}, budget=Budget(10_000))
    assert verdict.measured


def test_a_failed_operation_of_another_kind_is_none_of_the_quick_pass() -> None:
    made = history(
        op(1, "cas", "x", 1, 2, at=(0, 1), value=True),
        failed(1, "acquire", "lock", at=(2, 3), error="refused"),
    )
    verdict = HISTORY_CHECKS["linearizable"](made, options={}, budget=Budget(10_000))
    assert verdict.result is Result.FAILED


def test_an_addition_of_nothing_is_none_that_could_be_lost() -> None:
    made = history(
        op(0, "append", at=(0, 1)),
        op(0, "append", "x", 1, at=(2, 3)),
        op(0, "final_read", "x", at=(4, 5), value=[1]),
        op(0, "final_read", at=(6, 7), value=["a"]),
    )
    lost = HISTORY_CHECKS["no-acknowledged-write-lost"]
    verdict = lost(made, options={}, budget=Budget(10_000))
    assert verdict.result is Result.PASSED


def test_a_list_that_is_read_as_a_set_was_read_without_its_order() -> None:
    made = history(
        op(0, "append", "x", 1, at=(0, 9)),
        op(0, "read", "x", at=(2, 3), value=[1]),
        op(0, "final_read", "x", at=(4, 5), value={1, 2}),
    )
    verdict = HISTORY_CHECKS["linearizable"](made, options={}, budget=Budget(10_000))
    assert verdict.result is Result.FAILED
    assert verdict.measured == "1 was read from x, but not by a later read"


def test_what_the_quick_pass_need_not_look_at_must_still_be_of_its_kind() -> None:
    """A read of unknown outcome says nothing, but one of three arguments is no read of a key."""
    check = HISTORY_CHECKS["linearizable"]
    seen = op(0, "write", "x", 1, at=(0, 1)), op(0, "read", "x", at=(2, 3), value=1)
    for strange in (unknown(1, "read", "x", 1, 2, at=4), unknown(1, "read", "x", 1, at=4)):
        verdict = check(history(*seen, strange), options={}, budget=Budget(10_000))
        assert verdict.result is Result.INCONCLUSIVE, verdict.measured
    looked = op(0, "add", "s", 1, at=(0, 1)), op(0, "contains", "s", 1, at=(2, 3), value=True)
    strange = unknown(1, "contains", "s", 1, 2, at=4)
    verdict = check(history(*looked, strange), options={}, budget=Budget(10_000))
    assert verdict.result is Result.INCONCLUSIVE, verdict.measured


def test_a_list_of_which_reads_show_one_value_alone_is_one_of_one_element() -> None:
    made = history(
        op(0, "txn", [("append", "x", 1)], at=(0, 1), value=[("append", "x", 1)]),
        op(0, "txn", [("r", "x", None)], at=(2, 3), value=[("r", "x", 1)]),
        op(1, "txn", [("r", "x", None)], at=(2, 3), value=[("r", "x", "2")]),
    )
    verdict = HISTORY_CHECKS["read-committed"](made, options={}, budget=Budget(10_000))
    assert verdict.result is Result.FAILED
    assert "number 1 is 2 in the one, 1 in the other" in verdict.measured
