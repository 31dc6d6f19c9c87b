"""Is one part of a run slower than another? Decided over blocks, with "can't tell" as an answer.

Two numbers always differ; the question is whether they differ by more than they do by themselves.
So both parts are cut into blocks of the same length, the measure is taken of each block, and every
block of the one part is set against every block of the other. The ratios between two ranks of that
list are a confidence interval for how many times as large the one part is (Hodges and Lehmann 1963,
on logarithms); the ranks come from the exact distribution of Mann and Whitney's U. Nothing is
presumed about how latencies are distributed, one wild block has the weight of a mild one, and with
few blocks the interval is wide instead of wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import comb, inf, isinf, nan

CONFIDENCE = 0.95
MOST_BLOCKS = 20
LEAST_BLOCKS = 4
"""On each side; then a difference can just be shown: one order of seventy is left by chance."""


class Answer(StrEnum):
    NO_WORSE = "no worse"
    WORSE = "worse"
    UNKNOWN = "can't tell"


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as large the present values are as those of the baseline."""

    value: float
    low: float
    high: float

    def answer(self, allowed: float, *, higher_is_better: bool = False) -> Answer:
        """Say whether it is worse by more than a share; `allowed` is 0.1 for ten percent."""
        if higher_is_better:
            bound = 1 - allowed
            return _decide(self.low >= bound, self.high < bound)
        bound = 1 + allowed
        return _decide(self.high <= bound, self.low > bound)

    @property
    def text(self) -> str:
        high = "any" if isinf(self.high) else f"{self.high:.3g}"
        return f"{times(self.value)} (95 % interval {self.low:.3g} to {high})"


def times(ratio: float) -> str:
    return "without bound" if isinf(ratio) else f"{ratio:.3g} times"


def _decide(no_worse: bool, worse: bool) -> Answer:
    if no_worse:
        return Answer.NO_WORSE
    return Answer.WORSE if worse else Answer.UNKNOWN


def compare(baseline: Sequence[float], present: Sequence[float]) -> Ratio:
    """Return the ratio of two samples of numbers that are not negative, with its interval.

    Raises ValueError when either is empty. The interval is unbounded where there are too few.
    """
    if not baseline or not present:
        raise ValueError("nothing to compare")
    ratios = sorted(_ratio(now, then) for now in present for then in baseline)
    count = len(ratios)
    middle = (ratios[(count - 1) // 2] + ratios[count // 2]) / 2
    cut = _cut(len(baseline), len(present))
    if cut == 0:
        return Ratio(middle, 0.0, inf)
    return Ratio(middle, ratios[cut - 1], ratios[count - cut])


def _ratio(now: float, then: float) -> float:
    if then == 0:
        return 1.0 if now == 0 else inf
    return now / then


@lru_cache(maxsize=64)
def _cut(first: int, second: int) -> int:
    """Return how many of the extreme ratios chance leaves out on each side, at most 2.5 %."""
    tail = (1 - CONFIDENCE) / 2 * comb(first + second, first)
    seen = 0
    for cut, ways in enumerate(orders(first, second)):
        seen += ways
        if seen > tail:
            return cut
    raise AssertionError("all orders together are more than 2.5 % of them")


@lru_cache(maxsize=64)
def orders(first: int, second: int) -> tuple[int, ...]:
    """Return in how many orders of two samples U is 0, 1, 2, ...: the exact null distribution.

    They are the coefficients of the Gaussian binomial, multiplied out factor by factor.
    """
    ways = [1] + [0] * (first * second)
    for factor in range(1, first + 1):
        up = second + factor
        for at in range(len(ways) - 1, up - 1, -1):
            ways[at] -= ways[at - up]
        for at in range(factor, len(ways)):
            ways[at] += ways[at - factor]
    return tuple(ways)


@dataclass(frozen=True, slots=True)
class Cut:
    """How two stretches of time are cut into blocks of the same length."""

    length: float = nan
    reason: str = ""
    """Why they can't be."""


def block_length(stretches: Sequence[tuple[float, int]], least_operations: int) -> Cut:
    """Choose blocks for stretches of (seconds, operations).

    Each block should hold `least_operations`, and no stretch should have more blocks than
    MOST_BLOCKS: more would be no more independent of one another.
    """
    needs = []
    for seconds, operations in stretches:
        if seconds <= 0 or not operations:
            return Cut(reason="nothing was measured in one of the two parts")
        needs += [seconds / MOST_BLOCKS, least_operations * seconds / operations]
    length = max(needs)
    shortest, count = min(stretches)
    if shortest / length < LEAST_BLOCKS:
        wanted = LEAST_BLOCKS * least_operations
        return Cut(
            reason=f"{count:,} operations in {shortest:.3g} s make too few blocks:"
            f" {LEAST_BLOCKS} of {least_operations:,} operations are needed, {wanted:,} in all"
        )
    return Cut(length)
