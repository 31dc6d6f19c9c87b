"""What the parser could take at the cursor, and what stands before it in its statement.

The piece is parsed as far as the cursor, where a word is put in: when the parser asks for that
word, its stacks say which terminals could come instead. Mistakes on the way are mended as always.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field

from planc.source import SourceFile
from planc.syntax.lexer import END, OPEN_TEXT, UNCLOSED, TooDeep
from planc.syntax.machine import Machine, accepted
from planc.syntax.parser import TreeBuilder
from planc.syntax.recovery import Recovery
from planc.syntax.texts import scan_text
from planc.syntax.words import RecordingLexer, Word
from planc_grammar.tables import Row

_PARTIAL = re.compile(r"[A-Za-z_][\w-]*$|[A-Za-z_]\w*$")
_NUMBER = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d+)?[A-Za-zµμ/%]*$")
_PLACEHOLDER = "word"


@dataclass(slots=True)
class Cursor:
    """The situation at one place of a piece."""

    start: int
    """Where the word that is being written begins."""
    end: int
    partial: str = ""
    expected: frozenset[str] = frozenset()
    """The terminals that could stand there."""
    statement: list[Word] = field(default_factory=list)
    """The words of the statement before the cursor."""
    blocks: list[list[Word]] = field(default_factory=list)
    """The heads of the blocks around it, the innermost last."""
    text: int | None = None
    """Where the text begins in which the cursor stands, outside of an interpolation."""
    number: bool = False
    """Whether a number is being written, to which a unit may belong."""

    @property
    def block(self) -> str:
        """The kind of the innermost block: its first word."""
        return self.blocks[-1][0].kind if self.blocks and self.blocks[-1] else ""

    @property
    def kinds(self) -> str:
        return " ".join(word.kind for word in self.statement)

    @property
    def is_expression(self) -> bool:
        return "NAME" in self.expected and "LPAR" in self.expected and "TEXT" in self.expected

    @property
    def begins(self) -> bool:
        """Whether a statement begins at the cursor."""
        return "BROKEN" in self.expected or {"CRASH", "RUN"} <= self.expected

    @property
    def is_target(self) -> bool:
        return "NAME" in self.expected and {"ANY", "EACH", "ALL"} & self.expected != frozenset()


def cursor_at(text: str, offset: int) -> Cursor | None:
    """Look at a place of a piece; None inside of a comment."""
    before = text[:offset]
    number = _NUMBER.search(before)
    if number:
        cursor = _look(before[: number.start()], offset)
        if cursor:
            cursor.number = "QUANTITY" in cursor.expected or "NUMBER" in cursor.expected
            cursor.start, cursor.partial = number.start(), number.group()
        return cursor
    partial = _PARTIAL.search(before)
    if partial is None:
        return _look(before, offset)
    start = partial.start()
    cursor = _look(before[:start], offset)
    if cursor and "-" in partial.group() and "DASHED" not in cursor.expected:
        start = before.rindex("-") + 1
        cursor = _look(before[:start], offset)
    if cursor:
        cursor.start, cursor.partial = start, before[start:]
    return cursor


class _AtCursor(Exception):
    pass


class _UpTo(RecordingLexer):
    """Stops at the cursor, whatever stands there."""

    def __init__(self, source: SourceFile, start: int, end: int, cursor: int) -> None:
        super().__init__(source, start, end)
        self.cursor = cursor

    def next(self, row: Row) -> str:
        kind = super().next(row)
        if self.start >= self.cursor or (kind in (END, UNCLOSED) and self.end >= self.limit):
            raise _AtCursor
        return kind


def _look(before: str, offset: int) -> Cursor | None:
    source = SourceFile("", before + _PLACEHOLDER)
    lexer = _UpTo(source, 0, len(source.text), len(before))
    machine = Machine(lexer, TreeBuilder(source, []), "file")
    mending = _Mending(machine, len(before))
    with suppress(_AtCursor, TooDeep):
        machine.run(mending.on_error)
    if lexer.comments and lexer.comments[-1].span.end > len(before):
        return None
    if mending.inside is not None:
        return _in_text(source, machine, lexer, mending.inside, offset)
    return _described(machine, lexer, len(before), offset)


class _Mending:
    def __init__(self, machine: Machine, cursor: int) -> None:
        self.recovery = Recovery(lambda start, end: machine.span(start, end))
        self.cursor = cursor
        self.inside: int | None = None

    def on_error(self, machine: Machine, kind: str) -> str:
        lexer = machine.lexer
        if kind == OPEN_TEXT and lexer.end >= self.cursor:
            self.inside = lexer.start
            raise _AtCursor
        lexer.undo_bracket()
        machine.settle()
        return self.recovery.resume(machine, kind)

    def stop(self, machine: Machine, kind: str) -> str:
        """End at the first mistake: in an interpolation there is nothing to go on with."""
        if kind == OPEN_TEXT and machine.lexer.end >= self.cursor:
            self.inside = machine.lexer.start
        raise _AtCursor


def _described(machine: Machine, lexer: RecordingLexer, cut: int, offset: int) -> Cursor:
    words = [word for word in lexer.words if word.start < cut]
    found = Cursor(cut, offset)
    found.expected = accepted(machine.rows, machine.states)
    found.statement = _statement(words)
    opened = [place for kind, place in lexer.brackets if kind == "LBRACE" and place < cut]
    found.blocks = [_statement([word for word in words if word.start < at]) for at in opened]
    return found


def _statement(words: list[Word]) -> list[Word]:
    """Return the words after the last beginning of a statement."""
    for index in range(len(words) - 1, -1, -1):
        if words[index].kind in ("_NL", "LBRACE", "BROKEN"):
            return words[index + 1 :]
    return words


def _in_text(
    source: SourceFile, machine: Machine, lexer: RecordingLexer, start: int, offset: int
) -> Cursor:
    """Describe a place in a text: in one of its interpolations, or in its plain part."""
    cut = len(source.text) - len(_PLACEHOLDER)
    shape = scan_text(source.text, start, len(source.text))
    found = _described(machine, lexer, start, offset)
    found.start = cut
    if shape.open_hole is None:
        found.text, found.expected = start, frozenset()
        return found
    hole = _UpTo(source, shape.open_hole + 1, len(source.text), cut)
    hole.inside_text = True
    inner = Machine(hole, TreeBuilder(source, []), "interpolation")
    mending = _Mending(inner, cut)
    with suppress(_AtCursor, TooDeep):
        inner.run(mending.stop)
    if mending.inside is not None:
        found.text, found.expected = mending.inside, frozenset()
        return found
    found.expected = accepted(inner.rows, inner.states)
    found.statement = [word for word in hole.words if word.start < cut]
    return found
