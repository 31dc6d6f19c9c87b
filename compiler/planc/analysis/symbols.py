"""The declared names of a file and of the libraries it uses.

Declarations may stand in any order, so a symbol is resolved when it is first needed: `Symbol.model`
analyses the declaration then, once, and finds out when a declaration leads back to itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from planc import model as m
from planc.analysis.problems import Problems
from planc.source.span import Span
from planc.syntax import nodes as n

Declared = (
    n.Let | n.Service | n.Cluster | n.Client | n.Workload | n.FaultDeclaration | n.Mock | n.Machine
)

KINDS: dict[type[n.Node], str] = {
    n.Let: "let",
    n.Service: "service",
    n.Cluster: "cluster",
    n.Client: "client",
    n.Workload: "workload",
    n.FaultDeclaration: "fault",
    n.Mock: "mock",
    n.Machine: "machine",
}

DEEPEST = 50


@dataclass(eq=False)
class Symbol:
    """A declared name; `model` is None when its declaration is wrong, which was reported then."""

    name: str
    node: Declared
    file: FileSymbols
    problems: Problems
    analyse: Callable[[Symbol], m.Declaration | None]
    label: str = ""
    """What the key ends with, where the name alone is not unique in its file."""
    _model: m.Declaration | None = None
    _links: tuple[str, ...] | None = None
    _state: str = "new"

    @property
    def kind(self) -> str:
        return KINDS[type(self.node)]

    @property
    def key(self) -> str:
        return f"{self.file.path}#{self.label or self.name}"

    @property
    def span(self) -> Span:
        return self.node.name.span

    @property
    def links(self) -> tuple[str, ...]:
        """The keys of the declarations that this one names itself."""
        if self._links is None:
            self._links = tuple(dict.fromkeys(m.references(self.model)))
        return self._links

    @property
    def model(self) -> m.Declaration | None:
        if self._state == "busy":
            self.problems.report(
                "endless-declaration",
                self.span,
                f"`{self.name}` is made of itself",
                label=f"this {self.kind} leads back here",
            )
        if self._state == "new" and self._shallow():
            self._state = "busy"
            self.problems.open_declarations += 1
            try:
                self._model = self.analyse(self)
            finally:
                self.problems.open_declarations -= 1
            self._state = "done"
        return self._model

    def _shallow(self) -> bool:
        """Report a chain of declarations that nobody can follow, the compiler included."""
        if self.problems.open_declarations < DEEPEST:
            return True
        self.problems.report(
            "nested-too-deeply",
            self.span,
            f"more than {DEEPEST} declarations lead to `{self.name}`, each by the next",
            help="declare things before they are used",
        )
        return False


@dataclass(eq=False)
class FileSymbols:
    """What can be said in one file."""

    path: str
    symbols: dict[str, Symbol] = field(default_factory=dict)
    used: list[FileSymbols] = field(default_factory=list)
    aliases: dict[str, FileSymbols] = field(default_factory=dict)
    incomplete: bool = False
    """Whether a name may be missing because something could not be read."""

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    def find(self, name: str) -> Symbol | None:
        """Find a name of this file, one that a library brings, or `library.name`."""
        if name in self.symbols:
            return self.symbols[name]
        alias, dot, inner = name.partition(".")
        if dot:
            library = self.aliases.get(alias)
            return library.symbols.get(inner) if library else None
        return next((file.symbols[name] for file in self.used if name in file.symbols), None)

    def visible(self) -> list[Symbol]:
        """Return every symbol that can be said without an alias, own ones first."""
        found = dict(self.symbols)
        for file in self.used:
            found = {**file.symbols, **found}
        own = self.symbols
        return [*own.values(), *(symbol for name, symbol in found.items() if name not in own)]

    def of_kind(self, kind: str) -> list[str]:
        """Return the names of all things of one kind, those of named libraries with their dot."""
        found = [symbol.name for symbol in self.visible() if symbol.kind == kind]
        for alias, library in self.aliases.items():
            inner = (symbol for symbol in library.symbols.values() if symbol.kind == kind)
            found += [f"{alias}.{symbol.name}" for symbol in inner]
        return found

    def known(self) -> list[str]:
        return [*(symbol.name for symbol in self.visible()), *self.aliases]
