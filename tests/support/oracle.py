"""The oracle for histories of a few operations: every order is tried, none of it cleverly.

It shares no code with the checkers but the models, and is quick enough for millions of histories.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from planc_runtime.checkers.linearizable import ILLEGAL, Model
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.history import Operation, Outcome
from support.histories import op


def calls_of(model: Model, operations: Sequence[Operation]) -> list[Call]:
    """Return the calls that the checkers look at: not failed, and not uncertain reads."""
    known = [model.call(o) for o in operations if o.outcome is not Outcome.FAIL]
    calls = [pair[1] for pair in known if pair is not None]
    return [call for call in calls if call.certain or not model.pure(call)]


def can_be_ordered(model: Model, calls: Sequence[Call]) -> bool:
    """Say whether some order of the certain calls and of some uncertain ones is lawful."""
    before = [
        sum(1 << n for n, other in enumerate(calls) if other.end < call.start) for call in calls
    ]
    needed = sum(1 << n for n, call in enumerate(calls) if call.certain)
    seen: set[tuple[int, Any]] = set()
    todo: list[tuple[int, Any]] = [(0, model.initial)]
    while todo:
        done, state = todo.pop()
        if done & needed == needed:
            return True
        for number, call in enumerate(calls):
            if done >> number & 1 or before[number] & ~done:
                continue
            after = model.step(state, call)
            step = (done | 1 << number, after)
            if after is not ILLEGAL and step not in seen:
                seen.add(step)
                todo.append(step)
    return False


def scribbled(
    rng: random.Random, puts: Sequence[str], takes: Sequence[str], most: int
) -> list[Operation]:
    """Draw a small history of a container of unique values that owes nothing to any order.

    Values are put in once, and taken at most once; times are few, so that many coincide.
    """
    count = rng.randrange(1, most + 1)
    span = rng.choice((4, 8, 16, 30))
    made: list[Operation] = []
    for value in range(count):
        if len(made) >= most:
            break
        begin = rng.randrange(span)
        made.append(_timed(rng, rng.choice(puts), value, begin, span, lost=0.1))
        if rng.random() < 0.7:
            begin = min(span, begin + rng.randrange(span))
            made.append(_timed(rng, rng.choice(takes), None, begin, span, lost=0.0, value=value))
    for _ in range(rng.choice((0, 0, 1, 2))):
        made.append(_timed(rng, rng.choice(takes), None, rng.randrange(span), span, lost=0.0))
    for _ in range(rng.choice((0, 0, 1, 2, 3))):
        made.append(_timed(rng, rng.choice(takes), None, rng.randrange(span), span, lost=1.0))
    return made


def _timed(
    rng: random.Random,
    f: str,
    put: int | None,
    begin: int,
    span: int,
    lost: float,
    value: Any = None,
) -> Operation:
    end = begin + rng.randrange(1 + rng.choice((1, 3, span)))
    args = ("k",) if put is None else ("k", put)
    outcome = Outcome.UNKNOWN if rng.random() < lost else Outcome.OK
    value = value if outcome is Outcome.OK else None
    return op(0, f, *args, at=(begin, end), value=value, outcome=outcome)


def scribbled_element(rng: random.Random) -> list[Operation]:
    """Draw what was done to one element of a set, without regard to any order."""
    span = rng.choice((4, 8, 16, 30))
    made: list[Operation] = []
    for f, most, lost in (("add", 3, 0.2), ("remove", 2, 0.2), ("contains", 4, 0.0)):
        for _ in range(rng.randrange(most + 1)):
            look = rng.random() < 0.5 if f == "contains" else None
            made.append(_timed(rng, f, 1, rng.randrange(span), span, lost, look))
    return made


def scribbled_reads(rng: random.Random, put: str) -> list[Operation]:
    """Draw additions, and reads of the whole most of which fit one order, with small errors."""
    span, count = rng.choice((4, 8, 16, 30)), rng.randrange(1, 5)
    made = []
    for value in range(count):
        value = value if rng.random() < 0.8 else rng.randrange(count)
        made.append(_timed(rng, put, value, rng.randrange(span), span, lost=0.2))
    order = rng.sample(range(count), count)
    for _ in range(rng.randrange(1, 5)):
        seen = order[: rng.randrange(count + 1)]
        if rng.random() < 0.1:
            seen = rng.sample(range(count + 1), rng.randrange(count + 1))
        made.append(_timed(rng, "read", None, rng.randrange(span), span, lost=0.0, value=seen))
    return made
