"""
A fixed `wait` before a look at the system is too long on a quick machine and too short on a slow
one, where the scenario then fails although the system is healthy. `wait until CONDITION within
10s` and `eventually within 10s CONDITION` go on as soon as it holds, and say what they were
waiting for when it does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.vocabulary import FUNCTIONS

_BODIES = ("body", "otherwise")


@rule(
    "blind-wait",
    "A fixed `wait` before a look at the system",
    bad="""
    scenario "a leader is elected" {
      wait 5s
      expect count(leaders(store)) == 1
    }
    """,
    good="""
    scenario "a leader is elected" {
      eventually within 5s  count(leaders(store)) == 1
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scenario in plan.plan.scenarios:
        for body in _bodies(scenario):
            for wait, then in pairwise(body):
                if isinstance(wait, m.Wait) and _looks_at_world(then):
                    yield Finding(
                        wait.span,
                        "a fixed time is waited before the system is looked at",
                        help="write `eventually within D CONDITION`, or `wait until CONDITION "
                        "within D`",
                    )


def _bodies(part: m.Item) -> Iterator[Sequence[m.Statement]]:
    for each in m.walk(part):
        for name in _BODIES:
            body = each.__dict__.get(name)
            if isinstance(body, tuple):
                yield body


def _looks_at_world(part: m.Statement) -> bool:
    """Say whether a statement judges at once what nodes are like at this moment."""
    if not isinstance(part, m.Expect) or not isinstance(part.expectation, m.ExpectCondition):
        return False
    return any(_of_world(each) for each in m.walk(part.expectation.condition))


def _of_world(each: object) -> bool:
    if isinstance(each, m.Apply):
        word = FUNCTIONS.get(each.function)
        return word is not None and word.needs == "world"
    return isinstance(each, m.Member) and each.value.type == "nodes"
