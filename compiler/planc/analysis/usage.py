"""What is made use of by what: clusters to start, mocks to serve, declarations to write out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from planc import model as m
from planc.analysis.symbols import FileSymbols, Symbol
from planc.syntax import nodes as n

_NAMES: dict[type[n.Node], tuple[str, ...]] = {}


def _names(kind: type[n.Node]) -> tuple[str, ...]:
    if kind not in _NAMES:
        _NAMES[kind] = tuple(name for name in kind.__match_args__ if name != "span")
    return _NAMES[kind]


def parts(node: Any) -> Iterator[n.Node]:
    """Yield every node below `node`, itself included."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, n.Node):
            yield current
            waiting.extend(getattr(current, name) for name in _names(type(current)))
        elif type(current) is tuple:
            waiting.extend(current)


def mentioned(node: n.Node, file: FileSymbols) -> list[str]:
    """Return the keys of the clusters that a scenario or fault speaks of by any name.

    By their own, or by that of a workload or machine on them: whose nodes may be called `n1`.
    """
    found: dict[str, None] = {}
    for part in parts(node):
        if isinstance(part, n.Name) and (symbol := file.find(part.id)):
            if symbol.kind == "cluster":
                found.setdefault(symbol.key)
            elif symbol.kind in ("workload", "machine"):
                model = symbol.model
                if isinstance(model, m.Workload | m.Machine) and model.cluster:
                    found.setdefault(model.cluster.key)
    if not found:
        only = [symbol.key for symbol in file.visible() if symbol.kind == "cluster"]
        return only[:1] if len(only) == 1 else []
    return list(found)


def needed(keys: Iterable[str], registry: Mapping[str, Symbol]) -> list[m.Declaration]:
    """Return every declaration that `keys` lead to, each after those that it needs itself."""
    done: dict[str, m.Declaration] = {}
    seen: set[str] = set()
    waiting = list(keys)[::-1]
    while waiting:
        key = waiting.pop()
        symbol = registry.get(key)
        if symbol is None or symbol.model is None or key in done:
            continue
        further = () if key in seen else symbol.links
        seen.add(key)
        missing = [link for link in further if link not in seen]
        if missing:
            waiting += [key, *reversed(missing)]
        else:
            done[key] = symbol.model
    return list(done.values())
