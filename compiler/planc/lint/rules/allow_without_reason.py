"""
The reason is what the next reader needs: whether it still holds. An empty one is none.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.lint.rule import Finding, rule


@rule(
    "allow-without-reason",
    "An `allow` with an empty reason",
    scope="allow",
    bad="""
    scenario "chaos" {
      allow fixed-seed ""
      seed 7
      run registers for 10s {
        at 2s  crash any 2 of store for 2s
      }
      expect history is linearizable
    }
    """,
    good="""
    scenario "chaos" {
      allow fixed-seed "a found bug is kept found"
      seed 7
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
