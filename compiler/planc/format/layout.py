"""Words and comments become lines: what stands in which, and how far to the right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from planc.syntax.nodes import Comment
from planc.syntax.words import Word

_OPENING = frozenset({"LBRACE", "_RECORD", "LPAR", "LSQB"})
_CLOSING = frozenset({"RBRACE", "RPAR", "RSQB"})


@dataclass(slots=True)
class Line:
    indent: int
    words: list[Word] = field(default_factory=list)
    comment: str = ""
    blank_before: bool = False
    block: int = 0
    """The number of the block it stands in; lines of one block are laid out in columns."""
    kind: str = ""
    """Of that block: the kind of the word that begins the line in which it is opened."""
    begins: bool = True
    """Whether a statement begins here, rather than going on."""


class Layout:
    """Lays out a text. `open` holds what is open: kind of sign, block number, kind of block."""

    def __init__(self, text: str, words: Sequence[Word], comments: Iterable[Comment]) -> None:
        self.text = text
        self.words = words
        self.comments = [*comments][::-1]
        self.open: list[tuple[str, int, str]] = []
        self.done: list[Line] = []
        self.line: Line | None = None
        self.blocks = 0
        self.statement = ""
        """The kind of the word with which the present statement begins."""
        self.position = 0
        self.must_break = False
        self.hangs = True
        """Whether the present word is set further right than its statement if it begins a line."""
        self.after_statement = True

    def lines(self) -> list[Line]:
        """Return the lines; `blank_before` says where blank lines stood."""
        for word, following in zip_longest(self.words, self.words[1:]):
            kind, start = word.kind, word.start
            if kind == "RBRACE" and self.open[-1][0] == "LBRACE":
                self._end_of_statement_before(start)
            self.hangs = kind not in ("ELSE", "LBRACE")
            if self.comments and self.comments[-1].span.start < start:
                self._comments_until(start)
            if kind == "_NL":
                self._end_statement()
                continue
            self._place(word, following)
            self.position = word.end
        self._end_of_statement_before(len(self.text))
        self._comments_until(len(self.text))
        self._flush()
        return self.done

    # --- comments ---

    def _end_of_statement_before(self, end: int) -> None:
        """End the last statement of a block where comments in lines of their own follow it."""
        while self._comment_before_offset(end) and not self.comments[-1].own_line:
            self._comments_until(self.comments[-1].span.end)
        if self._comment_before_offset(end):
            self._end_statement()

    def _comments_until(self, end: int) -> None:
        while self.comments and self.comments[-1].span.start < end:
            comment = self.comments.pop()
            target = self.line or (self.done[-1] if self.done else None)
            if comment.own_line or target is None or target.comment:
                blank = self._blank_before(comment.span.start)
                self._flush()
                indent = self._indent(goes_on=not self.after_statement)
                if self.statement == "CASES" and not self.after_statement:
                    indent = self._indent() + 2
                self.done.append(Line(indent, [], comment.text, blank, *self._block, begins=False))
            else:
                target.comment = comment.text
            self.must_break = True
            self.position = comment.span.end

    def _blank_before(self, start: int) -> bool:
        return self.text.count("\n", self.position, start) > 1

    # --- words ---

    def _place(self, word: Word, following: Word | None) -> None:
        if word.kind in _CLOSING:
            opening = self.open.pop()
            if opening[0] == "LBRACE":
                self._close_block(word)
                return
        if self.after_statement:
            self._begin(word)
        elif word.kind == "_ROW":
            self._flush()
            self.line = Line(self._indent() + 2, [], "", False, *self._block, begins=False)
        elif self._breaks_before(word):
            self._flush()
            self.line = Line(self._indent(goes_on=True), [], "", False, *self._block, begins=False)
        self._add(word)
        if word.kind in _OPENING:
            self._opened(word, following)

    def _begin(self, word: Word) -> None:
        self._flush()
        blank = self._blank_before(word.start)
        self.line = Line(self._indent(), [], "", blank, *self._block)
        self.statement = word.kind
        self.after_statement = False

    def _breaks_before(self, word: Word) -> bool:
        if self.line is None or self.must_break:
            return True
        return self.hangs and "\n" in self.text[self.position : word.start]

    def _add(self, word: Word) -> None:
        if self.line is None:
            self.line = Line(self._indent(goes_on=True), [], "", False, *self._block, begins=False)
        self.line.words.append(word)
        self.must_break = False

    def _opened(self, word: Word, following: Word | None) -> None:
        if word.kind != "LBRACE":
            self.open.append((word.kind, *self._block))
            return
        self.blocks += 1
        self.open.append((word.kind, self.blocks, self.statement))
        self.after_statement = True
        empty = following is not None and following.kind == "RBRACE"
        if not (empty and not self._comment_before(following)):
            self.must_break = True

    def _comment_before(self, word: Word | None) -> bool:
        return word is not None and self._comment_before_offset(word.start)

    def _comment_before_offset(self, offset: int) -> bool:
        return bool(self.comments) and self.comments[-1].span.start < offset

    def _close_block(self, word: Word) -> None:
        line = self.line
        if line is None or self.must_break or line.words[-1].kind != "LBRACE":
            self._flush()
            self.line = Line(self._indent(), [], "", False, *self._block, begins=False)
        self._add(word)
        self.after_statement = False

    def _end_statement(self) -> None:
        self._flush()
        self.after_statement = True

    def _flush(self) -> None:
        if self.line is not None:
            self.done.append(self.line)
            self.line = None

    # --- where things stand ---

    @property
    def _block(self) -> tuple[int, str]:
        return self.open[-1][1:] if self.open else (0, "")

    def _indent(self, *, goes_on: bool = False) -> int:
        blocks = sum(kind == "LBRACE" for kind, _, _ in self.open)
        brackets = len(self.open) - blocks
        if brackets:
            return 2 * blocks + 2 * brackets
        return 2 * blocks + (4 if goes_on and self.hangs else 0)
