"""
`any 5 of store` of five nodes draws nothing: it is all of them. Either fewer were meant, or the
cluster has shrunk since. If all are meant, `all of store` says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.lint.values import nodes_of, number


@rule(
    "any-is-all",
    "`any N of` as many nodes as there are",
    bad="""
    scenario "some crash" {
      run registers for 10s {
        at 2s  crash any 5 of store for 2s
      }
      expect no acknowledged write is lost
    }
    """,
    good="""
    scenario "some crash" {
      run registers for 10s {
        at 2s  crash any 2 of store for 2s
      }
      expect no acknowledged write is lost
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scenario in plan.plan.scenarios:
        for part in m.walk(scenario.body):
            if not isinstance(part, m.Apply) or part.function != "any_of":
                continue
            drawn, population = part.arguments
            of, count = nodes_of(population, plan.declarations), number(drawn)
            if of is not None and count is not None and 1 < count == len(of):
                yield Finding(
                    part.span,
                    f"these are all {len(of)} nodes: there is nothing to draw",
                    help="draw fewer, or write `all of`",
                )
