"""The quick passes vouch for just those objects that are in order, and say nothing of others."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.checkers.linearizable.answer import Orderable
from planc_runtime.checkers.linearizable.containers import Element
from planc_runtime.checkers.linearizable.passes.vouched import vouched
from planc_runtime.checkers.linearizable.unique.methods import judge_quickly
from planc_runtime.history import Operation, Result
from support.histories import history, number_events, op, unknown
from support.oracle import calls_of, scribbled, scribbled_element

WORDS = {"queue": ("enqueue", "dequeue"), "stack": ("push", "pop")}


def _scribbled(rng: random.Random, kind: str) -> list[Operation]:
    if kind == "set":
        return scribbled_element(rng)
    put, take = WORDS[kind]
    return scribbled(rng, [put], [take], rng.choice((4, 8, 12)))


@pytest.mark.parametrize("kind", ["queue", "stack", "set"])
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), numbered=st.booleans())
def test_what_is_vouched_for_is_what_the_exact_method_finds_in_order(
    kind: str, seed: int, numbered: bool
) -> None:
    rng = random.Random(seed)
    model = Element() if kind == "set" else MODELS[kind]
    for _ in range(8):
        made = history(*_scribbled(rng, kind))
        if numbered:
            number_events(made)
        calls = calls_of(model, list(made))
        if not calls:
            continue
        sound = vouched(made, {})
        in_order = isinstance(judge_quickly(model, calls), Orderable)
        assert list(sound.counts.values()) == ([sum(c.certain for c in calls)] if in_order else [])
        assert len(sound.rest) == (0 if in_order else len(made))


def test_objects_that_are_not_in_order_are_left_over_whole() -> None:
    good = [op(1, "push", "a", 1, at=(0, 1)), op(1, "pop", "a", at=(2, 3), value=1)]
    bad = [op(1, "push", "b", 1, at=(0, 1)), op(1, "pop", "b", at=(2, 3), value=7)]
    other = [op(1, "push", "c", 1, at=(0, 1)), unknown(2, "pop", "c", at=5)]
    sound = vouched(history(*good, *bad, *other), {})
    assert dict(sound.counts) == {"a": 2, "c": 1}
    assert [o.key for o in sound.rest] == ["b", "b"]


@pytest.mark.parametrize(
    "operations",
    [
        [op(1, "push", "a", 1, at=(0, 1)), op(1, "enqueue", "a", 1, at=(0, 1))],
        [op(1, "push", "a", 1, 2, at=(0, 1))],
        [op(1, "push", "a", 1, at=(0, 1)), op(1, "pop", ("a",), at=(2, 3), value=1)],
        [op(1, "add", "a", 1, at=(0, 1)), op(1, "read", "a", at=(2, 3), value=[1])],
        [op(1, "add", at=(0, 1))],
        [op(1, "push", "a", 1, at=(0, 1)), op(1, "pop", "a", at=(2, None), value=1)],
        [op(1, "push", "a", 1, at=(0, 1), began=0, ended=1), op(1, "pop", "a", at=(2, 3), value=1)],
    ],
)
def test_histories_of_anything_else_are_left_over(operations: list[Operation]) -> None:
    made = history(*operations)
    sound = vouched(made, {})
    assert (sound.rest, sound.counts) == (made, {})


def test_a_model_of_another_kind_is_not_second_guessed() -> None:
    made = history(op(1, "push", "a", 1, at=(0, 1)))
    for model in ("queue", lambda state, operation: state, 7):
        assert vouched(made, {"model": model}).rest is made
    assert not len(vouched(made, {"model": "stack"}).rest)


def test_the_same_value_as_number_and_as_text_came_out_of_what_it_was_put_in() -> None:
    made = history(op(1, "enqueue", "q", 7, at=(0, 1)), op(1, "dequeue", "q", at=(2, 3), value="7"))
    check = HISTORY_CHECKS["linearizable"]
    verdict = check(made, options={}, budget=Budget(0))
    assert (verdict.result, verdict.measured) == (
        Result.PASSED,
        "2 operations on 1 queue can be ordered",
    )
    wrong = history(*(replace(o, index=-1, value="8" if o.value else None) for o in made))
    assert check(wrong, options={}, budget=Budget(0)).result is Result.FAILED
