"""Signature help: the parameters of the function, operation or fault that is being called."""

from __future__ import annotations

from dataclasses import dataclass

from planc.lsp.cursor import cursor_at
from planc.lsp.project import Project, said
from planc.lsp.sources import operations_of
from planc.lsp.view import View
from planc.syntax import nodes as n
from planc.syntax.words import Word
from planc.vocabulary import FUNCTIONS


@dataclass(frozen=True, slots=True)
class Signature:
    label: str
    parameters: tuple[str, ...]
    active: int


def signature(project: Project, view: View, offset: int) -> Signature | None:
    """Return the signature of the innermost call around a place."""
    placed = view.at(offset)
    cursor = cursor_at(placed.piece.text, offset - placed.start)
    if cursor is None or cursor.text is not None:
        return None
    opened: list[int] = []
    for index, word in enumerate(cursor.statement):
        if word.kind in ("LPAR", "LSQB", "_RECORD"):
            opened.append(index)
        elif word.kind in ("RPAR", "RSQB", "RBRACE") and opened:
            opened.pop()
    if not opened or cursor.statement[opened[-1]].kind != "LPAR" or opened[-1] == 0:
        return None
    at = opened[-1]
    active = _commas(cursor.statement[at + 1 :])
    return _of_name(project, view, cursor.statement[:at], active)


def _commas(words: list[Word]) -> int:
    depth = commas = 0
    for word in words:
        depth += word.kind in ("LPAR", "LSQB", "_RECORD")
        depth -= word.kind in ("RPAR", "RSQB", "RBRACE")
        commas += word.kind == "COMMA" and depth == 0
    return commas


def _of_name(project: Project, view: View, words: list[Word], active: int) -> Signature | None:
    name = words[-1].text
    if len(words) > 2 and words[-2].kind == "DOT":
        owner = words[-3].text
        for found, _, form in operations_of(project, view, owner):
            if found == name:
                inside = form[form.index("(") + 1 : -1]
                return Signature(form, tuple(filter(None, inside.split(", "))), active)
        name = f"{owner}.{name}"
    if symbol := project.lookup(view, name):
        node = symbol[1].declaration.node
        if isinstance(node, n.FaultDeclaration):
            parameters = tuple(said(each) for each in node.parameters)
            return Signature(f"{name}({', '.join(parameters)})", parameters, active)
    if function := FUNCTIONS.get(name):
        label = f"{name}({', '.join(function.parameters)}) -> {function.returns}"
        return Signature(label, function.parameters, active)
    return None
