"""The evidence of a violation as data: what a report draws, and a program reads.

The shape is stable and documented in docs/internals/checkers.md. It stands in a failed verdict's
`data["evidence"]`, and so in a scenario's `summary.json`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from planc_runtime.checkers.words import action
from planc_runtime.history import Operation, Outcome

MOST = 100
"""Operations in one picture at most."""
LEAST_OTHERS = 5
"""Of these, operations that are no culprits: what a lost write is missing from, say."""
IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Dependency:
    """One arrow of a cycle: `source` came before `target`, and why."""

    source: Operation
    target: Operation
    kind: str
    """"ww", "wr", "rw", "session" or "realtime"."""
    text: str
    key: str = ""
    """What it is about; empty for session and realtime."""


def picture(
    operations: Iterable[Operation],
    culprits: Collection[int] | None = None,
    dependencies: Sequence[Dependency] = (),
    against: int | None = None,
    mark: str = IMPOSSIBLE,
) -> dict[str, Any]:
    """Return operations, and the cycle among them if there is one, as plain data.

    `culprits` are indices of the operations to point at; without them it is the ok operation that
    ended last: what went before can be ordered, with it no more. None of a cycle is more to blame
    than another. `against` is the one operation that speaks most plainly against the culprit, and
    `mark` the word for what is wrong with culprits.
    """
    unique = {operation.index: operation for operation in operations}
    proof = list(unique.values())
    if not dependencies:
        proof.sort(key=lambda o: (o.invoked, o.index))
    if culprits is None:
        culprits = () if dependencies else _last(proof)
    shown = proof
    if len(proof) > MOST and not dependencies:
        shown = _most_telling(proof, culprits)
    return {
        "kind": "cycle" if dependencies else "operations",
        "operations": [
            {**_bar(o, o.index in culprits), "label": f"T{place}" if dependencies else ""}
            for place, o in enumerate(shown, start=1)
        ],
        "edges": [
            {
                "source": d.source.index,
                "target": d.target.index,
                "kind": d.kind,
                "key": d.key,
                "text": d.text,
            }
            for d in dependencies
        ],
        "against": against,
        "mark": mark,
        "omitted": len(proof) - len(shown),
    }


def _most_telling(proof: Sequence[Operation], culprits: Collection[int]) -> list[Operation]:
    """Return as many as go into a picture: culprits before others, but never culprits alone."""
    others = [o.index for o in proof if o.index not in culprits]
    blamed = [o.index for o in proof if o.index in culprits]
    kept = {*others[: max(MOST - len(blamed), LEAST_OTHERS)]}
    kept |= {*blamed[: MOST - len(kept)]}
    return [o for o in proof if o.index in kept]


def _last(proof: Sequence[Operation]) -> tuple[int, ...]:
    ended = [o for o in proof if o.outcome is Outcome.OK and o.completed is not None]
    last = max(ended, key=lambda o: (o.completed or 0.0, o.ended, o.index), default=None)
    return () if last is None else (last.index,)


def _bar(operation: Operation, culprit: bool) -> dict[str, Any]:
    ok = operation.outcome is Outcome.OK
    return {
        "id": operation.index,
        "process": operation.process,
        "start": operation.invoked,
        "end": None if operation.outcome is Outcome.UNKNOWN else operation.completed,
        "outcome": operation.outcome.value,
        "text": action(operation) if ok else f"{action(operation)} ({operation.outcome.value})",
        "node": operation.node,
        "workload": operation.workload,
        "culprit": culprit,
    }
