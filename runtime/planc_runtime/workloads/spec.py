"""A workload with every number settled: what `drive` needs to know, and nothing of the plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Ramp:
    """A rate that changes evenly from `start` to `end` (operations per second) in `over` seconds.

    After `over` it stays at `end`. A constant rate is `Ramp(r, r)`.
    """

    start: float
    end: float
    over: float = 0.0

    def due(self, seconds: float) -> float:
        """Return how many operations are due by then: the integral of the rate."""
        if self.over <= 0:
            return self.end * seconds
        inside = min(seconds, self.over)
        ramped = self.start * inside + (self.end - self.start) * inside * inside / (2 * self.over)
        return ramped + self.end * max(0.0, seconds - self.over)

    def when(self, count: float) -> float:
        """Return the second at which `count` operations are due; the inverse of `due`.

        Raises ValueError when the rate never gets there.
        """
        ramped = self.due(self.over) if self.over > 0 else 0.0
        if count >= ramped:
            if self.end <= 0:
                raise ValueError("the rate has fallen to nothing")
            return self.over + (count - ramped) / self.end
        if count <= 0:
            return 0.0
        # Of the two forms of the root the one that divides by no slope, which may be next to
        # nothing; rounding can take what is left of a rate that falls to nothing below it.
        slope = (self.end - self.start) / self.over
        left = max(0.0, self.start * self.start + 2 * slope * count)
        return 2 * count / (self.start + math.sqrt(left))


@dataclass(frozen=True, slots=True)
class KeySpace:
    """`count` keys; `distribution` is uniform, zipf, latest or sequential.

    zipf draws key i with probability proportional to 1 / i^parameter; latest is zipf over how
    recently a key was written (as in YCSB, Cooper et al. 2010).
    """

    count: int = 1
    distribution: str = "uniform"
    parameter: float = 0.99


@dataclass(frozen=True, slots=True)
class ValueShape:
    """Sizes in bytes; None writes short values. Values are unique whatever their size."""

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class OperationShape:
    """An operation of the client by the names of its parameters; they say what to put there."""

    name: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoadSpec:
    name: str
    operations: Mapping[str, OperationShape]
    mix: Mapping[str, float]
    """Share of each operation; the shares sum to 1."""
    clients: int = 1
    rate: Ramp | None = None
    """None: closed loop."""
    think: float = 0.0
    """Seconds between an answer and the next request of a client, closed loop only."""
    keys: KeySpace = field(default_factory=KeySpace)
    values: ValueShape = field(default_factory=ValueShape)
    limit: int | None = None
    """Stop after so many operations."""
    timeout: float = 5.0
    """An operation that found no free client for so long is given up before it is sent."""
