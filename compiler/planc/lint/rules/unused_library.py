"""
A `use` of which nothing is used makes a plan depend on a file it does not need: its changes count
as changes of the plan, and the reader looks there for names that come from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc import model as m
from planc.diagnostics import Edit
from planc.lint.names import said, without
from planc.lint.rule import Finding, rule
from planc.lint.subject import File, Subject
from planc.syntax import nodes as n


@rule(
    "unused-library",
    "A `use` of a library of which nothing is used",
    fixable=True,
    bad="""
    plan "An example"

    use "kv.plan"

    scenario "a moment passes" {
      wait 1s
    }
    """,
    good="""
    plan "An example"

    use "kv.plan"

    cluster store {
      nodes 3 of kv
    }

    scenario "a leader is elected" {
      eventually within 5s  count(leaders(store)) == 1
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    names = said([each for each in plan.file.tree.declarations if not isinstance(each, n.Use)])
    needed = {key.partition("#")[0] for key in _keys(plan.plan)}
    for node in plan.file.tree.declarations:
        if not isinstance(node, n.Use):
            continue
        library = _library(plan, node)
        if library is None or library.path in needed:
            continue
        said_here = {node.alias.id} if node.alias else _declared(library)
        if not said_here & names:
            yield Finding(
                node.span,
                f"nothing of `{library.path}` is used",
                help="remove the line",
                fix=(Edit(without(plan.file, node.span), ""),),
            )


def _keys(plan: m.Plan) -> Iterator[str]:
    for scene in plan.scenarios:
        yield from (*scene.clusters, *scene.mocks)
    for each in (*plan.declarations, *plan.scenarios):
        yield from m.references(each) if each.span.path == plan.path else ()


def _library(plan: Subject, node: n.Use) -> File | None:
    """Return the file that a `use` leads to, as far as its name tells."""
    name = "".join(each for each in node.path.parts if isinstance(each, str))
    while name.startswith(("./", "../")):
        name = name.partition("/")[2]
    found = [file for path, file in plan.files.items() if f"/{path}".endswith(f"/{name}")]
    return found[0] if len(found) == 1 else None


def _declared(library: File) -> set[str]:
    return {
        node.name.id
        for node in library.tree.declarations
        if not isinstance(node, n.Use | n.Allow | n.Broken | n.Scenario) and hasattr(node, "name")
    }
