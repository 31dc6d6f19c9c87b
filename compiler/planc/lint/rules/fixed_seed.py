"""
A seed that stands in the plan makes every run the same one: the schedules that CI has not yet
seen stay unseen. Without it each run draws its own and prints it, and a failure is replayed with
`planc run --seed N`. A seed that keeps a found bug found has its reason: `allow fixed-seed
"..."`.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.lint.rule import Finding, rule
from planc.lint.subject import File
from planc.syntax import nodes as n


@rule(
    "fixed-seed",
    "A seed that is fixed in the plan",
    scope="file",
    bad="""
    scenario "chaos" {
      seed 7
      run registers for 10s {
        at 2s  crash any 2 of store for 2s
      }
      expect history is linearizable
    }
    """,
    good="""
    scenario "chaos" {
      run registers for 10s {
        at 2s  crash any 2 of store for 2s
      }
      expect history is linearizable
    }
    """,
)
def check(file: File) -> Iterator[Finding]:
    header = file.tree.header
    owners: list[tuple[str, n.Node]] = [("plan", line) for line in (header.body if header else ())]
    for node in file.tree.declarations:
        if isinstance(node, n.Scenario):
            owners += [("scenario", line) for line in node.body]
    for owner, line in owners:
        if isinstance(line, n.Setting) and line.word == "seed":
            yield Finding(
                line.span,
                f"the seed of the {owner} is fixed: every run of it is the same one",
                help="leave it out and use `planc run --seed N` to replay",
            )
