"""Mistakes by example: each entry is a malformed plan and the diagnostic it must give.

One TOML file per range of codes, as in planc.diagnostics.codes. Every entry is a test:

    [[mistake]]
    code = "PLC0109"      # the diagnostic that must be reported ...
    line = 4              # ... in this line
    column = 12           # ... and column, if that matters
    contains = "=="       # a part of its message, label or help, if that matters
    only = true           # no other diagnostic may be reported (default: true)
    plan = '''...'''      # the malformed file
    other."lib.plan" = '''...'''     # further files, if it needs any

Those of `syntax.toml` are the parser's error table too. An entry with `message` applies when all
conditions under `when` hold at the place of a syntax error; the first that applies is reported:

    when.found    = ["=", ...]   # the offending word is one of these
    when.kind     = "NAME"       # or of this kind
    when.like     = "regex"      # or looks like this, as a whole
    when.expected = "COMPARE"    # this terminal could stand here
    when.before   = "regex"      # the text before it in its statement ends so
    when.after    = "regex"      # the text after it begins so
    when.inside   = ["run", ""]  # the innermost block is of this kind ("" is the file)
    message, label, help         # texts; {found} {before} {expected} {inside} are filled in
    at            = "found"      # where the caret goes: found, before (the word before)
    fix           = "=="         # what to put there, if that mends it
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class When:
    found: tuple[str, ...] = ()
    kind: str = ""
    like: str = ""
    expected: str = ""
    before: str = ""
    after: str = ""
    inside: tuple[str, ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Say whether every condition that is given is true of a syntax error."""
        return (
            (not self.found or facts.found in self.found)
            and (not self.kind or facts.kind == self.kind)
            and (not self.like or bool(re.fullmatch(self.like, facts.found)))
            and (not self.expected or self.expected in facts.expected)
            and (not self.before or bool(re.search(f"(?:{self.before})$", facts.before)))
            and (not self.after or bool(re.match(self.after, facts.after)))
            and (not self.inside or facts.inside in self.inside)
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a syntax error."""

    kind: str
    found: str
    before: str
    """The text of the statement before the offending word, without blanks at its end."""
    after: str
    """The rest of the line after the offending word, without blanks at its start."""
    inside: str
    """The first word of the statement whose block this is; "" at the top of a file."""
    expected: frozenset[str]
    """The terminals that could stand here."""


@dataclass(frozen=True, slots=True)
class Mistake:
    code: str
    plan: str
    line: int
    column: int | None = None
    contains: str = ""
    only: bool = True
    other: dict[str, str] = field(default_factory=dict)
    when: When = When()
    message: str = ""
    label: str = ""
    help: str = ""
    at: str = "found"
    fix: str | None = None
    range: str = ""


@cache
def load_mistakes(range_name: str = "") -> tuple[Mistake, ...]:
    """Return the mistakes of one range, or of all, in the order of the files."""
    found: list[Mistake] = []
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        if range_name in ("", file.stem):
            rows = tomllib.loads(file.read_text("utf-8")).get("mistake", [])
            found.extend(_mistake(row, file.stem) for row in rows)
    return tuple(found)


def _mistake(row: dict[str, Any], range_name: str) -> Mistake:
    conditions: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in row.get("when", {}).items()
    }
    values = {name: value for name, value in row.items() if name != "when"}
    return Mistake(**values, when=When(**conditions), range=range_name)
