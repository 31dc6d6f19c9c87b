"""Isolation levels, by the anomalies that each forbids.

After Adya, "Weak Consistency" (1999), and Cerone and Gotsman (2018) for snapshot isolation. No
history here has predicates, so that repeatable read, which differs from serializability only in
those, is the same. A level with sessions or real time also forbids the cycles that these close.
"""

from __future__ import annotations

from dataclasses import dataclass

from planc_runtime.checkers.transactions.graph import Kind

CORRUPT = ("garbage-read", "duplicate-elements", "incompatible-order")
"""No isolation level explains these."""


@dataclass(frozen=True, slots=True)
class Level:
    name: str
    forbidden: frozenset[str]
    extra: tuple[Kind, ...] = ()
    """Orders beside the dependencies: sessions, real time."""


def _level(name: str, base: Level | None, *more: str, extra: tuple[Kind, ...] = ()) -> Level:
    return Level(name, (base.forbidden if base else frozenset()) | {*more}, extra)


_UNCOMMITTED = _level("read-uncommitted", None, *CORRUPT, "G0")
_COMMITTED = _level("read-committed", _UNCOMMITTED, "G1a", "G1b", "G1c")
_ATOMIC = _level("read-atomic", _COMMITTED, "internal", "fractured-read")
_SNAPSHOT = _level("snapshot-isolated", _ATOMIC, "lost-update", "G-single", "G-nonadjacent")
_REPEATABLE = _level("repeatable-read", _SNAPSHOT, "G2-item", "no-version-order")

LEVELS: dict[str, Level] = {
    level.name: level
    for level in (
        _UNCOMMITTED,
        _COMMITTED,
        _ATOMIC,
        _SNAPSHOT,
        _level("strong-snapshot-isolated", _SNAPSHOT, extra=(Kind.SESSION, Kind.REALTIME)),
        _REPEATABLE,
        _level("serializable", _REPEATABLE),
        _level("session-serializable", _REPEATABLE, extra=(Kind.SESSION,)),
        _level("strict-serializable", _REPEATABLE, extra=(Kind.SESSION, Kind.REALTIME)),
    )
}
"""Weakest first, as far as they can be compared."""

ALSO_KNOWN_AS = {
    "G0": "dirty write",
    "G1a": "dirty read",
    "G1b": "intermediate read",
    "G1c": "circular information flow",
    "G-single": "read skew",
}


def broken_by(anomaly: str, order: Kind | None) -> list[str]:
    """Return the levels that an anomaly, closed by an order beside dependencies, rules out."""
    return [
        level.name
        for level in LEVELS.values()
        if anomaly in level.forbidden and (order is None or order in level.extra)
    ]
