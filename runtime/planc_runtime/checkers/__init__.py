"""Judges: plain functions from a history to a verdict, found by the names that plans use.

Each can be called on its own, with a history read back from a file. A verdict is passed, failed
with the smallest evidence, or inconclusive; what a checker does not know is never green.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from planc_runtime.checkers.budget import Budget, OutOfBudget

if TYPE_CHECKING:
    from planc_runtime.history import History, Verdict

__all__ = [
    "HISTORY_CHECKS",
    "NEED_FINAL_READS",
    "NEED_FINAL_READS_OF_EACH_NODE",
    "Budget",
    "HistoryCheck",
    "OutOfBudget",
]


class HistoryCheck(Protocol):
    def __call__(
        self, history: History, /, *, options: Mapping[str, Any], budget: Budget
    ) -> Verdict: ...


_WHERE = {
    "linearizable": "linearizable.check:linearizable",
    "sequential": "sequential:sequential",
    "read-uncommitted": "transactions.check:read_uncommitted",
    "read-committed": "transactions.check:read_committed",
    "read-atomic": "transactions.check:read_atomic",
    "snapshot-isolated": "transactions.check:snapshot_isolated",
    "strong-snapshot-isolated": "transactions.check:strong_snapshot_isolated",
    "repeatable-read": "transactions.check:repeatable_read",
    "serializable": "transactions.check:serializable",
    "session-serializable": "transactions.check:session_serializable",
    "strict-serializable": "transactions.check:strict_serializable",
    "read-your-writes": "sessions.check:read_your_writes",
    "monotonic-reads": "sessions.check:monotonic_reads",
    "monotonic-writes": "sessions.check:monotonic_writes",
    "writes-follow-reads": "sessions.check:writes_follow_reads",
    "at-least-once": "deliveries:at_least_once",
    "exactly-once": "deliveries:exactly_once",
    "ordered-per-sender": "deliveries:ordered_per_sender",
    "unique-ids": "ids:unique_ids",
    "set-total": "totals:set_total",
    "counter-total": "totals:counter_total",
    "queue-total": "deliveries:queue_total",
    "bank-total": "bank:bank_total",
    "mutually-exclusive": "exclusion:mutually_exclusive",
    "fenced": "exclusion:fenced",
    "watch-ordered": "watches:watch_ordered",
    "watch-complete": "watches:watch_complete",
    "replicas-equal": "replicas:replicas_equal",
    "no-acknowledged-write-lost": "lost_writes:no_acknowledged_write_lost",
}


NEED_FINAL_READS = frozenset(
    {
        "set-total",
        "counter-total",
        "at-least-once",
        "exactly-once",
        "ordered-per-sender",
        "no-acknowledged-write-lost",
    }
)
"""Checks that want every key read once more, as `final_read`, when all faults are healed. Where
that is not possible they say themselves what they could not judge."""


NEED_FINAL_READS_OF_EACH_NODE = frozenset({"replicas-equal"})
"""Checks that want every key read from every node by itself."""


class _Registry(Mapping[str, HistoryCheck]):
    """Imports a checker when it is asked for: a run needs one or two of them."""

    def __getitem__(self, name: str) -> HistoryCheck:
        module, function = _WHERE[name].split(":")
        found: HistoryCheck = getattr(import_module(f"{__name__}.{module}"), function)
        return _resting(found)

    def __iter__(self) -> Iterator[str]:
        return iter(_WHERE)

    def __len__(self) -> int:
        return len(_WHERE)


def _resting(check: HistoryCheck) -> HistoryCheck:
    """Return a check that runs without the collector of garbage.

    A judge makes millions of objects and no garbage in circles; to look for that again and again
    takes longer than to judge.
    """

    @wraps(check)
    def judge(history: History, /, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
        enabled = gc.isenabled()
        gc.disable()
        try:
            return check(history, options=options, budget=budget)
        finally:
            if enabled:
                gc.enable()

    return judge


HISTORY_CHECKS: Mapping[str, HistoryCheck] = _Registry()
"""By the language's name of the property: "linearizable", "read-your-writes", ..."""
