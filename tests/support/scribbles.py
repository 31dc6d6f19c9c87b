"""Histories of anything at all: what careless clients of real systems may hand to a judge.

Verbs stand with the wrong arguments, answers are of any shape, sets are among them. `python -m
support.scribbles` prints what all judges say of some, for comparing two runs.
"""

from __future__ import annotations

import random
import sys
from typing import Any

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.history import History, Operation, Outcome
from support.histories import history, number_events, op

_FAMILIES: tuple[tuple[str, ...], ...] = (
    ("read", "get", "final_read", "write", "put", "set", "cas", "delete"),
    ("add", "remove", "contains"),
    ("add", "read", "final_read"),
    ("append", "read", "final_read"),
    ("increment", "decrement", "read"),
    ("enqueue", "dequeue", "drain"),
    ("push", "pop"),
    ("acquire", "release", "renew"),
    ("txn", "read", "write"),
    ("transfer", "read", "txn"),
    ("generate", "next_id"),
    ("watch", "write", "delete", "put"),
    ("send", "receive", "publish", "consume"),
    ("read", "write", "cas", "add", "enqueue", "dequeue", "txn", "watch", "acquire"),
)
_SCALARS = (1, 2, 3, "1", 0, -1, 2.5, None, True, "", *"abcdef", *"abcdef")
_ODD: tuple[Any, ...] = (
    b"x", float("nan"), float("inf"), 10**30, "\ud800", [[1]], [None], (1,), {"a": {"b": [1]}},
    {"token": 3}, {"token": "3", "revision": 2},
)  # fmt: skip
_ODD_STEPS: tuple[Any, ...] = ((), ("r",), {"r": 1}, "rxy", ("q", "x", 1), ("w", {}, []))


def scribbled_history(seed: int) -> History:
    """Draw a history of a few operations of one trade or another."""
    rng = random.Random(seed)
    family, span = rng.choice(_FAMILIES), rng.choice((4, 8, 16, 30))
    made = history(*(_operation(rng, family, span) for _ in range(rng.randrange(1, 11))))
    if rng.random() < 0.5 and all(o.completed is not None or o.outcome != "ok" for o in made):
        number_events(made)
    return made


def _operation(rng: random.Random, family: tuple[str, ...], span: int) -> Operation:
    f = rng.choice(family)
    begin = rng.randrange(span)
    end: float | None = begin + rng.randrange(1 + rng.choice((1, 3, span)))
    outcome = rng.choice(list(Outcome)) if rng.random() < 0.3 else Outcome.OK
    if outcome is Outcome.UNKNOWN:
        end = rng.choice([None, end])
    args = _arguments(rng, f)
    return op(
        rng.randrange(3),
        f,
        *args,
        at=(begin, end),
        value=_answer(rng, f, args),
        outcome=outcome,
        workload=rng.choice(["load", "load", "other", ""]),
        node=rng.choice([None, "n1", "n2", "n3"]),
    )


def _arguments(rng: random.Random, f: str) -> list[Any]:
    if rng.random() < 0.05:
        return [_anything(rng) for _ in range(rng.randrange(4))]
    if f == "txn":
        return [[_step(rng) for _ in range(rng.randrange(4))]]
    key = [rng.choice(["x", "x", "x", "y", 1])] if rng.random() < 0.9 else []
    return key + [
        rng.choice(_SCALARS) if rng.random() < 0.85 else _anything(rng)
        for _ in range(rng.choice([0, 1, 1, 2]))
    ]


def _answer(rng: random.Random, f: str, args: list[Any]) -> Any:
    if f in ("write", "put", "delete") and rng.random() < 0.7:
        return None
    if f == "txn" and args and isinstance(args[0], list) and rng.random() < 0.9:
        return [_answered(rng, step) for step in args[0]]
    return _anything(rng)


def _answered(rng: random.Random, step: Any) -> Any:
    if isinstance(step, tuple) and len(step) == 3 and step[0] == "r":
        return ("r", step[1], rng.choice([None, 1, 2, [1], [1, 2]]))
    return step


def _step(rng: random.Random) -> Any:
    key = rng.choice("xyz")
    match rng.randrange(20):
        case 0:
            return rng.choice(_ODD_STEPS)
        case lot if lot < 7:
            return ("r", key, rng.choice([None, 1, [1, 2], ["a", "b"], rng.choice(_SCALARS)]))
        case lot if lot < 13:
            return ("w", key, rng.randrange(1, 6))
        case _:
            return ("append", key, rng.choice([1, 2, 3, 4, "a"]))


def _anything(rng: random.Random) -> Any:
    some = [rng.choice(_SCALARS) for _ in range(rng.randrange(5))]
    match rng.randrange(14):
        case lot if lot < 5:
            return rng.choice(_SCALARS)
        case 5 | 6:
            return some
        case 7 | 8:
            return set(some)
        case 9:
            return {str(key): rng.choice(_SCALARS) for key in some}
        case 10 | 11:
            return [_step(rng) for _ in some]
        case 12:
            return [{"key": key, "value": 1, "revision": rng.randrange(5)} for key in some]
        case _:
            return rng.choice(_ODD)


if __name__ == "__main__":
    for number in range(int(sys.argv[1]), int(sys.argv[2])):
        for name, judge in HISTORY_CHECKS.items():
            print(number, name, judge(scribbled_history(number), options={}, budget=Budget(10_000)))
