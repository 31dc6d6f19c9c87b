"""The outline of a file, the symbols of the project, and what can be folded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from lsprotocol import types as lsp

from planc.lsp.positions import Places
from planc.lsp.project import Project
from planc.lsp.view import Placed, View
from planc.syntax import nodes as n

Kind = lsp.SymbolKind
_KINDS: dict[type[n.Node], lsp.SymbolKind] = {
    n.Let: Kind.Constant, n.Service: Kind.Class, n.Cluster: Kind.Struct, n.Client: Kind.Interface,
    n.Workload: Kind.Event, n.FaultDeclaration: Kind.Function, n.Mock: Kind.Module,
    n.Machine: Kind.Class,
}  # fmt: skip
MOST = 500
"""Symbols that are returned for one search."""


class Outline:
    """Makes the symbols of one file."""

    def __init__(self, view: View, places: Places) -> None:
        self.view = view
        self.places = places

    def symbols(self) -> list[lsp.DocumentSymbol]:
        return [each for placed in self.view.placed for each in self._of_piece(placed)]

    def _of_piece(self, placed: Placed) -> Iterator[lsp.DocumentSymbol]:
        for node in placed.piece.items:
            match node:
                case n.Header(title=title, kind=kind):
                    yield self._symbol(placed, node, title, Kind.File, kind)
                case n.Scenario(title=title):
                    inside = [*self._inside(placed, node)]
                    yield self._symbol(placed, node, title, Kind.Method, "scenario", inside)
                case n.Let(name=name):
                    yield self._symbol(placed, node, name, Kind.Constant, "let")
                case _ if type(node) in _KINDS:
                    name = cast(n.Name, node.name)  # type: ignore[attr-defined]
                    word = type(node).__name__.lower().removesuffix("declaration")
                    inside = [*self._inside(placed, node)]
                    yield self._symbol(placed, node, name, _KINDS[type(node)], word, inside)

    def _inside(self, placed: Placed, node: n.Node) -> Iterator[lsp.DocumentSymbol]:
        for line in getattr(node, "body", ()):
            match line:
                case n.Operation(name=name):
                    yield self._symbol(placed, line, name, Kind.Method, "operation")
                case n.Plant(name=name):
                    yield self._symbol(placed, line, name, Kind.Event, "plant")
                case n.Role(name=name):
                    yield self._symbol(placed, line, name, Kind.EnumMember, "role")
                case n.Setting(word="param", arguments=(n.Name() as name, _)):
                    yield self._symbol(placed, line, name, Kind.Property, "param")
                case n.Ports(ports=ports):
                    for name, _ in ports:
                        yield self._symbol(placed, name, name, Kind.Field, "port")
                case n.Cluster(name=name):
                    yield self._symbol(placed, line, name, Kind.Struct, "cluster")
                case n.Run(workloads=workloads):
                    yield self._symbol(placed, line, workloads[0], Kind.Event, "run")

    def _symbol(
        self,
        placed: Placed,
        node: n.Node,
        name: n.Name | n.Text,
        kind: lsp.SymbolKind,
        detail: str,
        children: list[lsp.DocumentSymbol] | None = None,
    ) -> lsp.DocumentSymbol:
        at = placed.start
        return lsp.DocumentSymbol(
            _title(placed, name) or detail,
            kind,
            self.places.range(at + node.span.start, at + node.span.end),
            self.places.range(at + name.span.start, at + name.span.end),
            detail=detail,
            children=children or None,
        )


def _title(placed: Placed, name: n.Name | n.Text) -> str:
    if isinstance(name, n.Name):
        return name.id
    return placed.piece.text[name.span.start : name.span.end].strip('" \n')


def project_symbols(project: Project, query: str) -> Iterator[tuple[View, int, int, str, str]]:
    """Yield declarations and scenarios whose names hold the letters of `query` in order."""
    wanted = query.lower()
    for path in project.paths():
        view = project.view(path)
        for placed in view.placed:
            for node in placed.piece.items:
                name = getattr(node, "title", None) or getattr(node, "name", None)
                if not isinstance(name, n.Name | n.Text) or isinstance(node, n.Header):
                    continue
                text = _title(placed, name)
                if _holds(text.lower(), wanted):
                    start, end = placed.start + name.span.start, placed.start + name.span.end
                    yield view, start, end, text, type(node).__name__.lower()


def _holds(text: str, wanted: str) -> bool:
    position = 0
    for letter in wanted:
        position = text.find(letter, position) + 1
        if position == 0:
            return False
    return True


def folds(view: View) -> Iterator[tuple[int, int, bool]]:
    """Yield stretches that can be folded, from their first line to their last; comments marked."""
    for placed in view.placed:
        opened: list[int] = []
        for word in placed.piece.words:
            if word.kind in ("LBRACE", "_RECORD", "LSQB", "LPAR"):
                opened.append(word.start)
            elif word.kind in ("RBRACE", "RSQB", "RPAR") and opened:
                yield placed.start + opened.pop(), placed.start + word.start, False
            elif word.kind == "TEXT" and "\n" in word.text:
                yield placed.start + word.start, placed.start + word.end, False
        yield from _comments(placed)


def _comments(placed: Placed) -> Iterator[tuple[int, int, bool]]:
    first = last = None
    for each in [*(c for c in placed.piece.comments if c.own_line), None]:
        if each is not None and last is not None and each.span.line == last.span.line + 1:
            last = each
            continue
        if first is not None and last is not None and first is not last:
            yield placed.start + first.span.start, placed.start + last.span.end, True
        first = last = each
