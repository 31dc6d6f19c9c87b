"""Histories for the judges: made by hand, or drawn at random from a run that was lawful.

A lawful history comes from a little world in which every operation takes effect at one moment
between its invocation and its completion; whatever a checker says against it is wrong.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

from planc_runtime.checkers.linearizable import ILLEGAL, Model
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.order import precedes
from planc_runtime.history import History, Operation, Outcome


def op(
    process: int,
    f: str,
    *args: Any,
    at: tuple[float, float | None],
    value: Any = None,
    outcome: Outcome = Outcome.OK,
    **fields: Any,
) -> Operation:
    """Make an operation; `at` is (invoked, completed)."""
    invoked, completed = at
    given: dict[str, Any] = {"index": -1, "intended": invoked, "workload": "load", **fields}
    return Operation(
        process=process,
        f=f,
        args=args,
        invoked=invoked,
        completed=completed,
        outcome=outcome,
        value=value,
        **given,
    )


def unknown(process: int, f: str, *args: Any, at: float, until: float | None = None) -> Operation:
    return op(process, f, *args, at=(at, until), outcome=Outcome.UNKNOWN)


def failed(process: int, f: str, *args: Any, at: tuple[float, float], error: str) -> Operation:
    return op(process, f, *args, at=at, outcome=Outcome.FAIL, error=error)


def history(*operations: Operation) -> History:
    """Number operations in the order of their invocation."""
    ordered = sorted(operations, key=lambda o: o.invoked)
    return History([replace(o, index=i) if o.index < 0 else o for i, o in enumerate(ordered)])


def number_events(history: History) -> None:
    """Number invocations and completions in their order, as the recorder does."""
    events = [(o.invoked, o, True) for o in history]
    events += [(o.completed, o, False) for o in history if o.completed is not None]
    events.sort(key=lambda event: event[0])
    for number, (_, operation, begins) in enumerate(events):
        if begins:
            operation.began = number
        else:
            operation.ended = number


@dataclass(frozen=True)
class Shape:
    """What a random history looks like."""

    processes: int = 3
    operations: int = 8
    keys: int = 1
    values: int | None = None
    """How many different values are written; None writes each only once."""
    unknown: float = 0.2
    """Share of operations whose outcome is lost."""
    kinds: tuple[str, ...] = ("read", "write", "cas")
    hits: float = 0.0
    """Share of cas that ask for what is there, besides those that do so by chance."""


def lawful(rng: random.Random, model: Model, shape: Shape) -> History:
    """Return a history that is linearizable, because it was: one moment per operation.

    Operations that the model refuses in the state they meet fail, and change nothing.
    """
    drafts = list(_drafts(rng, shape))
    states: dict[Any, Any] = {}
    effects = sorted((draft for draft in drafts if draft.extra["happens"]), key=_moment)
    for draft in effects:
        _take_effect(draft, model, states)
    for draft in drafts:
        draft.extra.clear()
        if draft.outcome is Outcome.UNKNOWN:
            draft.value = None
    return history(*drafts)


def _moment(draft: Operation) -> float:
    moment: float = draft.extra["moment"]
    return moment


def _drafts(rng: random.Random, shape: Shape) -> Iterable[Operation]:
    clocks = [rng.random() for _ in range(shape.processes)]
    names = list(range(shape.processes))
    fresh = iter(range(1, shape.operations * 2 + 2))
    for _ in range(shape.operations):
        slot = rng.randrange(shape.processes)
        begin = clocks[slot] + rng.random()
        end = begin + rng.random() * 3
        lost = rng.random() < shape.unknown
        happens = not lost or rng.random() < 0.5
        late = rng.random() * 5 if lost else 0.0
        kind = rng.choice(shape.kinds)
        draft = op(names[slot], kind, *_arguments(rng, kind, shape, fresh), at=(begin, end))
        draft.outcome = Outcome.UNKNOWN if lost else Outcome.OK
        draft.extra = {"moment": rng.uniform(begin, end) + late, "happens": happens}
        draft.extra["hits"] = shape.hits and kind == "cas" and rng.random() < shape.hits
        clocks[slot] = end
        if lost:
            names[slot] = max(names) + 1
        yield draft


def _arguments(rng: random.Random, kind: str, shape: Shape, fresh: Any) -> tuple[Any, ...]:
    key = f"k{rng.randrange(shape.keys)}"

    def value() -> int:
        return next(fresh) if shape.values is None else rng.randrange(shape.values)

    match kind:
        case "write" | "add" | "append" | "enqueue" | "push":
            return (key, value())
        case "cas":
            return (key, rng.randrange(shape.values or shape.operations), value())
        case "remove" | "contains":
            return (key, rng.randrange(shape.values or shape.operations))
        case _:
            return (key,)


def _take_effect(draft: Operation, model: Model, states: dict[Any, Any]) -> None:
    known = model.call(replace(draft, outcome=Outcome.UNKNOWN))
    assert known is not None
    name, call = known
    state = states.get(name, model.initial)
    if draft.extra["hits"] and state is not None:
        draft.args = (draft.args[0], int(str(state)), draft.args[2])
        call = replace(call, args=(state, call.args[1]))
    match draft.f:
        case "read" if isinstance(state, (frozenset, tuple)):
            draft.value = sorted(state) if isinstance(state, frozenset) else list(state)
        case "read":
            draft.value = state
        case "contains":
            draft.value = call.args[0] in state
        case "dequeue":
            draft.value = state[0] if state else None
        case "pop":
            draft.value = state[-1] if state else None
    after = model.step(state, call) if draft.f not in ("read", "contains") else state
    if after is ILLEGAL:
        if draft.outcome is Outcome.OK:
            draft.outcome = Outcome.FAIL
        return
    states[name] = after


def brute_force(model: Model, operations: Iterable[Operation]) -> bool:
    """Say whether any permutation of any choice of uncertain calls is lawful: the oracle."""
    calls: list[Call] = []
    for operation in operations:
        if operation.outcome is not Outcome.FAIL:
            known = model.call(operation)
            assert known is not None
            calls.append(known[1])
    certain = [call for call in calls if call.certain]
    uncertain = [call for call in calls if not call.certain and not model.pure(call)]
    return any(
        _lawful(model, order)
        for choice in _subsets(uncertain)
        for order in permutations([*certain, *choice])
    )


def _subsets(calls: list[Call]) -> Iterable[list[Call]]:
    for mask in range(1 << len(calls)):
        yield [call for bit, call in enumerate(calls) if mask & 1 << bit]


def _lawful(model: Model, order: tuple[Call, ...]) -> bool:
    state = model.initial
    for position, call in enumerate(order):
        if any(precedes(later.operation, call.operation) for later in order[position + 1 :]):
            return False
        state = model.step(state, call)
        if state is ILLEGAL:
            return False
    return True
