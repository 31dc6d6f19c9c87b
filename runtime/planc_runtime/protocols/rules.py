"""Troubles as values: what a link, a clock, a disk or a process is made to suffer.

A rule says what holds while its lease is open. Every field at its default means "no trouble".
Durations are seconds, probabilities 0..1, rates bits per second, sizes bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

Pairs = frozenset[tuple[str, str]]
"""Ordered pairs of node names (from, to); a two-way trouble names both directions."""


@dataclass(frozen=True, slots=True)
class LinkRule:
    cut: bool = False
    """Packets vanish; nobody is told (TCP connections stay open and retransmit)."""
    refuse: bool = False
    """New connections are refused (RST); open ones go on."""
    reset: bool = False
    """Open connections are reset once, when the rule is installed."""
    delay: float = 0.0
    jitter: float = 0.0
    """Uniform in delay +- jitter."""
    loss: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    corrupt: float = 0.0
    rate: float | None = None
    retransmit: float | None = None
    """No trouble: the longest that TCP's back-off may grow to, where it is not the usual one."""


@dataclass(frozen=True, slots=True)
class ClockRule:
    offset: float = 0.0
    """Added to the node's wall clock; the monotonic clock is not touched."""
    drift: float = 0.0
    """Seconds gained per second, of wall clock and timers alike: 0.02 runs 2 % fast."""


@dataclass(frozen=True, slots=True)
class DiskRule:
    full: bool = False
    """Writes that need room fail with ENOSPC."""
    delay: float = 0.0
    """Added to every fsync and fdatasync."""
    fail_sync: bool = False
    """fsync and fdatasync fail with EIO and sync nothing."""


@dataclass(frozen=True, slots=True)
class ResourceRule:
    cpu: float | None = None
    """Share of one core, 0..1."""
    memory: int | None = None
    files: bool = False
    """No further file descriptor can be opened."""
