"""
A measure has an error of its own, and a limit below it judges the tool. On `local` and `docker` a
latency is taken in Python beside the load: a limit under a millisecond measures the interpreter
and its neighbours on the machine. `downtime` counts pauses of more than half a second, `recovery`
can be no shorter than the time between two operations, and nodes are looked at 20 times a second
on `sim` and 10 times elsewhere, so that `within 20ms` is one look.

Ask for what can be seen, compare with a `baseline`, or say `only on sim`, where time is exact.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.scene import Scene
from planc.lint.subject import Subject
from planc.lint.values import number
from planc.vocabulary import BACKENDS

SMALLEST_LATENCY = 0.001
SMALLEST_DOWNTIME = 0.5
PERIODS = {"sim": 0.05}
PERIOD_ELSEWHERE = 0.1
"""Seconds between two looks at a node."""
_LESS = ("<", "<=")


@rule(
    "limit-below-resolution",
    "A limit below what the tool itself can measure on that backend",
    bad="""
    scenario "it is quick" {
      only on local
      run registers for 10s
      expect p99 latency < 200us
    }
    """,
    good="""
    scenario "it is quick" {
      only on local
      run registers for 10s
      expect p99 latency < 20ms
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        for statement, expectation, _ in scene.expectations(m.ExpectMeasure):
            limit = number(expectation.value)
            if limit is None or limit <= 0 or expectation.form not in _LESS:
                continue
            if why := _measure(scene, expectation.measure, limit):
                yield Finding(statement.span, why, help="ask for what can be seen")
        for judged in scene.judged:
            part = judged.part
            within = part.within if isinstance(part, m.Eventually | m.WaitUntil) else None
            period = max(PERIODS.get(name, PERIOD_ELSEWHERE) for name in _backends(scene))
            length = number(within)
            if length is not None and length < period and within is not None:
                yield Finding(
                    within.span,
                    f"nodes are looked at every {period * 1000:g} ms: within {length * 1000:g} ms "
                    "there is no second look",
                    help="be more patient",
                )


def _measure(scene: Scene, measure: m.Measure, limit: float) -> str:
    """Say why a limit is below what can be measured."""
    real = [name for name in _backends(scene) if name != "sim"]
    if measure.name in ("latency", "send lag") and limit < SMALLEST_LATENCY and real:
        return (
            f"{limit * 1e6:g} us is below what is measured on {', '.join(real)} with an error "
            "of about a millisecond"
        )
    if measure.name == "downtime" and limit < SMALLEST_DOWNTIME:
        return f"downtime counts pauses longer than {SMALLEST_DOWNTIME:g} s: this asks for none"
    rates = [load.rate for load in scene.loads]
    if measure.name == "recovery" and rates and None not in rates:
        between = 1 / max(sum(rate or 0.0 for rate in rates), 1e-9)
        if limit < between:
            return f"an operation is due every {between:g} s: no recovery is seen sooner"
    return ""


def _backends(scene: Scene) -> list[str]:
    skipped = {name for name, _ in scene.scenario.skip_on}
    wanted = scene.scenario.only_on or tuple(BACKENDS)
    return [name for name in wanted if name not in skipped] or ["sim"]
