"""
Of 500 operations one is 0.2 %. `availability >= 99.99%` of them asks that none fails, and says
four nines: nobody can conclude them from 500 operations. Ask more, or say what is meant:
`availability == 100%` of this run.

`availability over time` counts pauses longer than half a second: of 30 seconds that is 1.7 %.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.scene import Scene
from planc.lint.subject import Subject
from planc.lint.values import number

_PAUSE = 0.5
"""Seconds without service that count."""


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
            if why := _time(scene, expectation):
                help = "run longer, or say 100%"
                yield Finding(statement.span, why, help=help)
            allowed = _allowed(expectation)
            count = _operations(scene, expectation.measure) if allowed else None
            if allowed and count and allowed * count < 1:
                yield Finding(
                    statement.span,
                    f"one of {count:,.0f} operations is {1 / count:.2%}: this asks that none fails",
                    help="run longer or faster, or say 100% and 0%",
                )


def _time(scene: Scene, expectation: m.ExpectMeasure) -> str:
    """Say why a share of time leaves no room for any pause that counts."""
    limit, name = number(expectation.value), expectation.measure.name
    if name != "availability over time" or expectation.form not in (">", ">=") or limit is None:
        return ""
    lengths = [load.length for load in scene.loads]
    if limit >= 1 or not lengths or None in lengths:
        return ""
    total = sum(length or 0.0 for length in lengths)
    if (1 - limit) * total >= _PAUSE * (1 - 1e-9):
        return ""
    return f"a pause counts from {_PAUSE:g} s on: in {total:g} s this asks for none at all"


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
