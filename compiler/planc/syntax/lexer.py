"""Words of a plan, one at a time, as the parser can use them.

The lexer is contextual: it is handed the row of the parser's state and makes a keyword of a word
only if that state has a use for it; so `rate` and `client` stay good names. It also decides which
newlines end a statement, which `{` opens a record, and where a text ends whose interpolations hold
texts.
"""

from __future__ import annotations

import re

from planc.source.file import SourceFile
from planc.syntax.nodes import Comment
from planc.syntax.texts import scan_text
from planc_grammar.tables import Row, load_tables

END = "$END"
UNCLOSED = "_UNCLOSED"
"""The end of the file, or a new declaration at the left margin, while a brace is open."""
OPEN_TEXT = "_OPEN_TEXT"
"""A text without its closing quote."""
BAD = "_BAD"
"""A sign the language does not have."""

_TABLES = load_tables()
_LITERALS = _TABLES.literals
_DASHED = re.compile(_TABLES.patterns["DASHED"])
_LINE_BREAK = re.compile(r"\s*")

_CONTINUES = frozenset(
    {"COMMA", "SEMICOLON", "LBRACE", "AND", "OR", "PLUS", "MINUS", "STAR", "SLASH", "BAR"}
)
"""After these a statement goes on in the next line (a bar that ends a row of a table does not)."""

_NEXT_LINE_CONTINUES = re.compile(r"(?:and|or|else)\b")
_DECLARATION = re.compile(
    r"(?:plan|library|use|scenario|service|cluster|client|workload|fault|machine|mock)"
    r'[ \t]+["\w]'
)
_DEEPEST = 32
"""Nobody can read more; and what comes after the parser may recurse."""
_LONG = 150
"""A statement of fewer characters cannot be nested too deeply for what comes after the parser."""

_BAD_SIGNS = r"&&|\|\||===|!==|=>|:=|//|/\*|\+\+|--|\*\*"
_OTHER_SIGNS = r"[^\x00-\x7f“”„«»‘’]\w*|'[^'\n]*'?|`[^`\n]*`?|."


def _master_pattern() -> re.Pattern[str]:
    signs = [sign for sign in _LITERALS if not sign[0].isalpha()]
    signs.sort(key=len, reverse=True)
    parts = [
        r"(?P<NEWLINE>\n)",
        *(f"(?P<{name}>{_TABLES.patterns[name]})" for name in ("QUANTITY", "NUMBER")),
        *(f"(?P<{name}>{_TABLES.patterns[name]})" for name in ("PERCENTILE", "NAME")),
        r'(?P<TEXT>")',
        r"(?P<COMMENT>\#[^\n]*)",
        f"(?P<BAD>{_BAD_SIGNS})",
        f"(?P<COMPARE>{_TABLES.patterns['COMPARE']})",
        f"(?P<SIGN>{'|'.join(map(re.escape, signs))})",
        f"(?P<OTHER>{_OTHER_SIGNS})",
    ]
    return re.compile(r"[ \t]*(?:" + "|".join(parts) + ")")


_MASTER = _master_pattern()


class TooDeep(Exception):
    """More is nested at `position` than anything here is meant for."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class Lexer:
    """Reads `source.text[start:end]`; after `next` the token is `text[self.start:self.end]`."""

    def __init__(
        self, source: SourceFile, start: int, end: int, *, inside_text: bool = False
    ) -> None:
        self.source = source
        self.text = source.text
        self.limit = end
        self.inside_text = inside_text
        self.position = start
        self.start = self.end = start
        self.kind = "LBRACE"
        """The latest token's; a file begins as if a block had been opened."""
        self.previous_end = start
        self.brackets: list[tuple[str, int]] = []
        """What is open: the kind of the opening sign and where it stands."""
        self.statement_start = start
        self.long = False
        """Whether some statement has more than `_LONG` characters."""
        self.closed: tuple[str, int] | None = None
        """What the latest token closed."""
        self.comments: list[Comment] = []

    @property
    def value(self) -> str:
        return self.text[self.start : self.end]

    def next(self, row: Row) -> str:
        """Read the next token that the state `row` can use, and return its kind."""
        self.previous_end = self.end
        self.closed = None
        match = _MASTER.match(self.text, self.position, self.limit)
        while match is not None:
            kind = match.lastgroup
            if kind == "NAME":
                return self._word(match, row)
            if kind == "COMMENT":
                self._comment(match)
            elif kind == "NEWLINE":
                if found := self._newline(match, row):
                    return found
            else:
                return self._other(match, kind or "", row)
            match = _MASTER.match(self.text, self.position, self.limit)
        return self._at_end()

    def _take(self, kind: str, start: int, end: int) -> str:
        self.start = start
        self.position = self.end = end
        self.kind = kind
        return kind

    def _word(self, match: re.Match[str], row: Row) -> str:
        start, end = match.span("NAME")
        kind = _LITERALS.get(self.text[start:end], "NAME")
        if kind not in row:
            kind = "NAME"
            if "NAME" not in row and "DASHED" in row:
                kind = "DASHED"
                if found := _DASHED.match(self.text, start, self.limit):
                    end = found.end()
        return self._take(kind, start, end)

    def _other(self, match: re.Match[str], kind: str, row: Row) -> str:
        start, end = match.span(kind)
        if kind == "TEXT":
            shape = scan_text(self.text, start, self.limit)
            return self._take("TEXT" if shape.closed else OPEN_TEXT, start, shape.end)
        if kind == "SIGN":
            kind = self._sign(self.text[start:end], start, row)
        elif kind in ("BAD", "OTHER"):
            kind = BAD
        elif kind == "PERCENTILE" and "PERCENTILE" not in row:
            kind, end = "NAME", start + len(match.group("PERCENTILE").partition(".")[0])
        return self._take(kind, start, end)

    def _sign(self, sign: str, start: int, row: Row) -> str:
        kind = _LITERALS[sign]
        if kind == "LBRACE" and kind not in row:
            kind = "_RECORD"
        if kind in ("LBRACE", "_RECORD", "LPAR", "LSQB"):
            self.brackets.append((kind, start))
            if len(self.brackets) > _DEEPEST:
                raise TooDeep(start)
        elif kind in ("RBRACE", "RPAR", "RSQB") and self.brackets:
            self.closed = self.brackets.pop()
        return kind

    def undo_bracket(self) -> None:
        """Forget what the latest token did to `brackets`, because it will be read again."""
        if self.closed:
            self.brackets.append(self.closed)
            self.closed = None
        elif self.brackets and self.brackets[-1][1] == self.start:
            self.brackets.pop()

    def _comment(self, match: re.Match[str]) -> None:
        start, end = match.span("COMMENT")
        own_line = not self.text[self.text.rfind("\n", 0, start) + 1 : start].strip()
        span = self.source.span(start, end)
        if not self.comments or self.comments[-1].span.start < start:
            self.comments.append(Comment(span, self.text[start:end], own_line))
        self.position = end

    def _newline(self, match: re.Match[str], row: Row) -> str | None:
        """Decide whether the newline ends a statement; skip it, and empty lines, if it does not."""
        start = match.start("NEWLINE")
        text, limit = self.text, self.limit
        following = match.end()
        while True:
            blank = _LINE_BREAK.match(text, following, limit)
            following = blank.end() if blank else following
            if following >= limit or text[following] != "#":
                break
            end = text.find("\n", following, limit)
            end = limit if end < 0 else end
            self.position = following
            if comment := _MASTER.match(text, following, end):
                self._comment(comment)
            following = end
        if start - self.statement_start > _LONG:
            self.long = True
        if following >= limit:
            self.position = limit
            return None
        if self.kind == "LBRACE":
            self.statement_start = following
        if self.brackets and text[following - 1] == "\n" and _DECLARATION.match(text, following):
            self._take(UNCLOSED, start, start)
            self.position = following
            return UNCLOSED
        if "_ROW" in row and text[following] == "|":
            return self._take("_ROW", following, following + 1)
        if self._continues(row, following):
            self.position = following
            return None
        self._take("_NL", start, start + 1)
        self.statement_start = following
        self.position = following
        return "_NL"

    def _continues(self, row: Row, following: int) -> bool:
        return bool(
            self.inside_text
            or (self.brackets and self.brackets[-1][0] != "LBRACE")
            or (self.kind in _CONTINUES and not (self.kind == "BAR" and "_NL" in row))
            or self.text[following] == "}"
            or (self.text[following] == "{" and "LBRACE" in row)
            or _NEXT_LINE_CONTINUES.match(self.text, following)
        )

    def _at_end(self) -> str:
        if self.brackets:
            return self._take(UNCLOSED, self.limit, self.limit)
        return self._take(END, self.limit, self.limit)
