"""How fast histories are judged, and beside what.

    python tests/benchmarks/checkers.py [--large 100000]

Histories are lawful unless said otherwise: ten clients, each operation takes effect at one moment
between its invocation and its completion. The plain search beside which the linearizability checker
stands is the textbook algorithm of Wing and Gong with memory of visited configurations (as in Lowe
2017), in Python as well, per key; where it does not end within its budget the ratio is a lower
bound. It stands beside the small histories only: its bit sets take all memory on large ones. Times
are the process's own, so that other load on the machine counts less; quote the ratios.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.linearizable import ILLEGAL, MODELS
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.measures import measure
from planc_runtime.history import History, Outcome, Timeline, Verdict
from support.histories import Shape, lawful

T = TypeVar("T")
LARGEST_FOR_PLAIN = 10_000
PLAIN_BUDGET = 20.0
"""Seconds after which the plain search is given up."""


@dataclass(frozen=True)
class Row:
    what: str
    operations: int
    verdict: str
    seconds: float
    beside: str = ""

    def __str__(self) -> str:
        rate = self.operations / self.seconds
        milliseconds = self.seconds * 1000
        return (
            f"| {self.what} | {self.operations:,} | {self.verdict} "
            f"| {milliseconds:,.1f} | {rate:,.0f} | {self.beside} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", type=int, default=100_000, help="operations of large histories")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print("| history | operations | verdict | ms | operations/s | the plain search |")
    print("| --- | ---: | --- | ---: | ---: | --- |")
    for size in (10_000, options.large):
        for row in linearizability(random.Random(options.seed), size):
            print(row, flush=True)
        for row in others(random.Random(options.seed), size):
            print(row, flush=True)


def made(rng: random.Random, size: int, model: str = "register", **shape: Any) -> History:
    given = {"processes": 10, "keys": 1, "unknown": 0.0, "kinds": ("read", "write")}
    return lawful(rng, MODELS[model], Shape(operations=size, **{**given, **shape}))


def linearizability(rng: random.Random, size: int) -> list[Row]:
    mixed = ("read",) * 5 + ("write",) * 3 + ("cas",) * 2
    single = made(rng, size)
    return [
        compared("key-value, 100 keys", made(rng, size, keys=100)),
        compared("one register", single),
        compared("one register, with a violation", stale(single)),
        compared("one register, 20 % cas", made(rng, size, kinds=mixed)),
        compared("one register, 5 % unknown", made(rng, size, unknown=0.05)),
        compared("100 keys, 5 values, 20 % cas", made(rng, size, keys=100, values=5, kinds=mixed)),
        compared(
            "100 sets, 10 values",
            made(rng, size, "set", keys=100, values=10, kinds=("add", "remove", "contains")),
        ),
        compared("100 queues", made(rng, size, "queue", keys=100, kinds=("enqueue", "dequeue"))),
    ]


def others(rng: random.Random, size: int) -> list[Row]:
    mixed = made(rng, size, keys=100, kinds=("read", "read", "write", "cas"))
    queue = made(rng, size, "queue", keys=100, kinds=("enqueue", "dequeue"))
    counter = made(rng, size, "counter", kinds=("increment", "read"))
    timeline = Timeline(0, max(o.completed or 0 for o in mixed))
    rows = [
        judged("read-your-writes", mixed),
        judged("monotonic-reads", mixed),
        judged("monotonic-writes", mixed),
        judged("writes-follow-reads", mixed),
        judged("serializable", mixed, strict=True),
        judged("exactly-once", queue),
        judged("counter-total", counter),
    ]
    for name, stat in (("latency", "p99"), ("availability", None)):
        seconds, _ = timed(lambda n=name, s=stat: measure(n, mixed, timeline, stat=s))
        rows.append(Row(f"{stat or ''} {name}".strip(), size, "", seconds))
    return rows


def stale(history: History) -> History:
    """Let the last read return the first value that was written."""
    operations = list(history)
    first = next(o.args[1] for o in operations if o.f == "write")
    last = max(o.index for o in operations if o.f == "read" and o.outcome is Outcome.OK)
    operations[last] = replace(operations[last], value=first)
    return History(operations)


def compared(what: str, history: History) -> Row:
    seconds, verdict = timed(lambda: judge("linearizable", history))
    row = Row(f"linearizable: {what}", len(history), verdict.result.value, seconds)
    if len(history) > LARGEST_FOR_PLAIN:
        return row
    plain, answer = timed(lambda: plainly(history))
    ratio = plain / seconds
    beside = (
        f"{ratio:,.1f} times as long" if answer else f"gave up after {ratio:,.0f} times as long"
    )
    return replace(row, beside=beside)


def judged(name: str, history: History, **options: Any) -> Row:
    seconds, verdict = timed(lambda: judge(name, history, **options))
    return Row(name, len(history), verdict.result.value, seconds)


def judge(name: str, history: History, **options: Any) -> Verdict:
    return HISTORY_CHECKS[name](history, options=options, budget=Budget(5_000_000))


def timed(action: Callable[[], T]) -> tuple[float, T]:
    began = time.process_time()
    result = action()
    return time.process_time() - began, result


def plainly(history: History) -> bool:
    """Judge by the textbook search; returns whether it came to an end."""
    deadline = time.process_time() + PLAIN_BUDGET
    objects: dict[Any, list[Call]] = {}
    model = next(m for m in MODELS.values() if m.call(history[0]) is not None)
    for operation in history:
        known = model.call(operation) if operation.outcome is not Outcome.FAIL else None
        if known is not None:
            objects.setdefault(known[0], []).append(known[1])
    return all(wing_gong(model, calls, deadline) for calls in objects.values())


def wing_gong(model: Any, calls: Sequence[Call], deadline: float) -> bool:
    """Try every order, the earliest call first, and no configuration twice."""
    events = sorted(
        [(c.start, 0, n) for n, c in enumerate(calls)]
        + [(c.end, 1, n) for n, c in enumerate(calls)]
    )
    following = [*range(1, len(events) + 1), 0]
    before = [len(events), *range(len(events))]
    place = {(kind, number): at for at, (_, kind, number) in enumerate(events)}
    head, at, done, state = len(events), 0, 0, model.initial
    left = len(calls)
    visited: set[tuple[int, Any]] = set()
    stack: list[tuple[int, Any]] = []

    def unlink(position: int) -> None:
        following[before[position]] = following[position]
        before[following[position]] = before[position]

    def link(position: int) -> None:
        following[before[position]] = position
        before[following[position]] = position

    while left:
        if len(visited) % 256 == 0 and time.process_time() > deadline:
            return False
        _, kind, number = events[at]
        after = model.step(state, calls[number]) if kind == 0 else ILLEGAL
        key = (done | 1 << number, after)
        if after is not ILLEGAL and key not in visited:
            visited.add(key)
            stack.append((number, state))
            state, done, left = after, done | 1 << number, left - 1
            unlink(at)
            unlink(place[1, number])
            at = following[head]
        elif kind == 0:
            at = following[at]
        elif not stack:
            return True
        else:
            number, state = stack.pop()
            done, left = done & ~(1 << number), left + 1
            link(place[1, number])
            link(place[0, number])
            at = following[place[0, number]]
    return True


if __name__ == "__main__":
    main()
