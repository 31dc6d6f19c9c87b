"""
`expect 1 == 1`, `expect reply == reply`, `when true`: neither the system nor the run has a say.
Left behind by an edit, or a comparison with the wrong side.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.analysis import numbers
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.lint.values import shape

_COMPARED = ("==", "!=", "<", "<=", ">", ">=")


@rule(
    "constant-condition",
    "A condition that neither the system nor the run can change",
    bad="""
    scenario "one leader" {
      let leaders = count(leaders(store))
      expect leaders == leaders
    }
    """,
    good="""
    scenario "one leader" {
      let leaders = count(leaders(store))
      expect leaders == 1
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scenario in plan.plan.scenarios:
        for part in m.walk(scenario.body):
            condition = _condition(part)
            if condition is not None and (why := _constant(condition)):
                yield Finding(condition.span, why, help="compare what the system or the run says")


def _condition(part: object) -> m.Expression | None:
    match part:
        case m.ExpectCondition(condition=found) | m.Eventually(condition=found):
            return found
        case m.Always(condition=found) | m.Never(condition=found) | m.Stays(condition=found):
            return found
        case m.WaitUntil(condition=found) | m.When(condition=found):
            return found
    return None


def _constant(condition: m.Expression) -> str:
    if numbers.known(condition):
        return f"the condition is always {str(numbers.value_of(condition)).lower()}"
    if isinstance(condition, m.Operator) and condition.op in _COMPARED:
        left, right = map(shape, condition.operands)
        if left == right:
            return "both sides are the same"
    return ""
