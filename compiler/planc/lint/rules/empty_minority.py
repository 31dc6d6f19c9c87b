"""
A minority is less than half, so that the rest can go on: of two nodes, or of one, it is nobody. A
fault of it hits nothing, and the scenario ends inconclusive or proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.lint.values import least_hit


@rule(
    "empty-minority",
    "`minority(C)` of a cluster that is too small to have one",
    bad="""
    cluster pair {
      nodes 2 of kv
    }

    scenario "half of them" {
      over 10s {
        at 2s  crash minority(pair) for 2s
      }
      eventually within 5s  count(running(pair)) == 2
    }
    """,
    good="""
    cluster pair {
      nodes 3 of kv
    }

    scenario "half of them" {
      over 10s {
        at 2s  crash minority(pair) for 2s
      }
      eventually within 5s  count(running(pair)) == 3
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scenario in plan.plan.scenarios:
        for part in m.walk(scenario.body):
            if not isinstance(part, m.Apply) or part.function != "minority":
                continue
            if least_hit(part, plan.declarations) == 0:
                yield Finding(
                    part.span,
                    "the minority of so few nodes is nobody",
                    help="name a node, or give the cluster three nodes",
                )
