"""
Recovery is seen by those who ask. If the load ends two seconds after the last fault began, no
recovery of it can be measured as longer than two seconds, and `recovery after each fault < 3s`
holds of a system that never comes back.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.diagnostics import Related
from planc.lint.rule import Finding, rule
from planc.lint.scene import Scene, Strike
from planc.lint.subject import Subject
from planc.lint.values import number


@rule(
    "recovery-unseen",
    "A limit for recovery that is longer than the load goes on after a fault",
    bad="""
    scenario "it comes back" {
      run registers for 12s {
        at 10s  crash leader(store) for 1s
      }
      expect recovery after each fault < 3s
    }
    """,
    good="""
    scenario "it comes back" {
      run registers for 20s {
        at 10s  crash leader(store) for 1s
      }
      expect recovery after each fault < 3s
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        for statement, expectation, _ in scene.expectations(m.ExpectMeasure):
            limit = number(expectation.value)
            if expectation.measure.name != "recovery" or expectation.form not in ("<", "<="):
                continue
            for strike in scene.troubles:
                left = _left(scene, strike)
                if limit is not None and left is not None and left < limit:
                    yield Finding(
                        statement.span,
                        f"the load ends {left:g}s after the last fault: a recovery of "
                        f"{limit:g}s could not be seen",
                        help="let the load go on, or let the fault come earlier",
                        related=(Related(strike.place.span, "after this one"),),
                    )
                    break


def _left(scene: Scene, strike: Strike) -> float | None:
    """Return how long somebody asks after a fault has begun; None when that is not known."""
    if strike.start is None or not strike.certain or not strike.block.loads:
        return None
    if any(load.block.order > strike.block.order for load in scene.loads):
        return None
    lengths = [load.length for load in strike.block.loads]
    if None in lengths:
        return None
    return max(each or 0.0 for each in lengths) - strike.start
