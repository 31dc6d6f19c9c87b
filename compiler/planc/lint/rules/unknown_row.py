"""
`covers con-lineer` counts for nothing: coverage is kept by rows, and there is no such row. The rows
are those of the catalogue that planc.yaml names (`catalogue: FILE`); without one nobody knows them,
and nothing is found.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.diagnostics import did_you_mean
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.syntax import nodes as n


@rule(
    "unknown-row",
    "A `covers` of a row that the project's catalogue does not have",
    bad="""
    scenario "it is consistent" {
      covers con-lineer
      run registers for 10s
      expect history is linearizable
    }
    """,
    good="""
    scenario "it is consistent" {
      covers con-linear
      run registers for 10s
      expect history is linearizable
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    if plan.catalogue is None:
        return
    for scenario in plan.file.tree.declarations:
        for line in scenario.body if isinstance(scenario, n.Scenario) else ():
            if not isinstance(line, n.Ids) or line.word != "covers":
                continue
            for name in line.ids:
                if name.id not in plan.catalogue:
                    yield Finding(
                        name.span,
                        f"the catalogue has no row `{name.id}`",
                        help=did_you_mean(name.id, plan.catalogue)
                        or "add the row to the catalogue, or name one that is there",
                    )
