"""
A cluster that no scenario runs, a workload nobody drives, a `let` that nothing reads: a reader
looks for what it is for. Remove it; git remembers. Libraries declare for others, so only what a
plan declares for itself is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.diagnostics import Edit
from planc.lint.names import said, without
from planc.lint.rule import Finding, rule
from planc.lint.subject import Subject
from planc.syntax import nodes as n

_Named = (
    n.Let | n.Service | n.Cluster | n.Client | n.Workload | n.FaultDeclaration | n.Mock | n.Machine
)


@rule(
    "unused-declaration",
    "A declaration of a plan that nothing in it uses",
    fixable=True,
    bad="""
    let patience = 5s

    scenario "it is consistent" {
      run registers for 10s
      expect history is linearizable
    }
    """,
    good="""
    let patience = 5s

    scenario "it is consistent" {
      run registers for 10s
      eventually within patience  count(leaders(store)) == 1
      expect history is linearizable
    }
    """,
)
def check(plan: Subject) -> Iterator[Finding]:
    implied = {key for scene in plan.plan.scenarios for key in (*scene.clusters, *scene.mocks)}
    for node in plan.file.tree.declarations:
        if not isinstance(node, _Named) or f"{plan.plan.path}#{node.name.id}" in implied:
            continue
        elsewhere = [each for each in plan.file.tree.declarations if each is not node]
        if node.name.id not in said(elsewhere):
            kind = type(node).__name__.removesuffix("Declaration").lower()
            yield Finding(
                node.name.span,
                f"nothing uses the {kind} `{node.name.id}`",
                help="remove it",
                fix=(Edit(without(plan.file, node.span, comments=True), ""),),
            )
