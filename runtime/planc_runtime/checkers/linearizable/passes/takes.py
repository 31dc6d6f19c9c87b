"""Queues and stacks that are in order beyond doubt, told in one pass over the history.

Most histories have nothing wrong. For those it is enough to know the four moments of each value's
stay, and no object is made for an operation. What is wrong, or is outside of what the near-linear
methods can decide, is left to be judged call by call, which also finds the words and the evidence.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from math import inf

from planc_runtime.checkers.linearizable.passes.told import Told, told
from planc_runtime.checkers.linearizable.passes.verbs import Unfit
from planc_runtime.checkers.linearizable.unique.crowds import crowded_look
from planc_runtime.checkers.linearizable.unique.lost import can_be_nested, deadlines, left_behind
from planc_runtime.checkers.linearizable.unique.nesting import tangled
from planc_runtime.checkers.linearizable.unique.queue import outran, overtaken
from planc_runtime.checkers.linearizable.unique.stays import (
    PUT_BY,
    PUT_FROM,
    TAKEN_BY,
    TAKEN_FROM,
    Stay,
)
from planc_runtime.checkers.values import canonical
from planc_runtime.history import Operation, Outcome

_WORDS = {"queue": ("enqueue", "dequeue"), "stack": ("push", "pop")}
_NOBODY = -1.0
"""Stands for the beginning of a put that nobody attempted."""


@dataclass(slots=True)
class _Container:
    stays: dict[Hashable, Stay] = field(default_factory=dict)
    looks: list[tuple[float, float]] = field(default_factory=list)
    chances: list[float] = field(default_factory=list)
    certain: int = 0
    doubtful: bool = False


def takes_in_order(operations: Sequence[Operation], kind: str) -> Told:
    """Tell of each container whether it is in order.

    `kind` is "queue" or "stack". Raises Unfit where there is anything else.
    """
    attempted = [o for o in operations if o.outcome is not Outcome.FAIL]
    containers: dict[Hashable, _Container] = {}
    put_verb, take_verb = _WORDS[kind]
    starts, ends = moments(attempted)
    # One loop and few calls: this is where the time goes.
    for operation, start, end in zip(attempted, starts, ends, strict=True):
        f, args = operation.f, operation.args
        is_put = f == put_verb
        if not is_put and f != take_verb:
            raise Unfit
        key = args[0] if len(args) == 1 + is_put else None
        if key.__class__ is not str:
            key = key_of(args, is_put)
        container = containers.get(key)
        if container is None:
            container = containers[key] = _Container()
        if end < inf:
            container.certain += 1
        elif not is_put:
            container.chances.append(start)
            continue
        value = args[-1] if is_put else operation.value
        if value.__class__ is not str:
            value = canonical(value)
        if value is None:
            container.doubtful |= is_put
            container.looks.append((start, end))
            continue
        stay = container.stays.get(value)
        if stay is None:
            stay = container.stays[value] = [_NOBODY, inf, inf, inf]
        if is_put:
            container.doubtful |= stay[PUT_FROM] != _NOBODY
            stay[PUT_FROM], stay[PUT_BY] = start, end
        else:
            container.doubtful |= stay[TAKEN_FROM] != inf
            stay[TAKEN_FROM], stay[TAKEN_BY] = start, end
    counts = {key: container.certain for key, container in containers.items()}
    judge = _queue_in_order if kind == "queue" else _stack_in_order
    good = {
        key for key, container in containers.items() if not container.doubtful and judge(container)
    }
    return told(operations, counts, good, container_of)


def key_of(args: tuple[object, ...], valued: bool) -> Hashable:
    """Return the name of the object, None if it has none; a value comes last."""
    named = len(args) - valued
    if named == 0:
        return None
    # With too few arguments there is no value, and with too many no name that we could know.
    if named == 1 and isinstance(args[0], (str, int)) and not isinstance(args[0], bool):
        return args[0]
    raise Unfit


def container_of(operation: Operation) -> Hashable:
    return key_of(operation.args, operation.f in ("enqueue", "push"))


def moments(operations: Sequence[Operation]) -> tuple[Sequence[float], Sequence[float]]:
    """Return when operations began and had certainly taken effect, as numbers to be compared.

    Raises Unfit where events are numbered in part only, or an ok operation has no end.
    """
    certain = Outcome.OK
    starts: list[float] = [operation.began for operation in operations]
    if starts and max(starts) < 0:
        known = [o.completed if o.outcome is certain else inf for o in operations]
        ends = [end for end in known if end is not None]
        if len(ends) < len(known):
            raise Unfit
        return [operation.invoked for operation in operations], ends
    ends = [operation.ended if operation.outcome is certain else inf for operation in operations]
    if starts and (min(starts) < 0 or min(ends) < 0):
        raise Unfit
    return starts, ends


def _queue_in_order(container: _Container) -> bool:
    stays, chances = _sound(container), sorted(container.chances)
    return (
        stays is not None
        and overtaken(stays, chances) is None
        and outran(stays, chances) is None
        and crowded_look(stays, container.looks, chances) is None
    )


def _stack_in_order(container: _Container) -> bool:
    stays, chances = _sound(container), sorted(container.chances)
    if stays is None:
        return False
    if not chances:
        return tangled(stays) is None and crowded_look(stays, container.looks, ()) is None
    left = left_behind(stays)
    return can_be_nested(stays, container.looks, chances, left, deadlines(stays, left))


def _sound(container: _Container) -> list[Stay] | None:
    """Return the stays if every value was put in, and not taken out before."""
    stays = list(container.stays.values())
    for put_from, _, _, taken_by in stays:
        if put_from == _NOBODY or taken_by < put_from:
            return None
    return stays
