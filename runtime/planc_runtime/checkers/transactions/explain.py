"""Why one transaction came before another, in words, found again from what both did."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from planc_runtime.checkers.transactions.cycles import Edge
from planc_runtime.checkers.transactions.graph import Kind
from planc_runtime.checkers.transactions.transaction import Transaction
from planc_runtime.checkers.transactions.versions import Key, successions
from planc_runtime.checkers.words import value_text


def because(edge: Edge, txns: Sequence[Transaction], keys: Sequence[Key]) -> str:
    """Return what follows "T1 comes before T2: "."""
    match edge.kind:
        case Kind.SESSION:
            return "the same client ran it before the next one"
        case Kind.REALTIME:
            return "it had ended when the next one began"
    key = keys[edge.key]
    wrote = set(_written(txns[edge.source], key))
    name = value_text(key.name)
    if edge.kind is Kind.WR:
        seen = next(v for v in _read(txns[edge.target], key) if v in wrote)
        return f"it wrote {name} = {value_text(seen)}, which the next one read"
    had = wrote if edge.kind is Kind.WW else set(_read(txns[edge.source], key))
    earlier, later = _step(key, had, set(_written(txns[edge.target], key)))
    before, after = f"{name} = {value_text(earlier)}", value_text(later)
    if edge.kind is Kind.WW:
        return f"it wrote {before}, before the next one wrote {after}"
    return f"it read {before}, which the next one replaced with {after}"


def _written(txn: Transaction, key: Key) -> Iterator[Hashable]:
    return (step.value for step in txn.steps if step.f != "r" and step.key == key.name)


def _read(txn: Transaction, key: Key) -> Iterator[Hashable]:
    for step in txn.steps:
        if step.f == "r" and step.key == key.name:
            yield key.version(step.value)


def _step(key: Key, had: set[Hashable], wrote: set[Hashable]) -> tuple[Hashable, Hashable]:
    """Return the version that one had and the other's that came next."""
    always = _Always()
    for earlier, values in successions(key, always, always):
        if earlier in had:
            for value in values:
                if value in wrote:
                    return earlier, value
    return next(iter(had)), next(iter(wrote))


class _Always(Sequence[bool]):
    """Stands for "all of them": which transactions happened has been settled before."""

    def __getitem__(self, index: object) -> bool:  # type: ignore[override]
        return True

    def __len__(self) -> int:
        return 0


def special_case(cycle: Sequence[Edge]) -> str:
    """Return the name that a small cycle is known by beyond its class; empty if it has none."""
    kinds = [edge.kind for edge in cycle]
    about = {edge.key for edge in cycle}
    if len(cycle) == 2 and kinds.count(Kind.RW) == 1:
        if Kind.WW in kinds and len(about) == 1:
            return "lost update"
        return "fractured read" if Kind.WR in kinds and len(about) == 2 else ""
    if kinds == [Kind.RW, Kind.RW] and len(about) == 2:
        return "write skew"
    if len(cycle) == 4 and kinds[::2] in ([Kind.WR] * 2, [Kind.RW] * 2) and kinds[0] != kinds[1]:
        return "long fork" if {Kind.WR, Kind.RW} == set(kinds) else ""
    return ""
