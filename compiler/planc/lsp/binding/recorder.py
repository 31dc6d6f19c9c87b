"""Note the names of a piece, and which of them are known in the blocks around the present node."""

from __future__ import annotations

import re
from typing import Any

from planc.lsp.names import (
    Alias,
    Declared,
    Local,
    LocalName,
    Member,
    Names,
    Occurrence,
    Owner,
    Target,
)
from planc.syntax import nodes as n

Scope = dict[str, Local]


class Recorder:
    """One piece; `scopes` are the blocks around the present node, the innermost last."""

    def __init__(self, names: Names, text: str) -> None:
        self.names = names
        self.text = text
        self.scopes: list[Scope] = []
        self.ends: list[int] = []
        self.service: Owner | None = None
        """The service whose ports and parameters are meant."""
        self.words: tuple[str, ...] = ()
        self.workloads: tuple[Owner, ...] = ()

    def add(self, start: int, end: int, name: str, target: Target, defines: bool = False) -> None:
        self.names.occurrences.append(Occurrence(start, end, name, target, defines))

    def name(self, node: n.Name, target: Target, defines: bool = False) -> None:
        self.add(node.span.start, node.span.end, node.id, target, defines)

    def local(self, node: n.Name, kind: str, whole: Any, first: int | None = None) -> None:
        """Define a name that is known until the innermost block ends."""
        start = node.span.start
        self.scopes[-1].setdefault(node.id, Local(kind, start))
        if self.scopes[-1][node.id].start == start:
            known_from = node.span.end if first is None else first
            self.names.locals[start] = LocalName(
                node.id, kind, start, whole, known_from, self.ends[-1]
            )
        self.name(node, Local(kind, start), True)

    def member(self, owner: n.Name, group: str, node: n.Name) -> None:
        self.names.members.setdefault((owner.id, group, node.id), node.span.start)
        self.name(node, Member((Declared(owner.id),), group, node.id), True)

    def find(self, name: str) -> Local | None:
        return next((scope[name] for scope in reversed(self.scopes) if name in scope), None)

    def declared(self, node: n.Node) -> Owner | None:
        """Refer to a declaration, `library.name` included."""
        if isinstance(node, n.Attribute) and isinstance(node.value, n.Name):
            self.name(node.value, Alias(node.value.id))
            target = Declared(f"{node.value.id}.{node.name}")
            self.add(node.span.end - len(node.name), node.span.end, node.name, target)
            return target
        if not isinstance(node, n.Name):
            return None
        if found := self.find(node.id):
            self.name(node, found)
            return found
        alias, dot, inner = node.id.partition(".")
        if dot:
            start, end = node.span.start, node.span.end
            self.add(start, start + len(alias), alias, Alias(alias))
            self.add(end - len(inner), end, inner, Declared(node.id))
        else:
            self.name(node, Declared(node.id))
        return Declared(node.id)

    def search(self, word: str, pattern: str, start: int, end: int) -> int | None:
        """Find a word of which the tree keeps no place."""
        found = re.compile(pattern.format(re.escape(word))).search(self.text, start, end)
        return found.start(1) if found else None

    # --- blocks ---------------------------------------------------------------------------------

    def open(self, end: int) -> None:
        self.scopes.append({})
        self.ends.append(end)

    def close(self) -> None:
        self.scopes.pop()
        self.ends.pop()
