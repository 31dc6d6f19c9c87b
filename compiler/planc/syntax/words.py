"""The words of a plan as the parser took them: for laying text out, not for its meaning."""

from __future__ import annotations

from typing import NamedTuple

from planc.source.file import SourceFile
from planc.syntax.lexer import END, UNCLOSED, Lexer
from planc.syntax.machine import Machine
from planc.syntax.nodes import Comment
from planc.syntax.parser import TreeBuilder
from planc_grammar.tables import Row


class Word(NamedTuple):
    kind: str
    """The terminal: a keyword only where it was one."""
    text: str
    start: int
    end: int


class RecordingLexer(Lexer):
    """Keeps the words it hands out; what is read again after a mistake is kept once."""

    def __init__(self, source: SourceFile, start: int, end: int) -> None:
        super().__init__(source, start, end)
        self.words: list[Word] = []

    def next(self, row: Row) -> str:
        kind = super().next(row)
        words, start = self.words, self.start
        while words and words[-1].start >= start:
            words.pop()
        if kind not in _NO_WORDS:
            words.append(Word(kind, self.text[start : self.end], start, self.end))
        return kind


_NO_WORDS = frozenset({END, UNCLOSED})


def read_words(source: SourceFile) -> tuple[list[Word], tuple[Comment, ...]]:
    """Return the words and the comments of a file that parses without a diagnostic."""
    lexer = RecordingLexer(source, 0, len(source.text))
    Machine(lexer, TreeBuilder(source, []), "file").run(_no_errors)
    return lexer.words, tuple(lexer.comments)


def _no_errors(machine: Machine, kind: str) -> str:
    raise ValueError(f"the file does not parse: {kind} at {machine.lexer.start}")
