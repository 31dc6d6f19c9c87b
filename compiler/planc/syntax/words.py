"""The words of a plan as the parser took them: for laying text out, not for its meaning."""

from __future__ import annotations

from typing import NamedTuple

from planc.source.file import SourceFile
from planc.syntax.lexer import END, Lexer
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


class _RecordingLexer(Lexer):
    def __init__(self, source: SourceFile) -> None:
        super().__init__(source, 0, len(source.text))
        self.words: list[Word] = []

    def next(self, row: Row) -> str:
        kind = super().next(row)
        if kind != END:
            self.words.append(Word(kind, self.value, self.start, self.end))
        return kind


def read_words(source: SourceFile) -> tuple[list[Word], tuple[Comment, ...]]:
    """Return the words and the comments of a file that parses without a diagnostic."""
    lexer = _RecordingLexer(source)
    Machine(lexer, TreeBuilder(source, []), "file").run(_no_errors)
    return lexer.words, tuple(lexer.comments)


def _no_errors(machine: Machine, kind: str) -> str:
    raise ValueError(f"the file does not parse: {kind} at {machine.lexer.start}")
