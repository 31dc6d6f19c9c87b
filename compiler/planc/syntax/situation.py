"""Where a syntax error happened, and what can be known of it."""

from __future__ import annotations

import re

from planc.source.file import SourceFile
from planc.source.span import Span
from planc.syntax.lexer import END
from planc.syntax.machine import BLOCK_STATES, Machine, accepted
from planc_grammar.mistakes import Facts

_LAST_WORD = re.compile(r'("[^"\n]*"|[\w.%]+(?:/\w+)?|\S)$')
_FIRST_WORD = re.compile(r"[\s}]*(\w*)")
_BLANKS = re.compile(r"[ \t]+")
_MOMENT = re.compile(r"(?:at (?:\d[\d._]*[a-z]+|[A-Za-z_]\w*)|weight \d+) (?=\S)")
"""What may stand before a statement in its line."""
_ENOUGH = 200
"""Characters of a line looked at on either side of an error; a line may have millions."""


class Situation:
    """The parser cannot go on at a token of kind `kind`."""

    def __init__(self, source: SourceFile, machine: Machine, kind: str) -> None:
        self.source = source
        self.machine = machine
        self.lexer = machine.lexer
        self.kind = kind
        self.start, self.end = self.lexer.start, self.lexer.end
        self.expected = accepted(machine.rows, machine.states) - {"BROKEN"}
        self.facts = Facts(
            kind="_NL" if self.line_ends else kind,
            found="\n" if self.line_ends else self.lexer.value,
            before=_statement(self._before()),
            after=self._line_after(),
            inside=self._inside(),
            expected=self.expected,
        )

    @property
    def line_ends(self) -> bool:
        """Say whether the line ended too early: the offending word stands in a later one."""
        if self.kind in ("_NL", END):
            return True
        in_bracket = bool(self.lexer.brackets) and self.lexer.brackets[-1][0] != "LBRACE"
        if in_bracket or "_NL" in self.expected or self.machine.states[-1] in BLOCK_STATES:
            return False
        text, end = self.source.text, self.lexer.previous_end
        if text[end - 1 : end] == "\n":
            return False  # The newline was read: the offending word is the first of its line.
        return "\n" in text[end : self.start]

    def _before(self) -> str:
        text, end = self.source.text, self.lexer.previous_end
        return text[text.rfind("\n", 0, end) + 1 : end].strip()[-_ENOUGH:]

    def _line_after(self) -> str:
        end = self.source.text.find("\n", self.end)
        return self.source.text[self.end : None if end < 0 else end][:_ENOUGH].strip()

    def _inside(self) -> str:
        blocks = [place for kind, place in self.lexer.brackets if kind == "LBRACE"]
        return self._head(blocks[-1]) if blocks else ""

    def _head(self, brace: int) -> str:
        """Return the first word of the line in which a block is opened."""
        text = self.source.text
        line = text[text.rfind("\n", 0, brace) + 1 : brace]
        first = _FIRST_WORD.match(line)
        return first[1] if first else ""

    @property
    def shown(self) -> str:
        """What was found, as a sentence can say it."""
        if self.line_ends:
            return "the file ends" if self.kind == END else "the line ends"
        value = self.lexer.value
        return f"`{value if len(value) <= 40 else value[:37] + '...'}`"

    @property
    def place(self) -> Span:
        """Where the caret goes: the offending word, or the end of the line before its newline."""
        if self.line_ends:
            end = self.lexer.previous_end
            return self.source.span(end, min(end + 1, len(self.source.text)))
        return self.source.span(self.start, self.end)

    @property
    def word_before(self) -> Span:
        end = self.lexer.previous_end
        match = _LAST_WORD.search(self._before())
        return self.source.span(end - len(match[1]) if match else end, end)


def _statement(before: str) -> str:
    """Return what stands before an error as if it stood alone, with one blank between words."""
    line = _BLANKS.sub(" ", before)
    moment = _MOMENT.match(line)
    return line[moment.end() :] if moment else line
