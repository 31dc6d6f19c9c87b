"""
The finding is gone: the plan was mended, or the rule has learned. An `allow` that stays would
hide the next one.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.lint.rule import Finding, rule


@rule(
    "unused-allow",
    "An `allow` that allows nothing",
    scope="allow",
    fixable=True,
    bad="""
    scenario "chaos" {
      allow fixed-seed "a found bug is kept found"
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
def check(subject: object) -> Iterator[Finding]:
    """Find nothing here: the linter knows, when every rule has run."""
    yield from ()
