"""
While all nodes of a cluster are down nobody is served. If that is a third of the run, no system
reaches `availability >= 95%`: the expectation is about the plan. Judge the time `outside faults`,
ask for less, or leave a majority alive.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.diagnostics import Related
from planc.lint.rule import Finding, rule
from planc.lint.scene import Scene, Strike
from planc.lint.subject import Subject
from planc.lint.values import cluster_of, least_hit, number

_SERVED = ("availability", "availability over time")
_DEAD = ("crash", "stop", "pause")


@rule(
    "impossible-availability",
    "An availability that no system reaches, because nobody is left to answer",
    bad="""
    scenario "it stays available" {
      run registers for 30s {
        at 5s  crash all of store for 10s
      }
      expect availability >= 95%
    }
    """,
    good="""
    scenario "it stays available" {
      run registers for 30s {
        at 5s  crash minority(store) for 10s
      }
      expect availability >= 95%
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        for statement, expectation, _ in scene.expectations(m.ExpectMeasure):
            wanted = _wanted(expectation)
            for load in scene.loads if wanted is not None else ():
                fatal = [each for each in scene.troubles
                         if each.block is load.block and _nobody_left(scene, each)]  # fmt: skip
                dark = sum(_seconds(each) for each in fatal)
                alone = len({each.workload.key for each in scene.loads}) == 1
                if not load.length or not alone or len(fatal) != 1:
                    continue
                most = 1 - dark / load.length
                if wanted is not None and most < wanted:
                    yield Finding(
                        statement.span,
                        f"nobody can answer for {dark:g}s of {load.length:g}s: at most {most:.0%} "
                        "can be served",
                        help="judge it `outside faults`, ask for less, or leave some nodes alive",
                        related=(Related(fatal[0].place.span, "no node is left"),),
                    )
                    break


def _wanted(expectation: m.ExpectMeasure) -> float | None:
    """Return the share of operations that is to be served in the whole run."""
    limit, window = number(expectation.value), expectation.measure.window
    if limit is None or (window is not None and window.form != "during faults"):
        return None
    if expectation.measure.name in _SERVED and expectation.form in (">", ">=", "=="):
        return limit
    if expectation.measure.name == "error rate" and expectation.form in ("<", "<=", "=="):
        return 1 - limit
    return None


def _nobody_left(scene: Scene, strike: Strike) -> bool:
    if strike.trouble.name not in _DEAD or not strike.certain or strike.trouble.every:
        return False
    if len(strike.trouble.targets) != 1:
        return False
    cluster = cluster_of(strike.trouble.targets[0], scene.known)
    hit = least_hit(strike.trouble.targets[0], scene.known)
    if cluster is None or not cluster.counted or hit is None:
        return False
    return hit >= len(cluster.node_names)


def _seconds(strike: Strike) -> float:
    return strike.length if strike.length is not None and strike.start is not None else 0.0
