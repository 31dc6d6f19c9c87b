"""Judge millions of small histories of containers, each also by trying every order.

    python -m tests.soak.containers [--seconds 600] [--seed 1]

Queues, stacks, elements of sets, sets and lists read whole; with lost puts and takes, takes that
found nothing, values from nowhere. Held against the oracle: the near-linear methods' answers, their
evidence by itself, and what the quick passes vouch for. Prints the first history that differs.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from planc_runtime.checkers.linearizable import MODELS, Model
from planc_runtime.checkers.linearizable.answer import Orderable, Violation
from planc_runtime.checkers.linearizable.call import Call
from planc_runtime.checkers.linearizable.containers import Element
from planc_runtime.checkers.linearizable.passes.vouched import vouched
from planc_runtime.checkers.linearizable.unique.methods import judge_quickly
from planc_runtime.history import Operation
from support.histories import history
from support.oracle import (
    calls_of,
    can_be_ordered,
    scribbled,
    scribbled_element,
    scribbled_reads,
)

KINDS: dict[str, tuple[Model, Callable[[random.Random], list[Operation]]]] = {
    "queue": (MODELS["queue"], lambda rng: scribbled(rng, ["enqueue"], ["dequeue"], _most(rng))),
    "stack": (MODELS["stack"], lambda rng: scribbled(rng, ["push"], ["pop"], _most(rng))),
    "element": (Element(), scribbled_element),
    "set": (MODELS["set"], lambda rng: scribbled_reads(rng, "add")),
    "list": (MODELS["list"], lambda rng: scribbled_reads(rng, "append")),
}


def _most(rng: random.Random) -> int:
    return rng.choice((4, 6, 8, 9))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.containers", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    until = time.monotonic() + options.seconds
    tally: Counter[tuple[str, str, bool]] = Counter()
    seed = options.seed
    while time.monotonic() < until:
        seed += 1
        for kind, (model, scribble) in KINDS.items():
            operations = scribble(random.Random(seed))
            calls = calls_of(model, operations)
            if not calls:
                continue
            wrong, answer, lawful = differs(kind, model, operations, calls)
            tally[kind, answer, lawful] += 1
            if wrong:
                print(f"{kind}, seed {seed}: {wrong}; it was {answer}, the oracle says {lawful}")
                print(*operations, sep="\n")
                return 1
    for (kind, answer, lawful), count in sorted(tally.items()):
        print(f"{kind:8} {answer:10} {'lawful' if lawful else 'unlawful':9} {count:12,}")
    return 0


def differs(
    kind: str, model: Model, operations: Sequence[Operation], calls: list[Call]
) -> tuple[str, str, bool]:
    """Return what is wrong, if anything, the answer, and whether the history is lawful."""
    answer = judge_quickly(model, calls)
    lawful = can_be_ordered(model, calls)
    wrong = ""
    if answer is not None and isinstance(answer, Orderable) != lawful:
        wrong = "the answer is wrong"
    elif isinstance(answer, Violation) and can_be_ordered(model, answer.calls):
        wrong = "the evidence proves nothing"
    elif kind in ("queue", "stack", "element"):
        quick = bool(vouched(history(*operations), {}).counts)
        wrong = "" if quick == isinstance(answer, Orderable) else "the quick pass says otherwise"
    return wrong, "open" if answer is None else type(answer).__name__, lawful


if __name__ == "__main__":
    sys.exit(main())
