"""
Some limits hold of everything: an availability of at least 0 %, an error rate of at most 100 %, a
count that is not negative, a latency below a limit that is longer than the client waits before it
gives up. A tolerance of 100 % is none. Such a line looks like a check and is none.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.lint.values import number

_SHARES = ("availability", "availability over time", "error rate", "share")
_NEVER_NEGATIVE = ("latency", "throughput", "goodput", *_SHARES, "downtime", "recovery",
                   "send lag", "open files")  # fmt: skip
_NEVER_FALL = ("increase", "rate")
"""What is asked of a counter."""


@rule(
    "vacuous-expectation",
    "An expectation that holds whatever happens",
    bad="""
    scenario "it stays available" {
      run registers for 10s
      expect availability >= 0%
    }
    """,
    good="""
    scenario "it stays available" {
      run registers for 10s
      expect availability >= 90%
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        for statement, expectation, _ in scene.expectations(m.ExpectMeasure):
            if why := _measure(expectation):
                yield _finding(statement, why)
        for judged in scene.judged:
            condition = _condition(judged.part)
            if condition is not None and (why := _count(condition)):
                yield _finding(judged.part, why)


def _measure(expectation: m.ExpectMeasure) -> str:
    name, form = expectation.measure.name, expectation.form
    limit, tolerance = number(expectation.value), number(expectation.amount)
    if form == "within" and tolerance is not None and tolerance >= 1:
        return f"a tolerance of {tolerance:.0%} holds for nothing at all, too"
    if limit is None:
        return ""
    stat = expectation.measure.stat if name == "metric" else None
    if (name in _NEVER_NEGATIVE or stat in _NEVER_FALL) and form == ">=" and limit <= 0:
        return f"{stat or name} is never below 0"
    if name in _SHARES and form == "<=" and limit >= 1:
        return f"{name} is never above 100 %"
    return ""


def _condition(part: m.Statement) -> m.Expression | None:
    match part:
        case m.Always(condition=found) | m.Eventually(condition=found) | m.Stays(condition=found):
            return found
        case m.Expect(expectation=m.ExpectCondition(condition=found)):
            return found
    return None


def _count(condition: m.Expression) -> str:
    """Say why a comparison of a count holds always."""
    match condition:
        case m.Operator(op=op, operands=(m.Apply(function="count" | "len" as word), right)):
            limit = number(right)
            if limit is not None and ((op == ">=" and limit <= 0) or (op == ">" and limit < 0)):
                return f"`{word}` is never below 0"
    return ""


def _finding(part: m.Item, why: str) -> Finding:
    return Finding(
        part.span, f"this holds whatever happens: {why}", help="ask for something that can fail"
    )
