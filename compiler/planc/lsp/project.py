"""The files of one project, open ones as the editor has them, and what names mean among them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planc.analysis import Analyzer
from planc.analysis import Project as Analysed
from planc.analysis.paths import Found, resolve
from planc.config import CONFIG, Config, ConfigError, load_config
from planc.diagnostics import Diagnostic
from planc.lsp.names import (
    Alias,
    Declaration,
    Declared,
    Free,
    Local,
    Member,
    Occurrence,
    Owner,
    Target,
    Word,
)
from planc.lsp.view import Declaring, Placed, View
from planc.pipeline.discover import find_plans
from planc.source import SourceFile, load
from planc.source.load import from_text
from planc.syntax import nodes as n


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name stands for; two names mean the same when their meanings are equal."""

    kind: str
    """let, service, ..., variable, parameter, ..., operation, port, ..., tag, function, field."""
    path: str
    """The file that declares it; "" for words that nobody declares."""
    owner: str
    """Of members the declaration's name, of local names their piece and place."""
    name: str


@dataclass(frozen=True, slots=True)
class Site:
    """A name somewhere in the project."""

    view: View
    placed: Placed
    occurrence: Occurrence

    @property
    def start(self) -> int:
        return self.placed.start + self.occurrence.start

    @property
    def end(self) -> int:
        return self.placed.start + self.occurrence.end


class Project:
    """Everything below one root; `texts` are the open files, by their paths."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.texts: dict[str, str] = {}
        self._views: dict[str, tuple[object, View]] = {}
        self._config: tuple[object, Config] | None = None
        self._uses: dict[str, tuple[View, dict[str, str | None]]] = {}

    # --- files ----------------------------------------------------------------------------------

    def open(self, path: str, text: str) -> None:
        self.texts[path] = text

    def close(self, path: str) -> None:
        self.texts.pop(path, None)

    def view(self, path: str) -> View:
        """Return a file as it is now; a missing one is unreadable and empty."""
        text = self.texts.get(path)
        stamp: object = text if text is not None else self._stamp(path)
        before = self._views.get(path)
        if before is not None and (before[0] is stamp or before[0] == stamp):
            return before[1]
        view = View(path, self._source(path, text), before[1] if before else None)
        self._views[path] = stamp, view
        return view

    def _source(self, path: str, text: str | None) -> SourceFile:
        if text is not None:
            return from_text(text, path)
        return load(Path(self.root, path), Path(self.root))

    def _stamp(self, path: str) -> object:
        try:
            info = os.stat(os.path.join(self.root, path))
        except (OSError, ValueError):
            return None
        return info.st_mtime_ns, info.st_size, info.st_ino

    @property
    def config(self) -> Config:
        """What planc.yaml says; one that cannot be used says nothing."""
        stamp = self._stamp(CONFIG)
        if self._config is None or self._config[0] != stamp:
            try:
                self._config = stamp, load_config(self.root)
            except ConfigError:
                self._config = stamp, Config()
        return self._config[1]

    def paths(self) -> list[str]:
        """Return every plan and library: those of the folder of plans, and those open."""
        found, _ = find_plans(self.root, self.config, [])
        return sorted({*found, *self.texts})

    def used(self, view: View) -> dict[str, str | None]:
        """Return the files that a file uses, with the names it gives them."""
        known = self._uses.get(view.path)
        if known is not None and known[0] is view:
            return known[1]
        found: dict[str, str | None] = {}
        for _, node in view.uses:
            path = self.target_of(view, node)
            if path is not None and path != view.path:
                found.setdefault(path, node.alias.id if node.alias else None)
        self._uses[view.path] = view, found
        return found

    def target_of(self, view: View, node: n.Use) -> str | None:
        """Return the file that a `use` leads to."""
        text = "".join(part for part in node.path.parts if isinstance(part, str))
        found = resolve(Path(self.root), view.path, text)
        return found.path if isinstance(found, Found) else None

    def users(self, path: str) -> list[View]:
        """Return the files that use a file."""
        return [view for each in self.paths() if path in self.used(view := self.view(each))]

    def reach(self, path: str) -> list[View]:
        """Return a file and all that it uses, directly or not."""
        found: dict[str, View] = {}
        waiting = [path]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found[current] = self.view(current)
                waiting += self.used(found[current])
        return list(found.values())

    # --- names ----------------------------------------------------------------------------------

    def lookup(self, view: View, name: str) -> tuple[View, Declaring] | None:
        """Find a declaration by its name in a file: `alias.name`, own ones, those of libraries."""
        alias, dot, inner = name.partition(".")
        if not dot and name in view.symbols:
            return view, view.symbols[name]
        for path, called in self.used(view).items():
            library = self.view(path)
            wanted = inner if dot and called == alias else name if not called else None
            if wanted and wanted in library.symbols:
                return library, library.symbols[wanted]
        return None

    def declared(self, view: View) -> Iterator[tuple[str, View, Declaring]]:
        """Yield every declaration that can be said in a file, as it is said there."""
        for name, found in view.symbols.items():
            yield name, view, found
        for path, alias in self.used(view).items():
            library = self.view(path)
            for name, found in library.symbols.items():
                yield f"{alias}.{name}" if alias else name, library, found

    def owner(self, view: View, placed: Placed, owner: Owner) -> tuple[View, Declaration] | None:
        """Return the declaration that owns a member."""
        if isinstance(owner, Local):
            local = view.local(placed, owner.start)
            return (view, Declaration("cluster", local.node, owner.start)) if local else None
        found = self.lookup(view, owner.name)
        return (found[0], found[1].declaration) if found else None

    def member(self, view: View, placed: Placed, target: Member) -> tuple[View, str] | None:
        """Return the file and the name of the declaration that has a member."""
        for owner in target.owners:
            for found, declaration in self._possible(view, placed, owner, target.group):
                name = declaration.node.name.id
                symbol = found.symbols.get(name)
                names = symbol.placed.piece.names if symbol else None
                if names and (name, target.group, target.name) in names.members:
                    return found, name
        return None

    def _possible(
        self, view: View, placed: Placed, owner: Owner, group: str
    ) -> Iterator[tuple[View, Declaration]]:
        found = self.owner(view, placed, owner)
        if found is None:
            return
        yield found
        inner, node = found[0], found[1].node
        if isinstance(node, n.Workload) and group == "operation":
            for each in node.body:
                if isinstance(each, n.Setting) and each.word == "client":
                    yield from self._named(inner, each.arguments[0])
        elif isinstance(node, n.Cluster):
            for line in node.body:
                if isinstance(line, n.Nodes):
                    yield from self._named(inner, line.service)

    def _named(self, view: View, node: n.Node) -> Iterator[tuple[View, Declaration]]:
        if found := self.lookup(view, said(node)):
            yield found[0], found[1].declaration

    def meaning(self, view: View, placed: Placed, target: Target) -> Meaning | None:
        """Say what a name stands for; None when nothing is known of it."""
        match target:
            case Local(kind=kind, start=start):
                local = view.local(placed, start)
                name = local.name if local else ""
                return Meaning(kind, view.path, f"{placed.index}:{start}", name)
            case Declared(name=name) | Free(name=name):
                return self._declared(view, name)
            case Alias(name=name):
                known = name in self.used(view).values() or any(
                    node.alias and node.alias.id == name for _, node in view.uses
                )
                return Meaning("alias", view.path, "", name) if known else None
            case Member(group=group, name=name):
                found = self.member(view, placed, target)
                return Meaning(group, found[0].path, found[1], name) if found else None
            case Word(group="plant", name=name):
                return self._plant(view, name)
            case Word(group=group, name=name):
                return Meaning(group, "", "", name)

    def _declared(self, view: View, name: str) -> Meaning | None:
        if found := self.lookup(view, name):
            kind = found[1].declaration.kind
            return Meaning(kind, found[0].path, "", found[1].declaration.node.name.id)
        owner, dot, field = name.partition(".")
        if dot and self.lookup(view, owner):
            return Meaning("field", "", "", field)
        return None

    def _plant(self, view: View, name: str) -> Meaning | None:
        for each in self.reach(view.path):
            for owner, found in each.symbols.items():
                if (owner, "plant", name) in found.placed.piece.names.members:
                    return Meaning("plant", each.path, owner, name)
        return None

    def defined_at(self, meaning: Meaning) -> tuple[View, int, int] | None:
        """Return the place where what a name means is defined."""
        if not meaning.path:
            return None
        view = self.view(meaning.path)
        if meaning.kind == "alias":
            for placed, node in view.uses:
                if node.alias and node.alias.id == meaning.name:
                    start = placed.start + node.alias.span.start
                    return view, start, start + len(meaning.name)
            return None
        if ":" in meaning.owner:
            index, start = map(int, meaning.owner.split(":"))
            at = view.placed[index].start + start
            return view, at, at + len(meaning.name)
        symbol = view.symbols.get(meaning.owner or meaning.name)
        if symbol is None:
            return None
        if not meaning.owner:
            return view, symbol.start, symbol.start + len(meaning.name)
        key = meaning.owner, meaning.kind, meaning.name
        inner = symbol.placed.piece.names.members.get(key)
        if inner is None:
            return None
        return view, symbol.placed.start + inner, symbol.placed.start + inner + len(meaning.name)

    def site(self, path: str, offset: int) -> Site | None:
        """Return the name at a place."""
        view = self.view(path)
        placed = view.at(offset)
        found = placed.piece.names.at(offset - placed.start)
        return Site(view, placed, found) if found else None

    def sites(self, meaning: Meaning) -> Iterator[Site]:
        """Yield every place of the project where a name means this."""
        for view in self.who_can_say(meaning):
            for placed, occurrence in view.occurrences():
                same = occurrence.name == meaning.name
                if same and self.meaning(view, placed, occurrence.target) == meaning:
                    yield Site(view, placed, occurrence)

    def who_can_say(self, meaning: Meaning) -> list[View]:
        if not meaning.path:
            return [self.view(path) for path in self.paths()]
        if meaning.kind == "alias" or ":" in meaning.owner:
            return [self.view(meaning.path)]
        if meaning.owner:
            return [self.view(path) for path in self.paths()]
        return [self.view(meaning.path), *self.users(meaning.path)]

    # --- values ---------------------------------------------------------------------------------

    def analyzer(self) -> Analyzer:
        """Return an analyzer of the files as they are now, which has analysed nothing yet."""

        def read(path: str) -> tuple[n.File, list[Diagnostic]]:
            return self.view(path).tree(), []

        return Analyzer(Analysed(Path(self.root), read))


def said(node: n.Node) -> str:
    """Return a name as it is said: `lib.kv`."""
    if isinstance(node, n.Attribute) and isinstance(node.value, n.Name):
        return f"{node.value.id}.{node.name}"
    return node.id if isinstance(node, n.Name) else ""
