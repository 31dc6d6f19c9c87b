"""
A machine walks from its initial state along its transitions. One whose state nothing leads to is
never taken, by `explore` as little as by the system: mostly the name is misspelt, or the transition
that leads there was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator

from planc.diagnostics import did_you_mean
from planc.lint.rule import Finding, rule
from planc.lint.subject import File
from planc.syntax import nodes as n


@rule(
    "dead-transition",
    "A transition from a state that a machine never reaches",
    scope="file",
    bad="""
    client operator over http on port http {
      shut(node)  POST "/down"
      start(node) POST "/up"
    }

    machine lifecycle of kv {
      client operator
      state status.state
      initial up
      up -> down by shut
      dwon -> up by start
    }

    scenario "no other transition is taken" {
      explore lifecycle for 200 steps
      expect every illegal transition is refused
    }
    """,
    good="""
    client operator over http on port http {
      shut(node)  POST "/down"
      start(node) POST "/up"
    }

    machine lifecycle of kv {
      client operator
      state status.state
      initial up
      up -> down by shut
      down -> up by start
    }

    scenario "no other transition is taken" {
      explore lifecycle for 200 steps
      expect every illegal transition is refused
    }
    """,
)
def check(file: File) -> Iterator[Finding]:
    for node in file.tree.declarations:
        if isinstance(node, n.Machine):
            yield from _dead(node)


def _dead(machine: n.Machine) -> Iterator[Finding]:
    lines = [each for each in machine.body if isinstance(each, n.Transition)]
    initial = [each.arguments[0] for each in machine.body
               if isinstance(each, n.Setting) and each.word == "initial"]  # fmt: skip
    start = initial[0].id if initial and isinstance(initial[0], n.Name) else None
    if start is None:
        return
    reached = _reached(start, lines)
    for name in (source for line in lines for source in line.sources):
        if name.id not in reached:
            yield Finding(
                name.span,
                f"nothing leads to the state `{name.id}`: `{machine.name.id}` is never in it",
                help=did_you_mean(name.id, sorted(reached))
                or f"add the transition that leads to it: {start} -> {name.id} by EVENT",
            )


def _reached(start: str, lines: list[n.Transition]) -> set[str]:
    """Return every state that can be reached from the first one."""
    found = {start}
    while True:
        more = {line.target.id for line in lines if found & {each.id for each in line.sources}}
        if more <= found:
            return found
        found |= more
