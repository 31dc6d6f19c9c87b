"""
Two rows of a table that are the same are one test, run twice. Mostly one cell was to be
different.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planc import model as m
from planc.diagnostics import Related
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.lint.values import shape


@rule(
    "duplicate-row",
    "A row that stands twice in a table, or a value twice in a `for`",
    bad="""
    scenario "{method} is answered" {
      cases
        | method |
        | GET    |
        | GET    |

      let reply = http method "{url(any 1 of store, http)}/health"
      expect reply.status == 200
    }
    """,
    good="""
    scenario "{method} is answered" {
      cases
        | method |
        | GET    |
        | HEAD   |

      let reply = http method "{url(any 1 of store, http)}/health"
      expect reply.status == 200
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scenario in plan.plan.scenarios:
        rows: list[tuple[m.Expression, ...]] = []
        if scenario.cases is not None:
            yield from _repeated(list(scenario.cases.rows), "the row")
        for loop in scenario.loops:
            if isinstance(loop.values, m.ListOf):
                rows = [(each,) for each in loop.values.items]
                yield from _repeated(rows, "the value")


def _repeated(rows: list[tuple[m.Expression, ...]], what: str) -> Iterator[Finding]:
    seen: dict[Any, m.Expression] = {}
    for row in rows:
        means = shape(row)
        if means in seen and row:
            yield Finding(
                row[0].span.to(row[-1].span),
                f"{what} stands here a second time: the same test is run twice",
                help="remove it, or change the cell that was to be different",
                related=(Related(seen[means].span, "the first time"),),
            )
        if row:
            seen.setdefault(means, row[0])
