"""The table of diagnostic codes: one TOML file per range, in this folder.

A code is permanent: it is never given to another mistake, and never renumbered. `planc explain` and
the documentation read the same texts.

    PLC00xx source     the file itself: encoding, size, hidden characters
    PLC01xx syntax     the form of a statement
    PLC02xx names      names and `use`
    PLC03xx types      types and units
    PLC04xx declarations
    PLC05xx scenarios  scenarios, faults, expectations
    PLC06xx backends   what a backend cannot do
    PLC07xx compile    the generated modules: writing and comparing them
    PLC08xx diff       what `planc diff` tells of

Each entry is a table named by its code with `name` (a permanent slug that says what is forbidden),
`title` (one line) and `explain` (Markdown: what it means, an example, the way out).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Code:
    code: str
    name: str
    title: str
    explain: str
    range: str
    """The file it stands in: source, syntax, names, ..."""


@cache
def all_codes() -> dict[str, Code]:
    """Return every code by its number, in order."""
    import tomllib  # A plan without mistakes needs none of this.

    found: dict[str, Code] = {}
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        for number, row in tomllib.loads(file.read_text("utf-8")).items():
            explain = row["explain"].strip("\n").rstrip() + "\n"
            found[number] = Code(number, row["name"], row["title"], explain, file.stem)
    return dict(sorted(found.items()))


_BROUGHT: dict[str, Code] = {}


def bring(codes: Iterable[Code]) -> None:
    """Make known to renderings what stands in no table: lint rules, each known by its name."""
    _BROUGHT.update((each.code, each) for each in codes)


def code_of(code: str) -> Code | None:
    """Return what is known of a diagnostic's code, whoever brought it."""
    return all_codes().get(code) or _BROUGHT.get(code)


def find_code(code_or_name: str) -> Code | None:
    """Find a code by its number ("PLC0101", any case) or by its name ("missing-unit")."""
    wanted = code_or_name.strip()
    if found := all_codes().get(wanted.upper()):
        return found
    return next((code for code in all_codes().values() if code.name == wanted.lower()), None)
