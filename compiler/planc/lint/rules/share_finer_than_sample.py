"""
Of 500 operations one is 0.2 %. `availability >= 99.99%` of them asks that none fails, and says
four nines: nobody can conclude them from 500 operations. Ask more, or say what is meant:
`availability == 100%` of this run.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.scene import Scene
from planc.lint.subject import Subject
from planc.lint.values import number


@rule(
    "share-finer-than-sample",
    "A share that so few operations cannot tell from all, or from none",
    bad="""
    scenario "it stays available" {
      run registers for 5s
      expect availability >= 99.99%
    }
    """,
    good="""
    scenario "it stays available" {
      run registers for 5s
      expect availability >= 99%
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        for statement, expectation, _ in scene.expectations(m.ExpectMeasure):
            allowed = _allowed(expectation)
            count = _operations(scene, expectation.measure) if allowed else None
            if allowed and count and allowed * count < 1:
                yield Finding(
                    statement.span,
                    f"one of {count:,.0f} operations is {1 / count:.2%}: this asks that none fails",
                    help="run longer or faster, or say 100% and 0%",
                )


def _allowed(expectation: m.ExpectMeasure) -> float | None:
    """Return the share of operations that may fail."""
    limit, measure = number(expectation.value), expectation.measure
    if limit is None:
        return None
    if measure.name == "availability" and expectation.form in (">", ">="):
        return 1 - limit if limit < 1 else None
    if measure.name == "error rate" and expectation.form in ("<", "<="):
        return limit if limit > 0 else None
    return None


def _operations(scene: Scene, measure: m.Measure) -> float | None:
    """Return how many operations are judged, at most."""
    total = 0.0
    for load in scene.loads:
        if measure.workload is not None and load.workload.key != measure.workload.key:
            continue
        if load.operations is None:
            return None
        total += load.operations * (load.mix.get(measure.of, 0.0) if measure.of else 1.0)
    return total or None
