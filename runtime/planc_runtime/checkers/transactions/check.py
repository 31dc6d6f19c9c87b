"""Isolation of transactions: no anomaly that a level forbids, in the manner of Elle.

Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations" (VLDB
2020): what the reads show orders the versions of each key; that makes dependencies among
transactions, and anomalies are values that nobody may see, and cycles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from planc_runtime.checkers.budget import Budget
from planc_runtime.checkers.evidence import Dependency
from planc_runtime.checkers.results import inconclusive, passed, violated
from planc_runtime.checkers.transactions.cycles import Component, Cycle, Edge, cut_out, joined
from planc_runtime.checkers.transactions.dependencies import Dependencies
from planc_runtime.checkers.transactions.explain import because, special_case
from planc_runtime.checkers.transactions.graph import Graph, Kind
from planc_runtime.checkers.transactions.levels import ALSO_KNOWN_AS, LEVELS, Level, broken_by
from planc_runtime.checkers.transactions.nowhere import Told
from planc_runtime.checkers.transactions.placing import Contradiction
from planc_runtime.checkers.transactions.transaction import Transaction, transactions
from planc_runtime.checkers.transactions.versions import Anomaly, Key, collect
from planc_runtime.checkers.words import describe, plural, value_text
from planc_runtime.history import History, Operation, Verdict

if TYPE_CHECKING:
    from planc_runtime.checkers import HistoryCheck

_CYCLES = {
    "G0": "a cycle of writes",
    "G1c": "a cycle of writes and reads of what they wrote",
    "fractured-read": "",
    "G-single": "one read of what had been overwritten closes a cycle",
    "G-nonadjacent": "reads of what had been overwritten, apart from each other, close a cycle",
    "G2-item": "reads of what was overwritten form a cycle",
}
"""In words; what is worse comes first. A fractured read is a G-single of two transactions."""


def isolated(
    history: History, *, level: Level, options: Mapping[str, Any], budget: Budget
) -> Verdict:
    """Judge whether transactions were isolated as a level promises.

    A transaction of unknown outcome counts once something that it wrote was read, and then from
    its invocation on. The verdict names the worst anomaly, in `data["anomaly"]`; with "-session"
    or "-realtime" behind it where only that order closes the cycle. `data["rules_out"]` are all
    levels that this anomaly contradicts.
    """
    txns = transactions(history)
    if not any(txn.committed for txn in txns):
        return inconclusive(level.name, "no transaction was committed")
    keys, anomalies = collect(txns)
    found = Dependencies(txns, keys)
    forbidden = [a for a in (*anomalies, *found.anomalies) if a.name in level.forbidden]
    if forbidden:
        return _direct(level, txns, forbidden)
    for order in (None, *level.extra):
        if order is Kind.SESSION:
            found.add_sessions()
        elif order is Kind.REALTIME:
            found.add_real_time()
        cycle = _worst(found.graph, level, order)
        if cycle is not None:
            return _shown(level, txns, found, order, *cycle)
        # Until the last order is in, what it forbids is not known to be forbidden.
        if "no-version-order" in level.forbidden:
            contradiction = found.contradiction()
            if contradiction is not None:
                return _nowhere(level, txns, found, order, contradiction)
    if not any(key.reads for key in keys):
        return inconclusive(level.name, "no transaction read anything, so nothing was tested")
    if not any(key.writers for key in keys):
        return inconclusive(level.name, "no transaction wrote anything, so nothing was tested")
    committed = sum(txn.committed for txn in txns)
    edges = len(found.graph.sources)
    shown = "shows" if committed == 1 else "show"
    counted = plural(committed, "transaction")
    measured = f"{counted} {shown} no anomaly that {level.name} forbids"
    if "G2-item" in level.forbidden and all(key.is_list for key in keys):
        measured = f"{counted} can be put in one order"
    return passed(level.name, measured, checked=committed, dependencies=edges)


def serializable(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge whether transactions could have run one after the other.

    Option `strict`: also in an order that real time permits, as "strict-serializable" does.
    """
    level = LEVELS["strict-serializable" if options.get("strict") else "serializable"]
    return isolated(history, level=level, options=options, budget=budget)


def _at(name: str) -> HistoryCheck:
    def check(history: History, /, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
        return isolated(history, level=LEVELS[name], options=options, budget=budget)

    check.__doc__ = f"Judge that transactions show no anomaly that {name} forbids."
    return check


read_uncommitted = _at("read-uncommitted")
read_committed = _at("read-committed")
read_atomic = _at("read-atomic")
snapshot_isolated = _at("snapshot-isolated")
strong_snapshot_isolated = _at("strong-snapshot-isolated")
repeatable_read = _at("repeatable-read")
session_serializable = _at("session-serializable")
strict_serializable = _at("strict-serializable")


def _direct(level: Level, txns: Sequence[Transaction], anomalies: Sequence[Anomaly]) -> Verdict:
    worst = anomalies[0]
    names = sorted({anomaly.name for anomaly in anomalies})
    operations = [txns[number].operation for number in worst.transactions]
    cycle = _both_first(operations, worst) if worst.name == "lost-update" else ()
    also = ALSO_KNOWN_AS.get(worst.name, "")
    measured = f"{worst.name}{f' ({also})' if also else ''}: {worst.sentence}"
    return violated(
        level.name, measured, operations, cycle=cycle,
        culprits=() if cycle else {operations[-1].index},
        anomaly=worst.name, anomalies=names, also=also, rules_out=broken_by(worst.name, None),
    )  # fmt: skip


def _both_first(operations: Sequence[Operation], lost: Anomaly) -> list[Dependency]:
    """Return a lost update as what it is: each must have read before the other replaced it."""
    one, other = operations
    reason = f"it read the {lost.about} that the other one replaced"
    return [
        Dependency(one, other, "rw", reason, lost.about),
        Dependency(other, one, "rw", reason, lost.about),
    ]


def _worst(graph: Graph, level: Level, order: Kind | None) -> tuple[str, Cycle] | None:
    nodes = graph.components(without=_beyond(level))
    if not nodes:
        return None
    found = cut_out(graph, nodes)
    extra = () if order is None else tuple(k for k in level.extra if k <= order)
    for name in _CYCLES:
        if name not in level.forbidden or (
            name == "fractured-read" and "G-single" in level.forbidden
        ):
            continue
        for component in found:
            cycle = _cycle(component, name, extra)
            if cycle is not None:
                known_as = "G-single" if name == "fractured-read" else name
                return known_as, joined(cycle, graph.size)
    return None


def _beyond(level: Level) -> tuple[Kind, ...]:
    """Return the kinds of edges of which a level forbids no cycle."""
    if "fractured-read" in level.forbidden:
        return ()
    return (Kind.RW,) if "G1c" in level.forbidden else (Kind.RW, Kind.WR)


def _cycle(component: Component, name: str, extra: tuple[Kind, ...]) -> Cycle | None:
    match name:
        case "G0":
            return component.cycle(Kind.WW, (Kind.WW, *extra))
        case "G1c":
            return component.cycle(Kind.WR, (Kind.WW, Kind.WR, *extra))
        case "fractured-read":
            return component.between_two(Kind.WR, Kind.RW)
        case "G-single":
            return component.cycle(Kind.RW, (Kind.WW, Kind.WR, *extra))
        case "G-nonadjacent":
            return component.apart((Kind.WW, Kind.WR, *extra))
        case _:
            return component.cycle(Kind.RW, (Kind.WW, Kind.WR, Kind.RW, *extra))


def _shown(
    level: Level,
    txns: Sequence[Transaction],
    found: Dependencies,
    order: Kind | None,
    name: str,
    cycle: Sequence[Edge],
) -> Verdict:
    numbers = [edge.source for edge in cycle]
    label = {number: f"T{place}" for place, number in enumerate(numbers, start=1)}
    why = [because(edge, txns, found.keys) for edge in cycle]
    lines = [f"{label[n]}: {describe(txns[n].operation)}" for n in numbers]
    lines += [
        f"{label[edge.source]} comes before {label[edge.target]}: {reason}"
        for edge, reason in zip(cycle, why, strict=True)
    ]
    full = name if order is None else f"{name}-{order.name.lower()}"
    also = special_case(cycle) or ALSO_KNOWN_AS.get(name, "")
    titled = f"{full} ({also})" if also and also != name else full
    measured = f"{titled}: {_CYCLES[name]} of {plural(len(cycle), 'transaction')}"
    return violated(
        level.name, measured, [txns[number].operation for number in numbers], lines,
        cycle=list(_arrows(cycle, txns, found.keys, why)),
        anomaly=full, anomalies=[full], also=also,
        rules_out=broken_by("fractured-read" if also == "fractured read" else name, order),
    )  # fmt: skip


def _nowhere(
    level: Level,
    txns: Sequence[Transaction],
    found: Dependencies,
    order: Kind | None,
    contradiction: Contradiction,
) -> Verdict:
    told = Told(found, txns, contradiction)
    numbers = [edge.source for edge in told.cycle]
    full = "no-version-order" if order is None else f"no-version-order-{order.name.lower()}"
    about = value_text(found.keys[told.about].name)
    measured = f"{full}: no order of the writes to {about} explains what was read"
    return violated(
        level.name, measured, [txns[number].operation for number in numbers], told.lines(),
        cycle=list(_arrows(told.cycle, txns, found.keys, told.why())),
        anomaly=full, anomalies=[full], also="", rules_out=broken_by("no-version-order", order),
    )  # fmt: skip


def _arrows(
    cycle: Sequence[Edge], txns: Sequence[Transaction], keys: Sequence[Key], why: Sequence[str]
) -> Iterator[Dependency]:
    for edge, reason in zip(cycle, why, strict=True):
        source, target = txns[edge.source].operation, txns[edge.target].operation
        name = value_text(keys[edge.key].name) if edge.key >= 0 else ""
        yield Dependency(source, target, edge.kind.name.lower(), reason, name)
