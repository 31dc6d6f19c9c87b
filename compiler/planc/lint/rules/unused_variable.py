"""
A `let` in a scenario that nothing reads. Of a value it can go; of a call the call stays, without
a name for its answer. Mostly an expectation was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.analysis.usage import parts
from planc.lint.names import said
from planc.lint.rule import Finding, rule
from planc.lint.subject import File
from planc.syntax import nodes as n


@rule(
    "unused-variable",
    "A `let`, a loop's name or a parameter that nothing reads",
    scope="file",
    bad="""
    scenario "the answer is right" {
      let reply = call kv_client.read("a")
      expect count(running(store)) == 5
    }
    """,
    good="""
    scenario "the answer is right" {
      let reply = call kv_client.read("a")
      expect reply == none
    }
    """,
)
def check(file: File) -> Iterator[Finding]:
    for node in file.tree.declarations:
        if isinstance(node, n.FaultDeclaration):
            read = said(node.body)
            for name in node.parameters:
                if name.id not in read:
                    yield _finding(name, "the parameter")
        if isinstance(node, n.Scenario | n.FaultDeclaration):
            read = said([node])
            for part in parts(node.body):
                if isinstance(part, n.Let) and part.name.id not in read:
                    yield _finding(part.name, "the value")


def _finding(name: n.Name, what: str) -> Finding:
    return Finding(name.span, f"nothing reads {what} `{name.id}`", help="use it, or remove it")
