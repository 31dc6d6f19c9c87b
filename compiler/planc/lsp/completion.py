"""Completion: names that mean something here, and the words the parser could take."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from lsprotocol import types as lsp

from planc.lsp import snippets as patterns
from planc.lsp.cursor import Cursor, cursor_at
from planc.lsp.documentation import (
    about_fault,
    about_function,
    about_keyword,
    about_measure,
    about_property,
)
from planc.lsp.members import fields_of
from planc.lsp.offers import likely_unit, offered
from planc.lsp.positions import Places
from planc.lsp.project import Project
from planc.lsp.sources import names_for
from planc.lsp.view import Placed, View
from planc.syntax.expected import keywords
from planc.vocabulary import FUNCTIONS, MEASURES, UNITS

Kind = lsp.CompletionItemKind
KINDS = {
    "let": Kind.Constant, "service": Kind.Class, "cluster": Kind.Struct, "client": Kind.Interface,
    "workload": Kind.Event, "fault": Kind.Function, "mock": Kind.Module, "machine": Kind.Class,
    "variable": Kind.Variable, "parameter": Kind.Variable, "loop": Kind.Variable,
    "column": Kind.Variable, "operation": Kind.Method, "node": Kind.Value, "field": Kind.Field,
    "alias": Kind.Module, "unit": Kind.Unit, "function": Kind.Function,
}  # fmt: skip
VALUES = ("let", "cluster", "workload", "mock", "machine", "client")


@dataclass(slots=True)
class Offer:
    """One proposal, in the order in which they are shown: the smaller `rank` first."""

    label: str
    kind: Kind
    text: str = ""
    detail: str = ""
    about: Callable[[], str] | None = None
    rank: int = 5
    snippet: bool = False
    filter: str = ""


@dataclass(slots=True)
class Here:
    """The place that was asked about."""

    project: Project
    view: View
    placed: Placed
    cursor: Cursor
    offset: int
    snippets: bool


def complete(
    project: Project, view: View, places: Places, offset: int, *, snippets: bool, markdown: bool
) -> list[lsp.CompletionItem]:
    """Return what could be written at a place, best first."""
    placed = view.at(offset)
    cursor = cursor_at(placed.piece.text, offset - placed.start)
    if cursor is None:
        return []
    here = Here(project, view, placed, cursor, offset, snippets)
    span = places.range(placed.start + cursor.start, offset)
    return [_item(each, span, markdown) for each in _unique(_offers(here))]


def _unique(offers: Iterable[Offer]) -> list[Offer]:
    found: dict[tuple[str, str], Offer] = {}
    for each in offers:
        found.setdefault((each.label, each.text), each)
    return sorted(found.values(), key=lambda each: (each.rank, each.label))


def _item(offer: Offer, span: lsp.Range, markdown: bool) -> lsp.CompletionItem:
    text = offer.about() if offer.about else ""
    kind = lsp.MarkupKind.Markdown if markdown else lsp.MarkupKind.PlainText
    form = lsp.InsertTextFormat.Snippet if offer.snippet else lsp.InsertTextFormat.PlainText
    return lsp.CompletionItem(
        offer.label,
        kind=offer.kind,
        detail=offer.detail or None,
        documentation=lsp.MarkupContent(kind, text) if text else None,
        sort_text=f"{offer.rank}{offer.label}",
        filter_text=offer.filter or None,
        insert_text_format=form,
        text_edit=lsp.TextEdit(span, offer.text or offer.label),
    )


def _offers(here: Here) -> Iterator[Offer]:
    cursor = here.cursor
    if cursor.text is not None:
        yield from _paths(here)
    elif cursor.number:
        yield from _units(cursor)
    elif cursor.statement and cursor.statement[-1].kind == "DOT":
        for name, kind, detail in fields_of(here.project, here.view, here.placed, cursor):
            yield Offer(name, KINDS.get(kind, Kind.Field), detail=detail, rank=1)
    elif what := offered(cursor.block, cursor.kinds):
        yield from _named(here, what)
        if what in ("method", "state"):
            yield from _keywords(here)
    else:
        if cursor.begins:
            yield from _statements(here)
        if cursor.is_expression or cursor.is_target:
            yield from _values(here)
        yield from _keywords(here)


# --- words of the language ----------------------------------------------------------------------


def _keywords(here: Here) -> Iterator[Offer]:
    statement = here.cursor.statement[0].text if here.cursor.statement else ""
    block = here.cursor.blocks[-1][0].text if here.cursor.blocks and here.cursor.block else ""
    for word in keywords(here.cursor.expected):
        if word not in ("true", "false", "none") or here.cursor.is_expression:
            yield Offer(word, Kind.Keyword, rank=7,
                        about=partial(about_keyword, word, statement, block))  # fmt: skip


def _statements(here: Here) -> Iterator[Offer]:
    """Offer whole statements, or whole declarations at the top of a file."""
    expected = here.cursor.expected
    if not here.cursor.blocks and not here.cursor.statement:
        for word, pattern in patterns.DECLARATIONS.items():
            if word not in ("plan", "library") or here.view.header is None:
                yield _snippet(here, word, f"{word} ...", pattern, 2)
        return
    for kind, (form, pattern) in patterns.fault_patterns().items():
        if form.split()[0].upper() in expected:
            yield _snippet(here, form, form, pattern, 4, partial(about_fault, kind))
    for word, (form, pattern) in patterns.STATEMENTS.items():
        if word.upper() in expected:
            yield _snippet(here, form, form, pattern, 3)
    if "EXPECT" in expected:
        for each in patterns.EXPECTATIONS:
            shown = "expect " + patterns.filled(each, snippets=False)
            yield _snippet(here, shown, shown, f"expect {each}", 4)
    if "CRASH" in expected:
        yield from _faults(here)


def _snippet(
    here: Here,
    label: str,
    form: str,
    pattern: str,
    rank: int,
    about: Callable[[], str] | None = None,
) -> Offer:
    text = patterns.filled(pattern, snippets=here.snippets)
    return Offer(label, Kind.Snippet, text, form, about, rank, here.snippets, filter=label)


def _faults(here: Here) -> Iterator[Offer]:
    """Offer the faults that are declared, as calls."""
    for name, _, found in here.project.declared(here.view):
        if found.declaration.kind == "fault":
            parameters = [each.id for each in found.declaration.node.parameters]
            pattern = f"{name}({', '.join('{' + each + '}' for each in parameters)})"
            form = f"{name}({', '.join(parameters)})"
            offer = _snippet(here, form, "fault", pattern, 2)
            offer.kind = Kind.Function
            yield offer


def _units(cursor: Cursor) -> Iterator[Offer]:
    digits = re.match(r"[\d_.]+", cursor.partial)
    number = digits.group() if digits else ""
    likely = likely_unit(cursor.kinds)
    for word, unit in UNITS.items():
        text = number + word
        rank = 1 if unit.type == likely else 3
        yield Offer(text, Kind.Unit, text, unit.type, rank=rank, filter=text)


# --- names --------------------------------------------------------------------------------------


def _named(here: Here, what: str) -> Iterator[Offer]:
    if what == "value":
        yield from _values(here)
        return
    for name, kind, detail in names_for(here.project, here.view, here.placed, here.cursor, what):
        about = partial(about_property, name) if what == "property" else None
        yield Offer(name, KINDS.get(kind, Kind.EnumMember), detail=detail, about=about, rank=1)


_MEASURES = {"latency": "p99 latency", "metric": "increase of metric"}
"""What is offered of measures that have several forms."""


def _values(here: Here) -> Iterator[Offer]:
    """Offer what an expression can be made of."""
    for local in here.placed.piece.names.visible(here.offset - here.placed.start):
        yield Offer(local.name, KINDS.get(local.kind, Kind.Variable), detail=local.kind, rank=1)
    for name, _, found in here.project.declared(here.view):
        kind = found.declaration.kind
        if kind in VALUES:
            yield Offer(name, KINDS[kind], detail=kind, rank=2)
    for name, kind, detail in names_for(here.project, here.view, here.placed, here.cursor, "node"):
        yield Offer(name, KINDS.get(kind, Kind.Value), detail=detail, rank=3)
    for name, function in FUNCTIONS.items():
        world = "" if here.cursor.is_expression else "nodes"
        if not world or function.returns == "nodes":
            pattern = f"{name}({{}})"
            yield Offer(name, Kind.Function, patterns.filled(pattern, snippets=here.snippets),
                        function.returns, partial(about_function, name), 4, here.snippets,
                        filter=name)  # fmt: skip
    if here.cursor.kinds == "EXPECT":
        for name, measure in MEASURES.items():
            word = _MEASURES.get(name, name)
            yield Offer(word, Kind.Property, detail=f"measure: {measure.type}", rank=3,
                        about=partial(about_measure, name))  # fmt: skip


def _paths(here: Here) -> Iterator[Offer]:
    """Offer the libraries that `use` could name."""
    if here.cursor.kinds != "USE":
        return
    folder = os.path.dirname(here.view.path)
    for path in here.project.paths():
        header = here.project.view(path).header
        if path != here.view.path and header is not None and header.kind == "library":
            near = os.path.relpath(path, folder or ".").replace(os.sep, "/")
            shown = path if near.startswith("../") else near
            yield Offer(shown, Kind.File, detail="library", rank=1, filter=shown)
