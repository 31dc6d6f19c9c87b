"""
A scenario that is skipped proves nothing on that backend, and the report can only repeat what the
plan says about it. Say why, so that the next reader knows when the line can go.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.lint.rule import Finding, rule
from planc.lint.subject import File
from planc.syntax import nodes as n


@rule(
    "skip-without-reason",
    "A `skip on` that does not say why",
    scope="file",
    bad="""
    scenario "disks fill up" {
      skip on local
      run registers for 10s {
        at 2s  fill disk of n1 for 2s
      }
      expect history is linearizable
    }
    """,
    good="""
    scenario "disks fill up" {
      skip on local "disks are shared there"
      run registers for 10s {
        at 2s  fill disk of n1 for 2s
      }
      expect history is linearizable
    }
    """,
)
def check(file: File) -> Iterator[Finding]:
    for scenario in file.tree.declarations:
        for line in scenario.body if isinstance(scenario, n.Scenario) else ():
            if isinstance(line, n.Ids) and line.word == "skip on" and line.reason is None:
                yield Finding(
                    line.span,
                    "the scenario is skipped, and nobody knows why",
                    help=f'write `{file.text(line.span).strip()} "reason"`',
                )
