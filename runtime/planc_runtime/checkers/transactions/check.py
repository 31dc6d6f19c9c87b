"""`serializable`: no anomaly, and no cycle of dependencies among transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planc_runtime.checkers.budget import Budget
from planc_runtime.checkers.evidence import Dependency
from planc_runtime.checkers.results import inconclusive, passed, violated
from planc_runtime.checkers.transactions.dependencies import Dependencies
from planc_runtime.checkers.transactions.graph import Edge, Graph, nodes_of
from planc_runtime.checkers.transactions.transaction import Transaction, transactions
from planc_runtime.checkers.transactions.versions import Anomaly, collect
from planc_runtime.checkers.words import describe, plural
from planc_runtime.history import History, Verdict

_WANTED = "serializable"

_CYCLES = (
    ("G0", ("ww",), ("ww",), "a cycle of writes"),
    ("G1c", ("wr",), ("ww", "wr"), "a cycle of writes and reads of what they wrote"),
    ("G-single", ("rw",), ("ww", "wr"), "one read of what had been overwritten closes a cycle"),
    ("G2", ("rw",), ("ww", "wr", "rw"), "reads of what was overwritten form a cycle"),
)
"""Name, kind of one edge, kinds of the others, in words; what is worse comes first."""


def serializable(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge whether transactions could have run one after the other.

    Option `strict`: also in an order that real time permits. A transaction of unknown outcome
    counts once something that it wrote was read, and then from its invocation on. The verdict names
    the worst anomaly: internal, garbage-read, duplicate-elements, incompatible-order, G1a, G1b, G0,
    G1c, G-single, G2; with "-realtime" behind it where only real time closes the cycle.
    """
    txns = transactions(history)
    if not any(txn.committed for txn in txns):
        return inconclusive(_WANTED, "no transaction was committed")
    keys, anomalies = collect(txns)
    found = Dependencies(txns, keys)
    anomalies += found.anomalies
    if anomalies:
        return _direct(txns, anomalies)
    verdict = _cycle(txns, found.graph)
    if verdict is None and options.get("strict"):
        found.add_real_time()
        verdict = _cycle(txns, found.graph, real_time=True)
    if verdict is not None:
        return verdict
    if not any(key.reads for key in keys):
        return inconclusive(_WANTED, "no transaction read anything, so nothing was tested")
    committed = sum(txn.committed for txn in txns)
    return passed(_WANTED, f"{plural(committed, 'transaction')} can be put in one order")


def _direct(txns: Sequence[Transaction], anomalies: Sequence[Anomaly]) -> Verdict:
    worst = anomalies[0]
    names = sorted({anomaly.name for anomaly in anomalies})
    operations = [txns[number].operation for number in worst.transactions]
    measured = f"{worst.name}: {worst.sentence}"
    return violated(_WANTED, measured, operations, anomaly=worst.name, anomalies=names)


def _cycle(txns: Sequence[Transaction], graph: Graph, *, real_time: bool = False) -> Verdict | None:
    extra = ("rt",) if real_time else ()
    if not graph.components(("ww", "wr", "rw", *extra)):
        return None
    for name, through, back, words in _CYCLES:
        for component in graph.components((*through, *back, *extra)):
            cycle = graph.cycle(through, (*back, *extra), component)
            if cycle is not None:
                return _shown(txns, name + ("-realtime" if real_time else ""), words, cycle)
    return None


def _shown(txns: Sequence[Transaction], name: str, words: str, cycle: Sequence[Edge]) -> Verdict:
    numbers = nodes_of(cycle)
    label = {number: f"T{place}" for place, number in enumerate(numbers, start=1)}
    lines = [f"{label[n]}: {describe(txns[n].operation)}" for n in numbers]
    lines += [
        f"{label[edge.source]} comes before {label[edge.target]}: {edge.reason}" for edge in cycle
    ]
    operations = [txns[number].operation for number in numbers]
    measured = f"{name}: {words} of {plural(len(cycle), 'transaction')}"
    arrows = [
        Dependency(
            txns[edge.source].operation,
            txns[edge.target].operation,
            "realtime" if edge.kind == "rt" else edge.kind,
            edge.reason,
        )
        for edge in cycle
    ]
    return violated(_WANTED, measured, operations, lines, cycle=arrows, anomaly=name)
