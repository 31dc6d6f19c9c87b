"""One direction between two machines: when a packet arrives, or whether.

Rules add up: delays and jitters are summed, chances combined as those of independent troubles, the
lowest rate holds. TCP's segments are never lost for good, since TCP repeats them: loss and
corruption become the time that the repetition takes, a cut becomes a wait until it is healed.
Datagrams suffer literally.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from planc_runtime.protocols.rules import LinkRule

RTO = 0.2
"""Linux's least retransmission timeout, in seconds; doubled with each attempt."""
RTO_MAX = 1.0
"""Cap of the back-off. Linux waits up to 120 s, which hides how fast a system itself recovers."""
SEGMENT = 1460
"""Bytes of payload in one Ethernet frame."""
NEAR = (0.000_02, 0.000_05)
FAR = (0.000_2, 0.001)
"""Least and greatest latency in seconds: within a machine, and between two in one data centre."""


@dataclass(slots=True)
class Stalled:
    """Segments of one connection that wait for a cut to be healed."""

    since: float
    segments: list[tuple[Callable[..., object], tuple[Any, ...]]] = field(default_factory=list)


class Link:
    """From one machine to another; the way back is a link of its own."""

    def __init__(self, source: str, target: str, seed: str) -> None:
        self.source = source
        self.target = target
        self.random = random.Random(f"{seed}/link/{source}/{target}")
        self.counts: Counter[str] = Counter()
        """Packets: sent, dropped, delayed, duplicated, reordered, corrupted, refused."""
        self.stalled: dict[Any, Stalled] = {}
        self._rules: list[LinkRule] = []
        self._least, greatest = NEAR if source == target else FAR
        self._spread = greatest - self._least
        self._free_at = 0.0
        self.impaired = False
        self._merge()

    def add(self, rule: LinkRule) -> None:
        self._rules.append(rule)
        self._merge()

    def remove(self, rule: LinkRule) -> None:
        for index, one in enumerate(self._rules):
            if one is rule:
                del self._rules[index]
                break
        self._merge()

    def _merge(self) -> None:
        rules = self._rules
        self.impaired = bool(rules)
        self.cut = any(rule.cut for rule in rules)
        self.refuse = any(rule.refuse for rule in rules)
        self.delay = sum(rule.delay for rule in rules)
        self.jitter = sum(rule.jitter for rule in rules)
        self.loss = any_of([rule.loss for rule in rules])
        self.duplicate = any_of([rule.duplicate for rule in rules])
        self.reorder = any_of([rule.reorder for rule in rules])
        self.corrupt = any_of([rule.corrupt for rule in rules])
        self.lost = any_of([self.loss, self.corrupt])
        """The chance that a segment does not arrive: TCP takes a corrupted one for lost."""
        self.stops = self.cut or self.lost >= 1.0
        self.rate = min((rule.rate for rule in rules if rule.rate is not None), default=None)
        caps = [rule.retransmit for rule in rules if rule.retransmit is not None]
        self.longest = min(caps, default=RTO_MAX)
        """Where the back-off of a retransmission stops to grow."""

    def latency(self, now: float, size: int) -> float:
        """Seconds on the way, for a packet that is neither lost nor held."""
        seconds = self._least + self._spread * self.random.random()
        if self.impaired:
            if self.delay or self.jitter:
                self.counts["delayed"] += 1
                seconds += max(0.0, self.delay + self.jitter * self.random.uniform(-1.0, 1.0))
            if self.rate is not None:
                self._free_at = max(now, self._free_at) + size * 8 / self.rate
                seconds += self._free_at - now
        return seconds

    def segment(self, now: float, size: int) -> float:
        """Seconds until a TCP segment of `size` bytes arrives, its repetitions included.

        Not for a link that stops: over that, none ever arrives.
        """
        self.counts["sent"] += 1
        if not self.impaired:
            return self._least + self._spread * self.random.random()
        seconds = self.latency(now, size)
        if self.lost:
            seconds += self._repetitions(max(1, -(-size // SEGMENT)))
        if self.reorder and self.random.random() < self.reorder:
            self.counts["reordered"] += 1
            seconds += self._least + self._spread
        return seconds

    def _repetitions(self, frames: int) -> float:
        """Seconds until all frames have come through: the lost are sent again, later each time."""
        seconds, timeout = 0.0, min(RTO, self.longest)
        while True:
            frames = sum(self.random.random() < self.lost for _ in range(frames))
            if not frames:
                return seconds
            self.counts["dropped"] += frames
            seconds += timeout
            timeout = min(timeout * 2, self.longest)

    def datagrams(self, now: float, data: bytes) -> list[tuple[float, bytes]]:
        """The copies of a datagram that arrive: (seconds on the way, content)."""
        self.counts["sent"] += 1
        if not self.impaired:
            return [(self._least + self._spread * self.random.random(), data)]
        if self.cut or self._hit("dropped", self.loss):
            if self.cut:
                self.counts["dropped"] += 1
            return []
        arrivals = []
        for _ in range(2 if self._hit("duplicated", self.duplicate) else 1):
            seconds = self.latency(now, len(data))
            if self._hit("reordered", self.reorder):
                seconds += self.random.uniform(1.0, 4.0) * (self._least + self._spread)
            content = self._flipped(data) if self._hit("corrupted", self.corrupt) else data
            arrivals.append((seconds, content))
        return arrivals

    def _hit(self, name: str, chance: float) -> bool:
        if chance and self.random.random() < chance:
            self.counts[name] += 1
            return True
        return False

    def _flipped(self, data: bytes) -> bytes:
        if not data:
            return data
        position = self.random.randrange(len(data) * 8)
        changed = bytearray(data)
        changed[position // 8] ^= 1 << position % 8
        return bytes(changed)


def any_of(chances: list[float]) -> float:
    """The chance that at least one of independent troubles strikes."""
    none = 1.0
    for chance in chances:
        none *= 1.0 - chance
    return 1.0 - none


def next_attempt(since: float, healed: float, longest: float = RTO_MAX) -> float:
    """The first retransmission after a cut, of a segment first sent at `since`."""
    instant, timeout = since, min(RTO, longest)
    while instant < healed:
        instant += timeout
        timeout = min(timeout * 2, longest)
    return instant
