"""`replicas-equal`: after everything was mended, all nodes hold the same.

Judged by final reads that went to one node each: of every key, every node that answered must have
the same. The engine makes them when this is expected of a history.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from planc_runtime.checkers.budget import Budget
from planc_runtime.checkers.results import inconclusive, passed, violated
from planc_runtime.checkers.values import canonical
from planc_runtime.checkers.words import plural, value_text
from planc_runtime.history import History, Operation, Outcome, Verdict


def replicas_equal(history: History, *, options: Mapping[str, Any], budget: Budget) -> Verdict:
    """Judge that the last final reads of each key found the same on every node.

    Option `unordered`: lists are compared as sets. Inconclusive where no key was read on two nodes,
    or a node did not answer for a key that others did.
    """
    wanted = "replicas-equal"
    keys, silent = _last_reads(history)
    nodes = {node for found in keys.values() for node in found}
    for name, found in keys.items():
        first, *others = found.values()
        for read in others:
            if _held(read, options) != _held(first, options):
                measured = (
                    f"{value_text(name)} is {value_text(first.value)} on {first.node}, "
                    f"but {value_text(read.value)} on {read.node}"
                )
                both = {first.index, read.index}
                return violated(wanted, measured, [first, read], culprits=both)
    compared = sum(len(found) > 1 for found in keys.values())
    if not compared:
        return inconclusive(wanted, "no key was read on two nodes")
    if silent:
        return inconclusive(wanted, f"{plural(silent, 'read')} of single nodes had no answer")
    if all(read.value is None for found in keys.values() for read in found.values()):
        return inconclusive(wanted, "no node held anything, so nothing was compared")
    alike = "is" if compared == 1 else "are"
    measured = f"{plural(compared, 'key')} {alike} the same on {plural(len(nodes), 'node')}"
    return passed(wanted, measured, keys=compared, nodes=len(nodes))


def _last_reads(
    history: History,
) -> tuple[dict[Hashable, dict[str, Operation]], int]:
    """Return by key and node the last final read that was answered; how many never were."""
    keys: dict[Hashable, dict[str, Operation]] = {}
    unanswered: set[tuple[Hashable, str]] = set()
    for read in history.of_operation("final_read"):
        if read.node is None:
            continue
        key = canonical(read.key)
        if read.outcome is Outcome.OK:
            keys.setdefault(key, {})[read.node] = read
        else:
            unanswered.add((key, read.node))
    silent = sum(node not in keys.get(key, {}) for key, node in unanswered)
    return keys, silent


def _held(read: Operation, options: Mapping[str, Any]) -> Hashable:
    value = canonical(read.value)
    if options.get("unordered") and isinstance(value, tuple):
        return frozenset(value)
    return value
