"""Verdicts as every checker of this package words them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from planc_runtime.checkers.evidence import IMPOSSIBLE, Dependency, picture
from planc_runtime.checkers.words import describe_all
from planc_runtime.history import Operation, Result, Verdict

LINES = 12
"""Evidence is the smallest that convinces: what goes beyond this is counted, not shown."""


def passed(wanted: str, measured: str, **data: Any) -> Verdict:
    return Verdict(Result.PASSED, measured, wanted=wanted, data=data)


def inconclusive(wanted: str, reason: str, **data: Any) -> Verdict:
    return Verdict(Result.INCONCLUSIVE, reason, wanted=wanted, data=data)


def violated(
    wanted: str,
    measured: str,
    operations: Iterable[Operation],
    evidence: Sequence[str] | None = None,
    *,
    culprits: Collection[int] | None = None,
    cycle: Sequence[Dependency] = (),
    against: int | None = None,
    mark: str = IMPOSSIBLE,
    **data: Any,
) -> Verdict:
    """Return a failed verdict that shows operations: by default, a line each.

    `culprits`, `cycle`, `against` and `mark` go into the evidence as data: see `picture`.
    """
    proof = list(operations)
    lines = describe_all(proof) if evidence is None else list(evidence)
    if len(lines) > LINES:
        lines = [*lines[:LINES], f"... and {len(lines) - LINES:,} lines more"]
    data["operations"] = sorted({operation.index for operation in proof})
    data["evidence"] = picture(proof, culprits, cycle, against, mark)
    return Verdict(Result.FAILED, measured, wanted=wanted, evidence=lines, data=data)
