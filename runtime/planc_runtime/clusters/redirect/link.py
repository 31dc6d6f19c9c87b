"""One direction between two hosts, as a stream of bytes sees it: how late, how fast, or held.

It is the sum of the rules in force (`clusters.lab.rules`); what passes through is told by the
flows of the connections on it.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planc_runtime.clusters.redirect.flow import Flow

PIECE = 4096
"""Bytes that a limited link lets go on together, lest a large write arrive in one burst."""


class Link:
    def __init__(self, source: int, target: int, seed: str) -> None:
        self._random = random.Random(f"{seed}/link/{source}/{target}")
        self._free_at = 0.0
        self.flows: set[Flow] = set()
        self.counts: Counter[str] = Counter()
        """Bytes: passed, held."""
        self.cut = False
        self.refuse = False
        self._delay = 0.0
        self._jitter = 0.0
        self._rate: float | None = None

    def follow(self, rule: dict[str, Any]) -> None:
        """Follow a rule from now on; what was held for the one before goes on when it may."""
        self.cut = bool(rule.get("cut"))
        self.refuse = bool(rule.get("refuse"))
        self._delay = rule.get("delay") or 0.0
        self._jitter = rule.get("jitter") or 0.0
        self._rate = rule.get("rate")
        if not self._rate:
            self._free_at = 0.0
        for flow in tuple(self.flows):
            flow.look()

    def due(self, now: float, size: int) -> float:
        """Return when bytes that enter now may leave."""
        late = self._delay
        if self._jitter:
            late += self._jitter * self._random.uniform(-1.0, 1.0)
        if self._rate:
            self._free_at = max(now, self._free_at) + size * 8 / self._rate
            return self._free_at + max(0.0, late)
        return now + max(0.0, late)

    @property
    def piece(self) -> int | None:
        return PIECE if self._rate else None
