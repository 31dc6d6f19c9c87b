"""`no acknowledged write is lost`: what was acknowledged is there after everything was mended.

Judged by final reads, which the engine makes of every written key when all faults are healed, the
cluster has a leader again, and a probe write was acknowledged and read back. Could not read is not
lost: a key that no final read reached leaves the verdict open.

For a register a final read may return the value of any write that can have been the last: one that
no later acknowledged write certainly followed. A write of unknown outcome may take effect at any
later time, so it always can have been the last. For a set every acknowledged element must be
there, unless a remove that did not certainly precede the add may have taken it away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from planc_runtime.checkers.budget import Budget
from planc_runtime.checkers.evidence import picture
from planc_runtime.checkers.linearizable.containers import elements
from planc_runtime.checkers.order import changed_nothing, completion, invocation, precedes
from planc_runtime.checkers.values import canonical
from planc_runtime.checkers.words import describe, plural, value_text
from planc_runtime.history import History, Operation, Outcome, Result, Verdict

_WRITES = frozenset({"write", "put", "set", "cas", "delete"})
_ADDS = frozenset({"add", "append"})
_WANTED = "no acknowledged write is lost"
_EVIDENCE_LINES = 12


@dataclass(slots=True)
class _Key:
    name: str
    writes: list[Operation] = field(default_factory=list)
    adds: list[Operation] = field(default_factory=list)
    removes: list[Operation] = field(default_factory=list)
    reads: list[Operation] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        return sum(o.outcome is Outcome.OK for o in (*self.writes, *self.adds))


@dataclass(frozen=True, slots=True)
class _Loss:
    lost: Sequence[Operation]
    """The acknowledged writes of which nothing is left; at least one."""
    read: Operation


def no_acknowledged_write_lost(
    history: History, *, options: Mapping[str, Any], budget: Budget
) -> Verdict:
    """Judge whether the final reads (`f` "final_read") show every acknowledged write.

    Takes no options. Inconclusive when nothing was acknowledged or a key could not be read.
    """
    keys = [key for key in _by_key(history).values() if key.acknowledged]
    acknowledged = sum(key.acknowledged for key in keys)
    if not acknowledged:
        reason = "no write was acknowledged, so none could be lost"
        return Verdict(Result.INCONCLUSIVE, reason, wanted=_WANTED)
    losses = [loss for key in keys for loss in _losses(key)]
    if losses:
        return _lost(losses, acknowledged)
    unread = sorted(key.name for key in keys if not key.reads)
    if unread:
        named = ", ".join(unread[:5]) + (", ..." if len(unread) > 5 else "")
        reason = (
            f"{plural(len(unread), 'key')} of {len(keys)} could not be read at the end: {named}"
        )
        return Verdict(Result.INCONCLUSIVE, reason, wanted=_WANTED)
    reason = f"the final reads of {plural(len(keys), 'key')} show all that must be left"
    measured = f"{reason} of {plural(acknowledged, 'acknowledged write')}"
    data = {"acknowledged": acknowledged, "keys": len(keys), "lost": 0}
    return Verdict(Result.PASSED, measured, wanted=_WANTED, data=data)


def _by_key(history: Iterable[Operation]) -> dict[Hashable, _Key]:
    keys: dict[Hashable, _Key] = {}
    for operation in history:
        if operation.outcome is Outcome.FAIL or changed_nothing(operation):
            continue
        if not operation.args and operation.f not in ("delete", "final_read"):
            continue  # It named nothing that could be lost.
        unnamed = operation.f in _ADDS | {"remove"} and len(operation.args) == 1
        name = None if unnamed else operation.key
        key = keys.setdefault(canonical(name), _Key(value_text(name)))
        if operation.f in _WRITES:
            key.writes.append(operation)
        elif operation.f in _ADDS:
            key.adds.append(operation)
        elif operation.f == "remove":
            key.removes.append(operation)
        elif operation.f == "final_read" and operation.outcome is Outcome.OK:
            key.reads.append(operation)
    return keys


def _losses(key: _Key) -> list[_Loss]:
    found = [_missing_write(key, read) for read in key.reads if key.writes]
    found += [_missing_elements(key, read) for read in key.reads if key.adds]
    return [loss for loss in found if loss is not None]


def _missing_write(key: _Key, read: Operation) -> _Loss | None:
    """Return the acknowledged writes that a final read's value contradicts, if any."""
    begun = [w for w in key.writes if not precedes(read, w)]
    acknowledged = [w for w in begun if precedes(w, read)]
    if not acknowledged:
        return None
    latest = max(acknowledged, key=invocation)
    candidates = [w for w in begun if not completion(w) < invocation(latest)]
    if any(_left(w) == canonical(read.value) for w in candidates):
        return None
    return _Loss([w for w in candidates if precedes(w, read)], read)


def _missing_elements(key: _Key, read: Operation) -> _Loss | None:
    present = elements(canonical(read.value))
    taken: dict[Hashable, list[Operation]] = defaultdict(list)
    for remove in key.removes:
        taken[canonical(remove.args[-1])].append(remove)
    lost = [
        add
        for add in key.adds
        if precedes(add, read)
        and canonical(add.args[-1]) not in present
        and all(precedes(remove, add) for remove in taken[canonical(add.args[-1])])
    ]
    return _Loss(lost, read) if lost else None


def _left(write: Operation) -> Hashable:
    return None if write.f == "delete" else canonical(write.args[-1])


def _lost(losses: Sequence[_Loss], acknowledged: int) -> Verdict:
    lost = {write.index: write for loss in losses for write in loss.lost}
    evidence: list[str] = []
    for loss in losses:
        evidence += [f"acknowledged: {describe(write)}" for write in loss.lost]
        evidence.append(f"but {describe(loss.read)}")
    if len(evidence) > _EVIDENCE_LINES:
        left_out = len(evidence) - _EVIDENCE_LINES
        evidence = [*evidence[:_EVIDENCE_LINES], f"... and {left_out} lines more"]
    return Verdict(
        Result.FAILED,
        f"{len(lost):,} of {plural(acknowledged, 'acknowledged write')} lost",
        wanted=_WANTED,
        evidence=evidence,
        data={
            "acknowledged": acknowledged,
            "lost": len(lost),
            "operations": sorted({*lost, *(loss.read.index for loss in losses)}),
            "evidence": picture(
                [*lost.values(), *(loss.read for loss in losses)], set(lost), mark="lost"
            ),
        },
    )
