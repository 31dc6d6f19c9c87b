"""Blocks that are run by themselves: pieces of plans, Python, settings, data."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Callable

import yaml

from planc.config.reading import read
from planc.config.schema import File
from planc.source.load import from_text
from planc.syntax import parse
from planc_grammar.reference import CONTEXTS
from support.documents.blocks import Block

_DECLARATIONS = (
    "allow", "client", "cluster", "fault", "let", "machine", "mock", "scenario", "service", "use",
    "workload",
)  # fmt: skip
_SERVICE = ("command", "cwd", "env", "file", "hook", "needs", "param", "plant", "ports", "python",
            "ready", "role", "setup", "status", "stop")  # fmt: skip


def plan(block: Block) -> None:
    """Parse a plan, or a piece of one where its first word says it could stand."""
    _, found = parse(from_text(CONTEXTS[_context(block.text)].format(block.text)))

    assert found == [], f"{block.place}: {found}"


def _context(text: str) -> str:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    word = lines[0].split()[0]
    if word in ("plan", "library"):
        return "file"
    if word in _SERVICE:
        return "service"
    # `allow` and `let` stand in scenarios, too; in the first column both are declarations.
    return "declaration" if word in _DECLARATIONS else "statement"


def python(block: Block) -> None:
    """Execute a script; a file of a page's project is only read here, its story runs it."""
    code = compile(ast.parse(block.text), block.place, "exec")
    if not block.title:
        exec(code, {"__name__": "documentation"})


def data(block: Block) -> None:
    """Read data; what holds words of planc.yaml must be one without mistakes."""
    found = _READERS[block.language](block.text)
    ours = block.title in ("", "planc.yaml")
    if ours and isinstance(found, dict) and found.keys() & set(File.model_fields):
        read(block.text)


_READERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
}

RUNNERS: dict[str, Callable[[Block], None]] = {
    "plan": plan,
    "python": python,
    **dict.fromkeys(_READERS, data),
}
"""What is done with a block of each language; a page's story does more with those it knows."""
