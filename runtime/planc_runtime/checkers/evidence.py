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
"""Operations in one picture at most: all culprits, and of the others those that began first."""


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
) -> dict[str, Any]:
    """Return operations, and the cycle among them if there is one, as plain data.

    `culprits` are indices of the operations to point at; without them it is the ok operation that
    ended last: what went before can be ordered, with it no more. None of a cycle is more to blame
    than another. `against` is the one operation that speaks most plainly against the culprit.
    """
    unique = {operation.index: operation for operation in operations}
    proof = list(unique.values())
    if not dependencies:
        proof.sort(key=lambda o: (o.invoked, o.index))
    if culprits is None:
        culprits = () if dependencies else _last(proof)
    shown = proof
    if len(proof) > MOST and not dependencies:
        first = {operation.index for operation in proof[: max(0, MOST - len(culprits))]}
        shown = [o for o in proof if o.index in first or o.index in culprits][:MOST]
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
        "omitted": len(proof) - len(shown),
    }


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
