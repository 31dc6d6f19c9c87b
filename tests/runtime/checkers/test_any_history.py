"""Whatever stands in a history, a judge answers: it never breaks down over it."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.history import History, Operation, Outcome, Result
from support.histories import history, op, unknown

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
    verdict = HISTORY_CHECKS[name](made, options={}, budget=Budget(10_000))
    assert verdict.measured
    json.dumps(verdict.data)
    if verdict.result is Result.FAILED:
        assert verdict.evidence
        picture = verdict.data["evidence"]
        known = {o.index for o in made}
        assert {bar["id"] for bar in picture["operations"]} <= known
        assert picture["edges"] or picture["kind"] == "operations"
        assert picture["operations"]


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
