"""A scenario as a test of one's own, for the day when the language is not enough.

What is left of it is a pytest module like any other: it names no plan that it was generated from,
its lines point nowhere else, and nothing that planc compiles will ever write over it.
"""

from __future__ import annotations

import io
import tokenize

from planc import model as m
from planc.emit.module import emit


def eject(plan: m.Plan, scenario: m.Scenario, path: str) -> str:
    """Return the module of one scenario, to be put at `path` (relative to the project's root)."""
    alone = plan.changed(
        path=path, scenarios=(scenario,), declarations=_needed(plan, scenario), allows=()
    )
    lines = _without_comments(emit(alone).text).splitlines(keepends=True)
    return "".join(lines[2:]).replace("\n\n\n\n", "\n\n\n").lstrip("\n")


def _needed(plan: m.Plan, scenario: m.Scenario) -> tuple[m.AnyDeclaration, ...]:
    """Return what a scenario is made of, in the plan's order."""
    keys = {*m.references(scenario), *scenario.clusters, *scenario.mocks}
    waiting = list(keys)
    declared = {each.key: each for each in plan.declarations}
    while waiting:
        key = waiting.pop()
        more = set(m.references(declared[key])) - keys if key in declared else set()
        keys |= more
        waiting += more
    return tuple(each for each in plan.declarations if each.key in keys)


def _without_comments(text: str) -> str:
    """Take out the comments that lead back to the plan; the header keeps its two lines."""
    lines = text.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and token.start[0] > 2:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip() + "\n"
    return "".join(lines)
