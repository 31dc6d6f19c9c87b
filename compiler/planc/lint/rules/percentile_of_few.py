"""
The 99th percentile of 60 operations is the slowest of them, whatever the system is like: a
percentile needs as many operations as make one of them rarer than it: 100 for p99, 1,000 for
p99.9. With fewer the run says *inconclusive*, or would say chance.

Ask for longer, ask for more, or judge a percentile that so few operations have.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.scene import Scene
from planc.lint.subject import Subject


@rule(
    "percentile-of-few",
    "A percentile over fewer operations than it takes: p99 needs 100",
    bad="""
    scenario "it is quick" {
      run registers for 500ms
      expect p99 latency < 100ms
    }
    """,
    good="""
    scenario "it is quick" {
      run registers for 10s
      expect p99 latency < 100ms
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        for _, expectation, _ in scene.expectations(m.ExpectMeasure):
            measure = expectation.measure
            needed = _needed(measure.stat)
            found = _operations(scene, measure) if needed else None
            if needed and found is not None and found < needed:
                yield Finding(
                    measure.span,
                    f"`{measure.stat}` needs {needed:,} operations, and about {found:,.0f} "
                    f"{'are' if found >= 2 else 'is'} measured here",
                    help="run longer or faster, or judge a lower percentile",
                )


def _needed(stat: str | None) -> int | None:
    """Return how many operations a percentile takes."""
    if stat is None or not stat.startswith("p"):
        return None
    try:
        share = float(stat[1:])
    except ValueError:
        return None
    return round(100 / (100 - share)) if 50 <= share < 100 else None


def _operations(scene: Scene, measure: m.Measure) -> float | None:
    """Return how many operations a measure looks at, at most; None when that is not known."""
    total = 0.0
    for load in scene.loads:
        if measure.workload is not None and load.workload.key != measure.workload.key:
            continue
        share = load.mix.get(measure.of, 0.0) if measure.of else 1.0
        count = load.operations
        if count is None:
            return None
        if measure.window is not None and measure.window.form == "during faults":
            seconds = _troubled(scene, load.block)
            if seconds is None or load.rate is None:
                return None
            count = min(count, load.rate * seconds)
        total += count * share
    return total


def _troubled(scene: Scene, block: object) -> float | None:
    """Return for how many seconds of a block there is a fault, at most.

    An operation that is due shortly before a fault may touch it, too: a second is added for each.
    """
    total = 0.0
    for strike in scene.troubles:
        if strike.block is block:
            if strike.start is None or strike.end is None:
                return None
            total += strike.end - strike.start + 1
    return total
