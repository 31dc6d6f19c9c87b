"""Reasons to say that a run proved nothing, although nothing in it failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planc_runtime.faults.ledger import Trouble
from planc_runtime.history.operation import Operation
from planc_runtime.history.verdict import Concern
from planc_runtime.history.windows import SETTLE
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.outcome import Outcome
from planc_runtime.workloads import Load

if TYPE_CHECKING:
    from planc_runtime.engine.stage import DrivenBlock, Stage

LATE = 0.1
"""Seconds by which the generator itself may be late, 99th percentile."""
LATE_FOR_GUARANTEES = 1.0
"""The same where nothing is said of how well the system serves: what is read and written is judged
by when it was, not by when it was due, as long as the faults that it is to meet are still there."""
SILENCE = frozenset({"timeout", "connection lost", "connection refused", "no connection"})
"""Errors that say that nobody answered."""


def doubts(stage: Stage) -> Iterator[str]:
    """Yield a sentence for everything that takes the worth from a green verdict."""
    yield from _missed_faults(stage)
    yield from _unreached(stage)
    yield from _slow_generators(stage)
    yield from _idle_faults(stage)


def _missed_faults(stage: Stage) -> Iterator[str]:
    """A statement counts as missed when none of its troubles is known to have taken hold."""
    statements: dict[object, list[Trouble]] = {}
    for trouble in stage.ledger.troubles:
        statements.setdefault(_statement(trouble), []).append(trouble)
    for troubles in statements.values():
        if all(trouble.record.hold is not Hold.INSTALLED for trouble in troubles):
            record = troubles[0].record
            yield f"{record.line}: `{record.name}` was {record.hold.value}: {record.proof}"


def _statement(trouble: Trouble) -> object:
    return (trouble.record.line, trouble.kind)


def _unreached(stage: Stage) -> Iterator[str]:
    for name in dict.fromkeys(load.name for block in stage.blocks for load in block.loads):
        operations = [o for o in stage.history if o.workload == name]
        if not operations:
            yield f"the workload {name} attempted no operation"
        elif not any(map(_answered, operations)):
            errors = ", ".join(sorted({o.error or o.outcome.value for o in operations}))
            yield f"no operation of the workload {name} ever reached the system: {errors}"


def _answered(operation: Operation) -> bool:
    if operation.outcome is Outcome.OK:
        return True
    error = operation.error or ""
    return error not in SILENCE and not error.startswith("never sent")


def _slow_generators(stage: Stage) -> Iterator[str]:
    served = any(e.concern is Concern.SERVICE for e in stage.summary.expectations)
    allowed = LATE if served else LATE_FOR_GUARANTEES
    for load in (load for block in stage.blocks for load in block.loads):
        lag = lag_p99(load)
        if lag is not None and lag > allowed:
            yield (
                f"the load generator of {load.name} could not keep up: it was {lag * 1000:.0f} ms "
                f"late at the 99th percentile"
            )


def lag_p99(load: Load) -> float | None:
    """Return how late the generator was with its operations, 99th percentile."""
    if not load.lags:
        return None
    return sorted(load.lags)[min(len(load.lags) - 1, int(len(load.lags) * 0.99))]


def _idle_faults(stage: Stage) -> Iterator[str]:
    """A fault under load during which nothing was attempted shows nothing."""
    for window in stage.fault_windows():
        block = _block_at(stage, window.start)
        if block is None:
            continue
        end = (window.end if window.end is not None else block.end) + SETTLE
        if not any(_overlaps(o, window.start, end) for o in stage.history):
            yield f"{window.line}: no operation was attempted during `{window.name}`"


def _block_at(stage: Stage, moment: float) -> DrivenBlock | None:
    return next((b for b in stage.blocks if b.driven and b.start <= moment < b.end), None)


def _overlaps(operation: Operation, start: float, end: float) -> bool:
    last = end if operation.completed is None else operation.completed
    return operation.invoked <= end and last >= start
