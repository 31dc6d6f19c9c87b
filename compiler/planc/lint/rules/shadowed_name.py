"""
A `let` in a scenario that is called like a cluster, or a fault's parameter that is called `n1`,
hides what everybody else means by the name. The plan runs, and its reader has to know the scopes
to say what it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from planc.analysis.usage import parts
from planc.diagnostics import Related
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.source import Span
from planc.syntax import nodes as n

_NODE = re.compile(r"n[1-9][0-9]?")
_DECLARES = (
    n.Let, n.Service, n.Cluster, n.Client, n.Workload, n.FaultDeclaration, n.Mock, n.Machine,
)  # fmt: skip


@rule(
    "shadowed-name",
    "A name that hides another one: a declaration, a node, an outer variable",
    bad="""
    fault crash_one(store) {
      crash any 1 of store for 2s
    }

    scenario "one crashes" {
      run registers for 10s {
        at 2s  crash_one(store)
      }
      expect history is linearizable
    }
    """,
    good="""
    fault crash_one(target) {
      crash any 1 of target for 2s
    }

    scenario "one crashes" {
      run registers for 10s {
        at 2s  crash_one(store)
      }
      expect history is linearizable
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    declared = _declared(plan)
    for node in plan.file.tree.declarations:
        if isinstance(node, n.Scenario | n.FaultDeclaration):
            yield from _within(node, declared)


def _declared(plan: Subject) -> dict[str, Span]:
    """Return what can be said in the plan without an alias, and where it is declared."""
    unnamed = {plan.plan.path}
    waiting = [plan.file]
    while waiting:
        for node in waiting.pop().tree.declarations:
            if isinstance(node, n.Use) and node.alias is None:
                name = "".join(each for each in node.path.parts if isinstance(each, str))
                for path, file in plan.files.items():
                    if path.endswith(name.lstrip("./")) and path not in unnamed:
                        unnamed.add(path)
                        waiting.append(file)
    return {
        node.name.id: node.name.span
        for path in sorted(unnamed)
        for node in plan.files[path].tree.declarations
        if isinstance(node, _DECLARES)
    }


def _within(node: n.Scenario | n.FaultDeclaration, declared: dict[str, Span]) -> Iterator[Finding]:
    outer: dict[str, Span] = {}
    for name in _heads(node):
        yield from _bound(name, declared, {})
        outer.setdefault(name.id, name.span)
    for part in parts(node.body):
        if isinstance(part, n.Let | n.For):
            yield from _bound(part.name, declared, outer)


def _heads(node: n.Scenario | n.FaultDeclaration) -> list[n.Name]:
    """Return the names that hold for all of a scenario or fault."""
    if isinstance(node, n.FaultDeclaration):
        return list(node.parameters)
    columns = [name for each in node.body if isinstance(each, n.Cases) for name in each.columns]
    own = [each.name for each in node.body if isinstance(each, n.Cluster)]
    return [*(loop.name for loop in node.loops), *columns, *own]


def _bound(name: n.Name, declared: dict[str, Span], outer: dict[str, Span]) -> Iterator[Finding]:
    what = ""
    if name.id in outer:
        what, where = "an outer name", outer[name.id]
    elif name.id in declared:
        what, where = "a declaration", declared[name.id]
    elif _NODE.fullmatch(name.id):
        what, where = "the node of that name", name.span
    if what:
        yield Finding(
            name.span,
            f"`{name.id}` hides {what}",
            help="give it a name of its own",
            related=(Related(where, "this one"),) if where != name.span else (),
        )
