"""What a plan already says before it runs: numbers, the nodes a target means, equal meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planc import model as m
from planc.analysis import numbers

number = numbers.number_of
Declarations = Mapping[str, m.Declaration]
Node = tuple[str, str]
"""The key of a cluster, the name of a node."""


def lowest(value: m.Expression | None) -> float | None:
    """Return a known number, or the low end of a known range."""
    return number(value.low) if isinstance(value, m.Interval) else number(value)


def shape(part: Any) -> Any:
    """Return what a part means as a value that compares equal wherever the part stands."""
    if isinstance(part, m.Constant):
        return ("constant", part.type, type(part.value).__name__, part.value)
    if isinstance(part, m.Item):
        fields = tuple(
            (name, shape(value))
            for name, value in part.__dict__.items()
            if name not in ("span", "written")
        )
        return (type(part).__name__, fields)
    if isinstance(part, tuple):
        return tuple(map(shape, part))
    return part


def cluster_of(target: m.Expression, known: Declarations) -> m.Cluster | None:
    """Return the one cluster that a target speaks of."""
    keys = {each.key for each in m.walk(target)
            if isinstance(each, m.Reference) and each.means == "cluster"}  # fmt: skip
    found = known.get(keys.pop()) if len(keys) == 1 else None
    return found if isinstance(found, m.Cluster) else None


def nodes_of(target: m.Expression | None, known: Declarations) -> frozenset[Node] | None:
    """Return the nodes a target certainly is; None where chance or the run decides."""
    match target:
        case m.NodeReference(cluster=cluster, name=name):
            return frozenset({(cluster.key, name)})
        case m.Reference(means="cluster", key=key):
            found = known.get(key)
            if not isinstance(found, m.Cluster) or not found.counted:
                return None
            return frozenset((key, name) for name in found.node_names)
        case m.Apply(function="all_of" | "each" | "nodes", arguments=(inner,)):
            return nodes_of(inner, known)
        case m.Apply(function="group", arguments=inner) | m.ListOf(items=inner):
            found_each = [nodes_of(each, known) for each in inner]
            if any(each is None for each in found_each):
                return None
            return frozenset(node for each in found_each if each for node in each)
    return None


def least_hit(target: m.Expression, known: Declarations) -> int | None:
    """Return how many nodes a target is at the least; None when that is not known."""
    named = nodes_of(target, known)
    if named is not None:
        return len(named)
    match target:
        case m.Apply(function="any_of", arguments=(count, _)):
            drawn = number(count)
            return int(drawn) if drawn is not None else None
        case m.Apply(function="majority" | "minority" as word, arguments=(inner,)):
            of = nodes_of(inner, known)
            if of is None:
                return None
            return len(of) // 2 + 1 if word == "majority" else (len(of) - 1) // 2
        case m.Apply(function="leader"):
            return 1
    return None


def written(plan_text: str) -> str:
    """Return a stretch of a plan in one line."""
    return " ".join(plan_text.split())


def constants(part: Any) -> Iterator[m.Constant]:
    """Yield every literal below a part."""
    return (each for each in m.walk(part) if isinstance(each, m.Constant))
