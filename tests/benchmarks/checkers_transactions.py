"""How fast transactions are judged, with scipy's strongly connected components and without.

    python tests/benchmarks/checkers_transactions.py [--sizes 10000 100000 1000000]

Transactions of one to four steps, half of them reads, by ten clients on twenty keys at a time; a
key is left for a new one after a hundred writes. Lists are append-only, registers overwritten. Each
took effect at one moment between its invocation and its completion. With a violation, one read in
the middle found what had been there before. Times are processor time. Elle is not beside them: its
packages (Clojars) could not be had.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.transactions import graph
from planc_runtime.history import History, Operation, Outcome, Verdict
from support.histories import number_events

CLIENTS = 10
KEYS = 20
WRITES = 100
LEVELS = ("snapshot-isolated", "serializable", "strict-serializable")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--levels", nargs="+", default=list(LEVELS))
    options = parser.parse_args()
    print("| history | expected | transactions | verdict | s | transactions/s | without scipy |")
    print("| --- | --- | ---: | --- | ---: | ---: | --- |")
    for size in options.sizes:
        for name, lists, broken in (
            ("lists", True, False),
            ("lists, with a violation", True, True),
            ("registers", False, False),
        ):
            made = serial(random.Random(1), size, lists=lists)
            if broken:
                go_back(made)
            for level in options.levels:
                print(row(name, level, made), flush=True)


def row(name: str, level: str, made: History) -> str:
    seconds, verdict = timed(level, made)
    by_scipy, graph.by_scipy = graph.by_scipy, lambda *_: None
    try:
        alone, _ = timed(level, made)
    finally:
        graph.by_scipy = by_scipy
    said = " ".join(filter(None, (verdict.result.value, verdict.data.get("anomaly"))))
    return (
        f"| {name} | {level} | {len(made):,} | {said} "
        f"| {seconds:,.2f} | {len(made) / seconds:,.0f} | {alone / seconds:.1f} times as long |"
    )


def timed(level: str, made: History) -> tuple[float, Verdict]:
    began = time.process_time()
    verdict = HISTORY_CHECKS[level](made, options={}, budget=Budget())
    return time.process_time() - began, verdict


def serial(rng: random.Random, size: int, *, lists: bool) -> History:
    state: dict[int, Any] = {}
    written: dict[int, int] = {}
    oldest, made = 0, []
    for number in range(size):
        steps, asked = [], []
        for _ in range(rng.randrange(1, 5)):
            key = oldest + rng.randrange(KEYS)
            if rng.random() < 0.5:
                found = state.get(key)
                steps.append(["r", key, list(found or ()) if lists else found])
                asked.append(["r", key, None])
                continue
            value = written[key] = written.get(key, 0) + 1
            oldest += value == WRITES
            if lists:
                state.setdefault(key, []).append(value)
            else:
                state[key] = value
            steps.append(["append" if lists else "w", key, value])
            asked.append(steps[-1])
        begin, end = number - rng.random() * CLIENTS, number + rng.random() * 2
        made.append(
            Operation(-1, number % CLIENTS, "txn", (asked,), begin, begin, end, Outcome.OK, steps)
        )
    made.sort(key=lambda o: o.invoked)
    for index, operation in enumerate(made):
        operation.index = index
    history = History(made)
    number_events(history)
    return history


def go_back(history: History) -> None:
    for operation in history.operations[len(history) // 2 :]:
        for step in operation.value:
            if step[0] == "r" and len(step[2]) > 40:
                step[2] = step[2][:5]
                return


if __name__ == "__main__":
    main()
