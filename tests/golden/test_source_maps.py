"""The runtime finds the plan's line of every statement and of every action inside one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from planc_runtime.plan.sourcemap import module_map

CASES = Path(__file__).parent / "cases"
MODULES = sorted(CASES.glob("*/generated/**/*.py"))
COMMENT = re.compile(r"# (\S+\.plan):(\d+)(  # fmt: skip)?$")
ACTIONS = re.compile(r"crash|partition|skew|together|pick|repeat|fault|heal|pause|for_each|when")


def calls(tree: ast.Module) -> Iterator[ast.expr | ast.stmt]:
    """Yield what may ask for its line: statements, and actions inside them that begin a line."""
    for node in ast.walk(tree):
        if isinstance(
            node, ast.Expr | ast.Assign | ast.Return | ast.AsyncWith | ast.For | ast.If
        ) or (isinstance(node, ast.Call) and ACTIONS.fullmatch(getattr(node.func, "attr", ""))):
            yield node


def expected(lines: list[str], node: ast.expr | ast.stmt) -> tuple[str, int] | None:
    """Read the comment behind a node: in the last line of it, or of its header."""
    body = getattr(node, "body", None)
    last = body[0].lineno - 1 if isinstance(body, list) else node.end_lineno
    match = COMMENT.search(lines[(last or node.lineno) - 1])
    return (match[1], int(match[2])) if match else None


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_every_line_is_found(module: Path) -> None:
    text = module.read_text("utf-8")
    found = module_map(str(module))
    checked = 0
    for node in calls(ast.parse(text)):
        wanted = expected(text.split("\n"), node)
        if wanted is not None:
            assert found.comment_for(node.lineno) == wanted, ast.unparse(node)[:80]
            checked += 1
    assert checked > 5
