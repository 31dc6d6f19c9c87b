"""What a name means, inside out: the innermost block first, then the file and what it uses.

Scopes of a scenario or fault form a chain; the file is asked last. A scope that held something
unreadable is `incomplete`: names that it does not know may have stood there, so that they are not
reported a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from planc.source.span import Span

if TYPE_CHECKING:
    from planc.analysis.symbols import FileSymbols

Means = Literal["let", "variable", "parameter", "column", "loop", "word"]


@dataclass(frozen=True, slots=True)
class Local:
    """A name of a block; `fields` are all it can be asked for, where that is known."""

    means: Means
    type: str = "any"
    span: Span | None = None
    fields: tuple[str, ...] | None = None
    what: str = ""
    """What a field is, for messages: "port", "parameter"."""
    values: tuple[float, ...] = ()
    """The numbers it goes through, where they are known."""


@dataclass(slots=True)
class Scope:
    """One block: its names, the block around it, and the file it stands in."""

    file: FileSymbols
    names: dict[str, Local] = field(default_factory=dict)
    outer: Scope | None = None
    incomplete: bool = False
    nodes: Mapping[str, list[str]] = field(default_factory=dict)
    """Node names that can be said without their cluster -> the keys of the clusters having one."""

    def inner(self, names: Mapping[str, Local] | None = None) -> Scope:
        return Scope(self.file, dict(names or {}), self)

    def chain(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def find(self, name: str) -> Local | None:
        return next((scope.names[name] for scope in self.chain() if name in scope.names), None)

    def owners(self, node: str) -> list[str]:
        """Return the keys of the clusters whose node may be called `node` here."""
        return next((scope.nodes[node] for scope in self.chain() if node in scope.nodes), [])

    def is_incomplete(self) -> bool:
        return any(scope.incomplete for scope in self.chain())

    def known(self) -> list[str]:
        """Return every name that can be said here, for "did you mean"."""
        found: dict[str, None] = {}
        for scope in self.chain():
            found |= dict.fromkeys((*scope.names, *scope.nodes))
        return [*found, *self.file.known()]
