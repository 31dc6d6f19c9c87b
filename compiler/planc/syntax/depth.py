"""No tree is so deep that walking it by recursion could fail.

Blocks and parentheses are counted by the lexer; this counts what needs none of them: `a + b + c
...`, `not not ...`, `x.y.z...`, `at 1s at 2s ...`. The walk is a loop, for the sake of the tree it
looks for.
"""

from __future__ import annotations

from typing import Any

from planc.source.span import Span
from planc.syntax.build_base import BuilderBase
from planc.syntax.nodes import Broken, Node

_DEEPEST = 100


def check_depth(items: list[Node], builder: BuilderBase) -> list[Node]:
    """Return the declarations; each that is too deep is reported and stands as `Broken`."""
    checked: list[Node] = []
    for item in items:
        deep = _too_deep(item)
        if deep is None:
            checked.append(item)
            continue
        builder.report(
            "PLC0153",
            deep.span,
            "this expression has too many parts in one another",
            label=f"more than {_DEEPEST} deep",
            help="give parts of it a name with `let`",
        )
        checked.append(Broken(item.span))
    return checked


def _too_deep(root: Node) -> Node | None:
    """Return a node at which the tree below `root` becomes too deep."""
    stack: list[tuple[Any, int]] = [(root, 0)]
    while stack:
        value, depth = stack.pop()
        if isinstance(value, Node):
            if depth > _DEEPEST:
                return value
            stack.extend((getattr(value, name), depth + 1) for name in value.__slots__)
        elif isinstance(value, tuple) and not isinstance(value, Span):
            stack.extend((child, depth) for child in value)
    return None
