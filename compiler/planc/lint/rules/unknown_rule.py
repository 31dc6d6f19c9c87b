"""
A name that is mistyped allows nothing, and looks as if it did. `planc lint --list` shows the
rules; those of other packages are known where planc.yaml asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.lint.rule import Finding, rule


@rule(
    "unknown-rule",
    "An `allow` of a rule that there is not",
    scope="allow",
    fixable=True,
    bad="""
    scenario "chaos" {
      allow fixd-seed "a found bug is kept found"
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
