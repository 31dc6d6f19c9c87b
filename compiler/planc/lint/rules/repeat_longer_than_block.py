"""
`repeat every 20s` in a run of 10 s comes to nothing: the first time is over, or never comes,
before the second could. Who reads the plan believes in a trouble that returns.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.lint.values import lowest


@rule(
    "repeat-longer-than-block",
    "A `repeat every` that happens at most once before its block ends",
    bad="""
    scenario "restarts again and again" {
      run registers for 10s {
        repeat every 15s {
          restart any 1 of store
        }
      }
      expect history is linearizable
    }
    """,
    good="""
    scenario "restarts again and again" {
      run registers for 10s {
        repeat every 2s {
          restart any 1 of store
        }
      }
      expect history is linearizable
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    for scene in plan.scenes:
        for _, block, part in scene.steps:
            if not isinstance(part, m.RepeatEvery) or block.length is None or not plan.own(part):
                continue
            every = lowest(part.every)
            if every is not None and every >= block.length:
                yield Finding(
                    part.every.span,
                    f"the block ends after {block.length:g}s, before anything is repeated "
                    f"every {every:g}s",
                    help="repeat more often, or say once what is to happen once",
                )
