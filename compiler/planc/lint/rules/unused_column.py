"""
A scenario with a table or a `for` is one test for each row or value. If its steps read none of
that, all these tests are the same one under different titles.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.lint.names import said
from planc.lint.rule import Finding, rule
from planc.lint.subject import File
from planc.syntax import nodes as n


@rule(
    "unused-column",
    "A column of a table, or a scenario's `for`, that its steps do not read",
    scope="file",
    bad="""
    scenario "{size} nodes elect a leader" for size in [3, 5, 7] {
      eventually within 5s  count(leaders(store)) == 1
    }
    """,
    good="""
    scenario "{size} nodes elect a leader" for size in [3, 5, 7] {
      cluster sized {
        nodes size of kv
      }
      eventually within 5s  count(leaders(sized)) == 1
    }
    """,
)
def check(file: File) -> Iterator[Finding]:
    for node in file.tree.declarations:
        if not isinstance(node, n.Scenario):
            continue
        read = said([each for each in node.body if not isinstance(each, n.Cases)])
        later = said([loop.values for loop in node.loops])
        tables = [each for each in node.body if isinstance(each, n.Cases)]
        names = [(loop.name, "the `for` over") for loop in node.loops]
        names += [(column, "the column") for table in tables for column in table.columns]
        for name, what in names:
            if name.id not in read | later:
                titled = name.id in said([node.title])
                yield Finding(
                    name.span,
                    f"{'only the title reads' if titled else 'nothing reads'} {what} `{name.id}`",
                    help="use it in the steps: all these tests are the same",
                )
