"""One style for all plans, without options.

Only what lies between the words is changed: spaces, line breaks, columns. So comments stay where
they are, and the meaning cannot change. Two spaces for each block, one statement a line, settings
and tables in columns, at most one blank line.
"""

from __future__ import annotations

from planc.diagnostics.diagnostic import Diagnostic
from planc.format.parts import Part, put_together
from planc.source.file import SourceFile
from planc.source.load import from_text
from planc.syntax.parser import parse
from planc.syntax.words import RecordingLexer

__all__ = ["NotFormatted", "Part", "format_file", "format_source", "put_together"]


class NotFormatted(ValueError):
    """The file has errors; `diagnostics` says which. Nothing is laid out that cannot be read."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        super().__init__(f"{len(diagnostics)} errors")
        self.diagnostics = diagnostics


def format_file(source: SourceFile) -> str:
    """Return the text of a plan in the one style; raise NotFormatted if it has syntax errors."""
    lexer = RecordingLexer(source, 0, len(source.text))
    _, found = parse(source, lexer)
    if found:
        raise NotFormatted(found)
    return "".join(put_together([Part(source.text, lexer.words, lexer.comments)]))


def format_source(text: str) -> str:
    """Return a plan in the one style; see `format_file`."""
    return format_file(from_text(text))
