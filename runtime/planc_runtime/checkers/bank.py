"""`bank-total`: transfers move money, they never make or lose any.

Every read of all accounts at once must find the same total; that is the test of Jepsen's bank
workload. A read that finds another one saw a part of a transfer.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import isclose, isnan
from typing import Any

from planc_runtime.checkers.budget import Budget
from planc_runtime.checkers.linearizable.containers import number
from planc_runtime.checkers.results import inconclusive, passed, violated
from planc_runtime.checkers.values import canonical
from planc_runtime.checkers.words import describe, plural
from planc_runtime.history import History, Operation, Outcome, Verdict

Read = tuple[Operation, list[float]]
"""A read and the balances that it found."""
_READS = frozenset({"read", "get", "final_read", "balances", "read_all"})


def bank_total(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that all reads of all accounts found one total.

    A read returns its balances as a list or a record, or is a transaction of reads alone. Requests
    that are never answered with all accounts ask for a part of them and say nothing. Options:
    `total`, what it must be, without which the first read says it; `overdraft` False: no balance
    may be below zero.
    """
    wanted = "bank-total"
    whole, most = _whole(history)
    if not whole:
        return inconclusive(wanted, "the accounts were never read")
    first, shown = whole[0]
    total = float(options.get("total", sum(shown)))
    for operation, balances in whole:
        found = sum(balances)
        if not isclose(found, total, rel_tol=1e-9, abs_tol=1e-6):
            proof = [operation] if "total" in options or operation is first else [first, operation]
            measured = f"the accounts add up to {found:g}, not to {total:g}"
            return violated(wanted, measured, proof, culprits={operation.index}, total=total)
        if options.get("overdraft") is False and min(balances) < 0:
            measured = f"an account was overdrawn: it held {min(balances):g}"
            return violated(wanted, measured, [operation], [describe(operation)], total=total)
    if len(whole) < 2 and "total" not in options:
        return inconclusive(wanted, "the accounts were read only once, so nothing was compared")
    if "total" not in options and not _moved(history, whole):
        return inconclusive(wanted, "no money was moved, so nothing could have been lost of it")
    every = "adds" if len(whole) == 1 else "all add"
    measured = f"{plural(len(whole), 'read')} of {most} accounts {every} up to {total:g}"
    return passed(wanted, measured, total=total, reads=len(whole))


def _whole(history: History) -> tuple[list[Read], int]:
    """Return the reads that asked for all accounts, whatever they found, and how many there are."""
    requests: dict[Hashable, list[Read]] = {}
    for operation in history:
        if balances := _balances(operation):
            requests.setdefault(_request(operation), []).append((operation, balances))
    counts = {asked: max(len(b) for _, b in reads) for asked, reads in requests.items()}
    most = max(counts.values(), default=0)
    whole = [read for asked, reads in requests.items() if counts[asked] == most for read in reads]
    return sorted(whole, key=lambda read: read[0].index), most


def _request(operation: Operation) -> Hashable:
    if operation.f == "txn":
        return "txn", frozenset(str(step[1]) for step in operation.value)
    return operation.f, canonical(operation.args)


def _moved(history: History, whole: Sequence[Read]) -> bool:
    """Say whether anybody moved money, or may have, or money is seen to have moved."""
    if any(balances != whole[0][1] for _, balances in whole):
        return True
    return any(o.outcome is not Outcome.FAIL and not _only_reads(o) for o in history)


def _only_reads(operation: Operation) -> bool:
    if operation.f != "txn":
        return operation.f in _READS
    found = operation.value if operation.outcome is Outcome.OK else None
    steps = found if isinstance(found, (list, tuple)) else next(iter(operation.args), ())
    return isinstance(steps, (list, tuple)) and all(map(_is_read, steps))


def _balances(operation: Operation) -> list[float]:
    """Return what a read found in all accounts; empty for anything else."""
    if operation.outcome is not Outcome.OK:
        return []
    found = operation.value
    if operation.f == "txn":
        steps = operation.value if isinstance(operation.value, (list, tuple)) else ()
        if not all(map(_is_read, steps)):
            return []
        found = {str(step[1]): step[2] for step in steps}
    elif operation.f not in _READS:
        return []
    values = list(found.values()) if isinstance(found, Mapping) else found
    if not isinstance(values, (list, tuple)):
        return []
    balances = [number(canonical(value)) for value in values]
    return [] if any(isnan(balance) for balance in balances) else balances


def _is_read(step: Any) -> bool:
    return isinstance(step, (list, tuple)) and len(step) == 3 and step[0] in ("r", "read", "get")
