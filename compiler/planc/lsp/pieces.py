"""A piece: a stretch of a file that begins with a declaration at the left margin.

The parser closes whatever is open where such a line begins, so that a piece means the same alone as
in its file. It is parsed once, whatever happens around it, and all places in it count from its own
beginning.
"""

from __future__ import annotations

import re
from functools import cached_property

from planc.diagnostics import Diagnostic
from planc.format import Part
from planc.lsp.binding import names_of
from planc.lsp.names import Names
from planc.source import SourceFile
from planc.syntax.depth import check_depth
from planc.syntax.lexer import TooDeep
from planc.syntax.machine import Machine
from planc.syntax.nodes import Broken, Comment, Header, Node
from planc.syntax.parser import MOST_ERRORS, TreeBuilder
from planc.syntax.recovery import Recovery
from planc.syntax.texts import MARGIN, scan_text
from planc.syntax.words import RecordingLexer, Word

_SKIPPED = re.compile(r'#[^\n]*|"')


class Piece:
    """The text of a stretch, and what can be known of it without its file."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.source = SourceFile("", text)
        self.words: list[Word] = []
        self.comments: list[Comment] = []
        self.broken: list[Broken] = []
        """The stretches that could not be read."""
        self.is_sound = True
        """Whether the parser has nothing to say about it."""
        self.items: tuple[Node, ...] = tuple(self._parsed())
        self.header = next((item for item in self.items if isinstance(item, Header)), None)

    def _parsed(self) -> list[Node]:
        lexer = RecordingLexer(self.source, 0, len(self.text))
        found: list[Diagnostic] = []
        builder = TreeBuilder(self.source, found)
        mending = _Mending(builder, self.broken)
        items: list[Node] = []
        try:
            items = Machine(lexer, builder, "file").run(mending.on_error)
        except (TooDeep, _GivenUp):
            self.broken.append(Broken(self.source.span(0, len(self.text))))
        if lexer.long or builder.long_texts:
            items = check_depth(items, builder)
        self.words, self.comments = lexer.words, lexer.comments
        self.is_sound = not (found or mending.errors or self.broken)
        return items

    @cached_property
    def layout(self) -> Part:
        """The one style of it, as far as that does not depend on its neighbours."""
        return Part(self.text, self.words, self.comments)

    @cached_property
    def names(self) -> Names:
        return names_of(self.items, self.text)


class _GivenUp(Exception):
    pass


class _Mending:
    """Goes on after a mistake as the parser does, and tells nobody."""

    def __init__(self, builder: TreeBuilder, broken: list[Broken]) -> None:
        self.recovery = Recovery(builder.span)
        self.broken = broken
        self.errors = 0

    def on_error(self, machine: Machine, kind: str) -> str:
        self.errors += 1
        if self.errors > MOST_ERRORS:
            raise _GivenUp
        machine.lexer.undo_bracket()
        machine.settle()
        found = self.recovery.resume(machine, kind)
        self.broken += [each for each in machine.values[-2:] if isinstance(each, Broken)]
        return found


def cut(text: str) -> list[int]:
    """Return where the pieces of a text begin; the first begins at 0."""
    starts = [match.start() for match in MARGIN.finditer(text)]
    if '"""' in text:
        starts = _outside_texts(text, starts)
    return starts if starts and starts[0] == 0 else [0, *starts]


def _outside_texts(text: str, starts: list[int]) -> list[int]:
    """Leave out what only stands in a text of several lines."""
    kept: list[int] = []
    position = 0
    for start in starts:
        while (found := _SKIPPED.search(text, position)) and found.start() < start:
            is_text = found.group() == '"'
            position = scan_text(text, found.start(), len(text)).end if is_text else found.end()
        if position <= start:
            kept.append(start)
    return kept
