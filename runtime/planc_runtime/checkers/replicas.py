"""`replicas-equal`: after everything was mended, all nodes hold the same.

Judged by final reads that went to one node each: of every key, every node that answered must have
the same. The engine makes them when this is expected of a history.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import Any

from planc_runtime.checkers.budget import Budget
from planc_runtime.checkers.results import inconclusive, passed, violated
from planc_runtime.checkers.values import canonical
from planc_runtime.checkers.words import plural, value_text
from planc_runtime.history import History, Operation, Outcome, Verdict

_SHOWN = 5
"""Elements that are named."""


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
                both = {first.index, read.index}
                return violated(
                    wanted, _differ(name, first, read), [first, read], culprits=both, mark="differs"
                )
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


def _differ(name: Hashable, one: Operation, other: Operation) -> str:
    """Say what differs; of collections only the elements that one of them lacks."""
    held, also = canonical(one.value), canonical(other.value)
    said = value_text(name)
    if not isinstance(held, tuple) or not isinstance(also, tuple):
        here, there = value_text(one.value), value_text(other.value)
        return f"{said} is {here} on {one.node}, but {there} on {other.node}"
    where = f"{said} differs on {one.node} and {other.node}"
    missing = ((other, set(held) - set(also)), (one, set(also) - set(held)))
    lacks = [f"{read.node} lacks {_some(elements)}" for read, elements in missing if elements]
    if lacks:
        return f"{where}: {', '.join(lacks)}"
    pairs = enumerate(zip(held, also, strict=False), 1)
    place = next((at for at, (a, b) in pairs if a != b), min(len(held), len(also)) + 1)
    return f"{where} from number {place} on"


def _some(elements: Collection[Hashable]) -> str:
    names = sorted(map(value_text, elements), key=lambda name: (len(name), name))
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


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
