"""A file as the editor shows it: its pieces, where each begins, and the names at its top."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from planc.lsp.names import Declaration, LocalName, Occurrence
from planc.lsp.pieces import Piece, cut
from planc.source import SourceFile
from planc.syntax import nodes as n


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A piece at its place in a file."""

    piece: Piece
    start: int
    index: int

    @property
    def end(self) -> int:
        return self.start + len(self.piece.text)


@dataclass(frozen=True, slots=True)
class Declaring:
    """Where a name at the top of a file is declared."""

    placed: Placed
    declaration: Declaration

    @property
    def start(self) -> int:
        return self.placed.start + self.declaration.start


class View:
    """One version of one file; pieces of the version before are taken over as they are."""

    def __init__(self, path: str, source: SourceFile, before: View | None = None) -> None:
        self.path = path
        self.source = source
        self.readable = not any(problem.fatal for problem in source.problems)
        known = before.by_text if before else {}
        self.placed: list[Placed] = []
        text = source.text if self.readable else ""
        starts = cut(text)
        for index, (start, end) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True)):
            part = text[start:end]
            self.placed.append(Placed(known.get(part) or Piece(part), start, index))

    @cached_property
    def by_text(self) -> dict[str, Piece]:
        return {each.piece.text: each.piece for each in self.placed}

    def at(self, offset: int) -> Placed:
        """Return the piece that an offset lies in."""
        index = bisect_right([each.start for each in self.placed], offset) - 1
        return self.placed[max(index, 0)]

    @cached_property
    def symbols(self) -> dict[str, Declaring]:
        """The declarations by name; of two with one name the first counts."""
        found: dict[str, Declaring] = {}
        for placed in self.placed:
            for name, declaration in placed.piece.names.declared.items():
                found.setdefault(name, Declaring(placed, declaration))
        return found

    @cached_property
    def header(self) -> n.Header | None:
        return next((each.piece.header for each in self.placed if each.piece.header), None)

    @property
    def uses(self) -> Iterator[tuple[Placed, n.Use]]:
        for placed in self.placed:
            for node in placed.piece.names.uses:
                yield placed, node

    def occurrences(self) -> Iterator[tuple[Placed, Occurrence]]:
        for placed in self.placed:
            for occurrence in placed.piece.names.occurrences:
                yield placed, occurrence

    def local(self, placed: Placed, start: int) -> LocalName | None:
        return placed.piece.names.locals.get(start)

    def tree(self) -> n.File:
        """Return the file as one tree, whose places count from the beginning of each piece."""
        items = [item for each in self.placed for item in each.piece.items]
        rest = tuple(item for item in items if not isinstance(item, n.Header))
        return n.File(self.source.span(0, 0), self.header, rest)  # type: ignore[arg-type]
