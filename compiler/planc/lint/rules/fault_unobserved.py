"""
A fault costs time in every run and says nothing unless something is looked at while it lasts or
afterwards. Here nothing is: the scenario's expectations are about the time before, or there are
none, or the load that they judge had ended.

Say what must hold: a property of the history, availability, `eventually` a leader again, or
`always` within the block.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.scene import Judged, Scene, Strike
from planc.lint.subject import Subject

_OF_NODES = ("memory growth", "open files", "open files growth", "metric")
_OF_THE_END = ("no-lost-writes", "replicas-equal")
"""Judged by reads that are made last of all."""


@rule(
    "fault-unobserved",
    "A fault that no expectation looks at",
    bad="""
    scenario "the store survives" {
      run registers for 10s
      expect history is linearizable
      crash n1 for 5s
    }
    """,
    good="""
    scenario "the store survives" {
      run registers for 10s {
        at 2s  crash n1 for 5s
      }
      expect history is linearizable
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        seen: set[int] = set()
        for strike in scene.troubles:
            if id(strike.place) in seen or scene.has_escape:
                continue
            if not any(_looks(scene, each, strike) for each in scene.judged) and not any(
                order > strike.order for order, _ in scene.calls
            ):
                seen.add(id(strike.place))
                yield Finding(
                    strike.place.span,
                    "no expectation looks at what this fault does",
                    help="say what must hold while it lasts or afterwards, or remove it",
                )


def _looks(scene: Scene, judged: Judged, strike: Strike) -> bool:
    """Say whether a statement can see what a fault does."""
    part = judged.part
    if isinstance(part, m.Always | m.Never):
        return judged.block is strike.block or judged.block.part is None
    if not isinstance(part, m.Expect):
        return judged.order > strike.order
    match part.expectation:
        case m.ExpectHistory(property=name, workload=workload):
            return name in _OF_THE_END or _loaded(scene, strike, workload)
        case m.ExpectMeasure(measure=measure):
            if measure.window is not None and measure.window.form == "before faults":
                return False
            return measure.name in _OF_NODES or _loaded(scene, strike, measure.workload)
    return judged.order > strike.order


def _loaded(scene: Scene, strike: Strike, workload: m.Reference | None) -> bool:
    """Say whether load (of one workload) runs during a fault or after it.

    What is broken outside of a run may last, or have done its harm, until a later one.
    """
    loads = [load for load in scene.loads if workload is None or load.workload.key == workload.key]
    explored = any(isinstance(each, m.Explore) for _, _, each in scene.steps)
    return explored or any(load.block.order >= strike.block.order for load in loads)
