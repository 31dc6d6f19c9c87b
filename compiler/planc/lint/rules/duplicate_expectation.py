"""
An expectation that stands twice costs a reader's attention twice and proves nothing more. One
that another one implies (`p99 latency < 200ms` beside `p99 latency < 100ms`) can never be the one
that fails. Mostly something else was meant: another operation, another window.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planc import model as m
from planc.diagnostics import Related
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.lint.values import number, shape

_DOWN, _UP = ("<", "<="), (">", ">=")


@rule(
    "duplicate-expectation",
    "An expectation that stands twice, or that another one implies",
    bad="""
    scenario "it is quick" {
      run registers for 10s
      expect p99 latency < 100ms
      expect p99 latency < 200ms
    }
    """,
    good="""
    scenario "it is quick" {
      run registers for 10s
      expect p99 latency < 100ms
      expect p99.9 latency < 200ms
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        final = [each for each, _, _ in scene.expectations((m.ExpectHistory, m.ExpectMeasure))]  # type: ignore[arg-type]
        last_load = max((load.block.order for load in scene.loads), default=0)
        after = [each.part for each in scene.judged if each.order > last_load]
        seen: dict[Any, m.Expect] = {}
        for each in final:
            if each not in after:
                continue
            means = shape(each.expectation)
            if means in seen:
                yield _finding(each, seen[means], "stands here a second time")
            seen.setdefault(means, each)
        yield from _implied(list(seen.values()))


def _implied(expectations: list[m.Expect]) -> Iterator[Finding]:
    for one in expectations:
        tighter = next((other for other in expectations if _tighter(other, one)), None)
        if tighter is not None:
            yield _finding(one, tighter, "is implied by a tighter one")


def _tighter(one: m.Expect, other: m.Expect) -> bool:
    """Say whether the limit of `one` implies that of `other`."""
    a, b = one.expectation, other.expectation
    if not isinstance(a, m.ExpectMeasure) or not isinstance(b, m.ExpectMeasure) or a is b:
        return False
    if shape(a.measure) != shape(b.measure):
        return False
    mine, yours = number(a.value), number(b.value)
    if mine is None or yours is None or mine == yours:
        return False
    if a.form in _DOWN and b.form in _DOWN:
        return mine < yours
    return a.form in _UP and b.form in _UP and mine > yours


def _finding(each: m.Expect, other: m.Expect, how: str) -> Finding:
    return Finding(
        each.span,
        f"the expectation {how}",
        help="remove it, or say what was to be different",
        related=(Related(other.span, "the other one"),),
    )
