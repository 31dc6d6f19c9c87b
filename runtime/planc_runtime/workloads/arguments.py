"""Draw the arguments of operations: keys by distribution, values that never repeat.

Every drawn value is unique in its scenario, because a history whose values differ can be judged in
near-linear time and names the writer of whatever is read (Gibbons and Korach, 1997).
"""

from __future__ import annotations

import bisect
import itertools
import random
from collections.abc import Iterator
from typing import Any

from planc_runtime.workloads.spec import KeySpace, LoadSpec, OperationShape, ValueShape

KEY_NAMES = frozenset({"k", "key", "name", "id", "queue", "topic", "lock", "account"})
OLD_NAMES = frozenset({"old", "expected", "expect", "previous"})
AMOUNT_NAMES = frozenset({"amount", "n", "delta", "by"})
CLIENT_NAMES = frozenset({"client", "process", "owner", "holder"})
SEQUENCE_NAMES = frozenset({"seq", "sequence"})


class Arguments:
    """The argument source of one workload run; deterministic for a given random source."""

    def __init__(self, spec: LoadSpec, rng: random.Random, values: Iterator[int]) -> None:
        self._spec = spec
        self._rng = rng
        self._values = values
        self._keys = Keys(spec.name, spec.keys, rng)
        self._known: dict[str, Any] = {}
        self._sequences: dict[int, Iterator[int]] = {}
        self._names = list(spec.mix)
        self._shares = list(itertools.accumulate(spec.mix.values()))

    def next(self, process: int) -> tuple[str, tuple[Any, ...]]:
        """Return an operation's name and arguments for a process."""
        point = self._rng.random() * self._shares[-1]
        at = min(bisect.bisect_right(self._shares, point), len(self._names) - 1)
        shape = self._spec.operations[self._names[at]]
        if shape.name == "txn":
            return shape.name, (self._transaction(),)
        writes = not OLD_NAMES.isdisjoint(shape.parameters) or shape.name in ("write", "append")
        key = self._keys.draw(for_write=writes)
        return shape.name, tuple(self._argument(p, key, process) for p in shape.parameters)

    def saw(self, shape: str, args: tuple[Any, ...], value: Any) -> None:
        """Remember the newest value known of a key, so that a cas has a chance to succeed."""
        if shape == "read" and args:
            self._known[args[0]] = value
        elif shape == "write" and len(args) > 1:
            self._known[args[0]] = args[1]
        elif shape == "cas" and len(args) > 2:
            self._known[args[0]] = args[2]

    def _argument(self, parameter: str, key: str, process: int) -> Any:
        if parameter in KEY_NAMES:
            return key
        if parameter in OLD_NAMES:
            return self._known.get(key)
        if parameter in AMOUNT_NAMES:
            return self._rng.randint(1, 10)
        if parameter in CLIENT_NAMES:
            return f"c{process}"
        if parameter in SEQUENCE_NAMES:
            return next(self._sequences.setdefault(process, itertools.count(1)))
        return self._value()

    def _value(self) -> str:
        return sized(next(self._values), self._spec.values, self._rng)

    def _transaction(self) -> list[list[Any]]:
        """One to four micro-operations on lists, in Elle's form: [f, key, value]."""
        steps: list[list[Any]] = []
        for _ in range(self._rng.randint(1, 4)):
            key = self._keys.draw(for_write=True)
            append = self._rng.random() < 0.5
            steps.append(["append", key, next(self._values)] if append else ["r", key, None])
        return steps


def sized(number: int, shape: ValueShape, rng: random.Random) -> str:
    """Return a text that names `number`, padded to a size drawn from the shape."""
    text = str(number)
    if shape.low is None:
        return text
    size = rng.randint(shape.low, max(shape.low, shape.high or shape.low))
    return text if size <= len(text) + 1 else text + "." + "x" * (size - len(text) - 1)


class Keys:
    """Names of keys, drawn as the distribution says; `name-0` is the first."""

    def __init__(self, prefix: str, space: KeySpace, rng: random.Random) -> None:
        self._prefix = prefix
        self._space = space
        self._rng = rng
        self._turn = itertools.count()
        self._recent: list[int] = []
        weights = (1 / (i + 1) ** space.parameter for i in range(space.count))
        self._ranks = (
            list(itertools.accumulate(weights)) if space.distribution in ("zipf", "latest") else []
        )

    def draw(self, *, for_write: bool) -> str:
        return f"{self._prefix}-{self._index(for_write)}"

    def _index(self, for_write: bool) -> int:
        match self._space.distribution:
            case "sequential":
                return next(self._turn) % self._space.count
            case "zipf":
                return self._ranked()
            case "latest":
                return self._latest(for_write)
            case _:
                return self._rng.randrange(self._space.count)

    def _ranked(self) -> int:
        point = self._rng.random() * self._ranks[-1]
        return min(bisect.bisect_right(self._ranks, point), self._space.count - 1)

    def _latest(self, for_write: bool) -> int:
        """Writes go round; reads prefer what was written last."""
        if for_write or not self._recent:
            index = next(self._turn) % self._space.count
            self._recent = [i for i in self._recent if i != index] + [index]
            return index
        return self._recent[-1 - (self._ranked() % len(self._recent))]


__all__ = ["Arguments", "Keys", "OperationShape", "sized"]
