"""
A scenario that names no row of a catalogue and no planted bug is a test of which nobody can say
what it is for: coverage does not count it, and `planc mutate` cannot show that it is able to
fail.

Say what it `covers`, or better, which planted bug it `catches`. A table of calls or a tour has
its reason: `allow covers-nothing "..."`.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject


@rule(
    "covers-nothing",
    "A scenario that covers no row and catches no planted bug",
    bad="""
    scenario "it works" {
      run registers for 10s
      expect history is linearizable
    }
    """,
    good="""
    scenario "it works" {
      covers  con-linear
      catches stale_read
      run registers for 10s
      expect history is linearizable
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scenario in plan.plan.scenarios:
        if not scenario.covers and not scenario.catches:
            yield Finding(
                scenario.title.span,
                "the scenario covers nothing and catches nothing",
                help="name rows of the catalogue (`covers con-linear`), or the planted bugs "
                "that it must find (`catches stale_read`)",
            )
