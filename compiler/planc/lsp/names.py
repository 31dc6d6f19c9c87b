"""The names in a piece: where each stands, and what it means as far as the piece alone can tell.

What the piece cannot tell is left as a question for the file: `Declared` and `Free` are looked up
among its declarations and those of its libraries, a `Member` among those of its owner.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from planc.syntax import nodes as n


@dataclass(frozen=True, slots=True)
class Local:
    """A name of this piece alone, known by where it is defined."""

    kind: str
    """variable, parameter, loop, column, or cluster."""
    start: int


@dataclass(frozen=True, slots=True)
class Declared:
    """A name at the top of a file; `alias.name` for one of a named library."""

    name: str


@dataclass(frozen=True, slots=True)
class Free:
    """A name in an expression: of a node or of a declaration."""

    name: str


@dataclass(frozen=True, slots=True)
class Alias:
    name: str


Owner = Declared | Local


@dataclass(frozen=True, slots=True)
class Member:
    """A name inside of a declaration: that of the first owner which has it.

    A workload stands for its client, a cluster for its services, where they have it instead.
    """

    owners: tuple[Owner, ...]
    group: str
    """operation, param, port, role, plant, state, node."""
    name: str


@dataclass(frozen=True, slots=True)
class Word:
    """A name that nobody declares: of a tag, a row of a catalogue, a function, a field."""

    group: str
    name: str


Target = Local | Declared | Free | Alias | Member | Word


@dataclass(frozen=True, slots=True)
class Occurrence:
    start: int
    end: int
    name: str
    target: Target
    defines: bool = False


@dataclass(frozen=True, slots=True)
class Declaration:
    kind: str
    node: Any
    start: int
    """Where its name stands."""


@dataclass(frozen=True, slots=True)
class LocalName:
    """A local name and where it can be said."""

    name: str
    kind: str
    start: int
    node: Any
    first: int
    last: int


@dataclass(slots=True)
class Names:
    occurrences: list[Occurrence] = field(default_factory=list)
    declared: dict[str, Declaration] = field(default_factory=dict)
    members: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """(owner's name, group, name) -> where it is defined."""
    locals: dict[int, LocalName] = field(default_factory=dict)
    uses: list[n.Use] = field(default_factory=list)

    def at(self, offset: int) -> Occurrence | None:
        """Return the name that stands at a place, or ends there."""
        found = [each for each in self.occurrences if each.start <= offset <= each.end]
        return max(found, key=lambda each: each.start, default=None)

    def visible(self, offset: int) -> list[LocalName]:
        """Return the local names that can be said at a place, the innermost last."""
        return [each for each in self.locals.values() if each.first <= offset <= each.last]
