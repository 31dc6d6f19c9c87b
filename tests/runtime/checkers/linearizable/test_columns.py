"""Columns say of a history just what looking at one operation after the other says.

Wherever a block of operations ends, whatever keys and values look like, and whatever is missing.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.checkers.linearizable import MODELS
from planc_runtime.checkers.linearizable.passes import columns
from planc_runtime.checkers.linearizable.passes.registers import by_columns, one_by_one
from planc_runtime.checkers.linearizable.passes.verbs import Unfit
from planc_runtime.history import Operation, Outcome
from support.histories import Shape, lawful, number_events

KINDS = (("read", "write"), ("read", "write", "cas", "delete"), ("read", "cas", "cas", "write"))
FORMS: tuple[Any, ...] = (
    lambda number: number,
    str,
    lambda number: number - 2,
    lambda number: number * 10**15,
    lambda number: f"0{number}",
    lambda number: f"v{number}",
    lambda number: float(number),
    lambda number: [number, "x"],
    lambda number: number % 2 == 0,
    lambda number: None if number < 2 else str(number),
    lambda number: (-(2**63), 2**63, 2**63 - 1, "", "-0", "1,2")[number % 6],
)


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32), numbered=st.booleans(), block=st.sampled_from([1, 3, 7, 4096]))
def test_columns_vouch_for_what_single_operations_vouch_for(
    seed: int, numbered: bool, block: int
) -> None:
    rng = random.Random(seed)
    made = _drawn(rng, numbered)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "BLOCK", block)
        assert _told(by_columns, made) == _told(one_by_one, made)


def _drawn(rng: random.Random, numbered: bool) -> list[Operation]:
    shape = Shape(
        operations=rng.randrange(1, 40),
        processes=rng.choice([1, 3, 6]),
        keys=rng.choice([1, 2, 5]),
        values=rng.choice([None, 2, 5]),
        unknown=rng.choice([0, 0.2]),
        kinds=rng.choice(KINDS),
        hits=0.7,
    )
    made = lawful(rng, MODELS["register"], shape)
    for operation in made:
        if operation.outcome is Outcome.FAIL and rng.random() < 0.5:
            operation.outcome, operation.value = Outcome.OK, False
    if numbered:
        number_events(made)
    _reform(rng, made.operations)
    if rng.random() < 0.3:
        _spoil(rng, rng.choice(made.operations))
    return made.operations


def _reform(rng: random.Random, operations: list[Operation]) -> None:
    """Let values look different where they are written and where they are read."""
    written, read = (rng.choices(FORMS, k=rng.choice([1, 1, 2])) for _ in range(2))
    for operation in operations:
        name, *values = operation.args
        form = rng.choice(written)
        operation.args = (name, *(form(int(value)) for value in values))
        if operation.f == "read" and operation.value is not None:
            operation.value = rng.choice([*read, form])(int(operation.value))


def _spoil(rng: random.Random, operation: Operation) -> None:
    match rng.randrange(5):
        case 0:
            operation.args = operation.args[:-1]
        case 1:
            operation.args = (rng.choice([7, True, None, ("k", 1), ["k"]]), *operation.args[1:])
        case 2:
            operation.f = rng.choice(["get", "enqueue"])
        case 3:
            operation.ended = -1
        case _:
            operation.began = -1


def _told(tell: Any, operations: list[Operation]) -> object:
    try:
        told = tell(operations)
    except Unfit:
        return "unfit"
    return told.counts, told.good, {operation.index for operation in told.rest}
