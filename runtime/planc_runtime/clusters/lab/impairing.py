"""What a troubled link does to a frame: drop it, damage it, double it, hold it back.

Every pair draws from a generator of its own, seeded by the scenario's seed and the two names, so
that the n-th frame of a link meets the same fate in every run.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from planc_runtime.clusters.lab import frames

QUEUE = 1000
"""Frames that wait for a slow link, as on a Linux interface; what comes after is lost."""
_HELD_BACK = (0.002, 0.008)
"""Seconds that a frame waits for others to overtake it."""

Departures = list[tuple[float, bytes]]


class Link:
    """One direction between two hosts."""

    def __init__(self, source: str, target: str, seed: str) -> None:
        self._random = Random(f"{seed}/link/{source}/{target}")
        self.counts: Counter[str] = Counter()
        """Of frames: sent, probes, dropped, overflowed, duplicated, reordered, corrupted."""
        self.queued = 0
        self.epoch = 0
        """Raised by a cut: what left the sender before it does not arrive after it."""
        self._free_at = 0.0
        self.shape({})

    def shape(self, rule: dict[str, Any]) -> None:
        """Follow another rule from now on; what waits keeps its time, and may be overtaken."""
        self._last = 0.0
        self._delay = float(rule.get("delay", 0.0))
        self._jitter = float(rule.get("jitter", 0.0))
        self._loss = float(rule.get("loss", 0.0))
        self._duplicate = float(rule.get("duplicate", 0.0))
        self._reorder = float(rule.get("reorder", 0.0))
        self._corrupt = float(rule.get("corrupt", 0.0))
        self._rate = rule.get("rate")

    def carry(self, frame: bytes, now: float) -> Departures:
        """Return when the frame is to go on, and as what; nothing when it is lost."""
        self.counts["sent"] += 1
        if self._loss and self._hit(self._loss):
            self.counts["dropped"] += 1
            return []
        if self._corrupt and self._hit(self._corrupt):
            self.counts["corrupted"] += 1
            changed = frames.damaged(frame, self._random)
            if changed is None:
                return []
            frame = changed
        copies = 1
        if self._duplicate and self._hit(self._duplicate):
            self.counts["duplicated"] += 1
            copies = 2
        return [departure for _ in range(copies) if (departure := self._schedule(frame, now))]

    def probe(self, frame: bytes, now: float) -> Departures:
        """Carry a probe: it takes the link's time, and nothing else befalls it."""
        self.counts["probes"] += 1
        return [(now + self._latency(), frame)]

    def _schedule(self, frame: bytes, now: float) -> tuple[float, bytes] | None:
        due = now
        if self._rate:
            if self.queued >= QUEUE:
                self.counts["overflowed"] += 1
                return None
            self._free_at = max(self._free_at, now)
            self._free_at += (len(frame) - frames.VNET_HEADER) * 8 / self._rate
            due = self._free_at
        due += self._latency()
        if self._reorder and self._hit(self._reorder):
            self.counts["reordered"] += 1
            return due + self._random.uniform(*_HELD_BACK), frame
        # Jitter alone does not change the order: frames wait for those before them.
        self._last = max(due, self._last)
        return self._last, frame

    def _latency(self) -> float:
        if not self._jitter:
            return self._delay
        return max(0.0, self._delay + self._jitter * self._random.uniform(-1.0, 1.0))

    def _hit(self, chance: float) -> bool:
        return self._random.random() < chance
