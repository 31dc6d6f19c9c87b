"""`sequential`: one order for all, that keeps each process's own order but not real time.

Lamport, "How to Make a Multiprocessor Computer That Correctly Executes Multiprocess Programs"
(1979). Unlike linearizability it cannot be judged object by object, and deciding it is NP-complete
even where all values differ; so a linearizable history is passed at once, and any other is searched
with a budget. Meant for small histories.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planc_runtime.checkers.budget import Budget, OutOfBudget
from planc_runtime.checkers.linearizable import linearizable
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.models import ILLEGAL, Model, ModelFailed
from planc_runtime.checkers.linearizable.objects import sort_into_objects
from planc_runtime.checkers.linearizable.telling import nothing_told
from planc_runtime.checkers.order import NEVER
from planc_runtime.checkers.results import inconclusive, passed, violated
from planc_runtime.checkers.words import plural
from planc_runtime.history import History, Operation, Result, Verdict

_WANTED = "sequential"
_TRIAL_STATES = 20_000
_LARGEST_TO_REDUCE = 400
"""Operations up to which the evidence is reduced: every trial searches what is left."""


def sequential(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge whether one order of all operations keeps every process's own. Options: `model`."""
    strict = linearizable(history, options=options, budget=budget.part(budget.states // 2))
    if strict.result is Result.PASSED:
        return replace(strict, wanted=_WANTED)
    objects = sort_into_objects(history, options)
    if isinstance(objects, str):
        return inconclusive(_WANTED, objects)
    calls = [Step(name, model, call) for name, (model, calls) in objects.items() for call in calls]
    calls.sort(key=lambda step: step.call.start)
    if not any(step.call.certain for step in calls):
        return inconclusive(_WANTED, "no operation succeeded, so there is nothing to order")
    try:
        if orderable(calls, budget):
            if untested := nothing_told(history, options):
                return inconclusive(_WANTED, untested)
            return passed(_WANTED, f"{plural(len(calls), 'operation')} can be ordered")
    except ModelFailed as trouble:
        return inconclusive(_WANTED, str(trouble))
    except OutOfBudget as reason:
        return inconclusive(_WANTED, f"not decided for {len(calls):,} operations: {reason}")
    return _violated(calls)


@dataclass(frozen=True, slots=True)
class Step:
    """A call and the object that it acts on."""

    name: Hashable
    model: Model
    call: Call

    @property
    def operation(self) -> Operation:
        return self.call.operation


@dataclass(slots=True)
class _Node:
    places: tuple[int, ...]
    """How many calls of each process are ordered."""
    states: dict[Hashable, Any]
    choices: Iterator[tuple[tuple[int, ...], dict[Hashable, Any]]]


def orderable(steps: Sequence[Step], budget: Budget) -> bool:
    """Search an order, following real time as long as that is possible; raises OutOfBudget."""
    queues: dict[int, list[Step]] = defaultdict(list)
    for step in steps:
        queues[step.operation.process].append(step)
    lines = list(queues.values())
    visited: set[Hashable] = set()

    def node(places: tuple[int, ...], states: dict[Hashable, Any]) -> _Node:
        return _Node(places, states, _choices(lines, places, states))

    stack = [node((0,) * len(lines), {})]
    while stack:
        if _complete(lines, stack[-1].places):
            return True
        choice = next(stack[-1].choices, None)
        if choice is None:
            stack.pop()
            continue
        key = (choice[0], frozenset(choice[1].items()))
        if key not in visited:
            budget.spend()
            visited.add(key)
            stack.append(node(*choice))
    return False


def _complete(lines: Sequence[Sequence[Step]], places: tuple[int, ...]) -> bool:
    """Say whether what is left are calls that need not have happened."""
    return all(
        not any(step.call.certain for step in line[place:])
        for line, place in zip(lines, places, strict=True)
    )


def _choices(
    lines: Sequence[Sequence[Step]], places: tuple[int, ...], states: dict[Hashable, Any]
) -> Iterator[tuple[tuple[int, ...], dict[Hashable, Any]]]:
    """Yield what may come next. A pure call that the state allows is taken at once, alone."""
    heads = [
        (line[place], number)
        for number, (line, place) in enumerate(zip(lines, places, strict=True))
        if place < len(line)
    ]
    heads.sort(key=lambda head: head[0].call.start)
    lawful = []
    for step, number in heads:
        state = step.model.step(states.get(step.name, step.model.initial), step.call)
        if state is ILLEGAL:
            continue
        after = (*places[:number], places[number] + 1, *places[number + 1 :])
        if step.model.pure(step.call):
            yield after, states
            return
        lawful.append((after, {**states, step.name: state}))
    yield from lawful
    for step, number in heads:
        if not step.call.certain:
            yield (*places[:number], places[number] + 1, *places[number + 1 :]), states


def _violated(steps: Sequence[Step]) -> Verdict:
    proof = _reduced(list(steps)) if len(steps) <= _LARGEST_TO_REDUCE else list(steps)
    measured = (
        "no single order of all operations keeps the order in which each client sent its own;"
        f" {len(proof)} of them show it"
    )
    return violated(_WANTED, measured, [step.operation for step in proof if step.call.certain])


def _reduced(steps: list[Step]) -> list[Step]:
    """Leave out pure calls, and forget of others that they happened, while a violation remains."""
    for step in list(steps):
        position = steps.index(step)
        lesser = steps[:position] + _weakened(step) + steps[position + 1 :]
        try:
            if not orderable(lesser, Budget(_TRIAL_STATES)):
                steps = lesser
        except OutOfBudget:
            continue
    return steps


def _weakened(step: Step) -> list[Step]:
    if step.model.pure(step.call) or not step.call.certain:
        return []
    maybe = replace(step.call, certain=False, answered=False, value=None, end=NEVER)
    return [replace(step, call=maybe)]
