"""A syntax error in words: what was found, what could stand there, what was probably meant.

First come the mistakes that the parser sees by itself (something is not closed), then the table of
mistakes by example (planc_grammar/mistakes/syntax.toml), then words that are misspelt or stand in
the wrong place, then the plain truth: this was found, that was expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from planc.diagnostics.diagnostic import Diagnostic, Edit, Related
from planc.diagnostics.nearest import did_you_mean, nearest
from planc.source.file import SourceFile
from planc.source.span import Span
from planc.syntax.expected import describe, keywords, places_of
from planc.syntax.lexer import END, OPEN_TEXT, UNCLOSED
from planc.syntax.machine import BLOCK_STATES, Machine, accepted
from planc_grammar.mistakes import Facts, Mistake, load_mistakes

_LAST_WORD = re.compile(r'("[^"\n]*"|[\w.%]+(?:/\w+)?|\S)$')
_FIRST_WORD = re.compile(r"[\s}]*(\w*)")
_ENOUGH = 200
"""Characters of a line looked at on either side of an error; a line may have millions."""
_OPENING = {"LPAR": "(", "LSQB": "[", "_RECORD": "{", "LBRACE": "{"}


def explain(source: SourceFile, machine: Machine, kind: str) -> Diagnostic:
    """Return the diagnostic for the token at which the parser cannot go on."""
    error = _SyntaxError(source, machine, kind)
    checks: tuple[Callable[[], Diagnostic | None], ...] = (
        error.unclosed,
        error.open_text,
        error.stray_brace,
        error.known_mistake,
        error.unclosed_bracket,
        error.unknown_word,
    )
    for check in checks:
        if found := check():
            return found
    return error.unexpected()


class _SyntaxError:
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
            before=self._before(),
            after=self._line_after(),
            inside=self._inside(),
            expected=self.expected,
        )

    # --- what is known ---

    @property
    def line_ends(self) -> bool:
        """Say whether the line ended too early: the offending word stands in a later one."""
        if self.kind in ("_NL", END):
            return True
        in_bracket = bool(self.lexer.brackets) and self.lexer.brackets[-1][0] != "LBRACE"
        if in_bracket or "_NL" in self.expected or self.machine.states[-1] in BLOCK_STATES:
            return False
        return "\n" in self.source.text[self.lexer.previous_end : self.start]

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
        match = _LAST_WORD.search(self.facts.before)
        return self.source.span(end - len(match[1]) if match else end, end)

    # --- the mistakes the parser sees by itself ---

    def unclosed(self) -> Diagnostic | None:
        if self.kind != UNCLOSED:
            return None
        kind, position = self._suspect()
        sign = _OPENING[kind]
        closing = {"(": ")", "[": "]", "{": "}"}[sign]
        end_of_file = self.start >= self.lexer.limit
        if end_of_file:
            where = "the file ends"
            related: tuple[Related, ...] = ()
        else:
            where = "the next declaration begins"
            place = self.source.span(self.lexer.position, self.lexer.position + 1)
            related = (Related(place, "here something new begins"),)
        return Diagnostic(
            "PLC0103" if sign == "{" else "PLC0105",
            f"this `{sign}` is not closed before {where}",
            self.source.span(position, position + 1),
            label=f"no `{closing}` belongs to it",
            help=f"add a `{closing}`" + (" in a line of its own" if sign == "{" else ""),
            related=related,
        )

    def _suspect(self) -> tuple[str, int]:
        """Return the opening sign that is most likely the unclosed one.

        If a `}` stands further left than the line whose `{` it closes, that `{` is the one; else it
        is the innermost.
        """
        text, outer = self.source.text, self.lexer.brackets[0][1]
        open_lines: list[tuple[int, int]] = []
        for match in re.finditer(r'"[^"\n]*"|#[^\n]*|[{}]', text[outer : self.lexer.start]):
            position = outer + match.start()
            line_start = text.rfind("\n", 0, position) + 1
            line = text[line_start:position]
            indent = len(line) - len(line.lstrip())
            if match[0] == "{":
                open_lines.append((position, indent))
            elif match[0] == "}" and open_lines:
                opened, opened_indent = open_lines.pop()
                if not line.strip() and indent < opened_indent:
                    return "LBRACE", opened
        return self.lexer.brackets[-1]

    def open_text(self) -> Diagnostic | None:
        if self.kind != OPEN_TEXT:
            return None
        triple = self.source.text.startswith('"""', self.start)
        quote, where = ('"""', "the file") if triple else ('"', "its line")
        return Diagnostic(
            "PLC0106",
            f"this text is not closed: {where} ends before a `{quote}`",
            self.source.span(self.start, self.start + len(quote)),
            label="opened here",
            help=f"add `{quote}`" + ("" if triple else ', or use `"""` for several lines'),
        )

    def stray_brace(self) -> Diagnostic | None:
        if self.kind != "RBRACE" or self.machine.open_blocks:
            return None
        return Diagnostic(
            "PLC0104",
            "this `}` closes nothing",
            self.place,
            label="no `{` belongs to it",
            help="remove it, or look above for a block that is closed too early",
        )

    def unclosed_bracket(self) -> Diagnostic | None:
        brackets = self.lexer.brackets
        new_line = "\n" in self.source.text[self.lexer.previous_end : self.start]
        if not brackets or brackets[-1][0] == "LBRACE" or not (new_line or self.kind == "RBRACE"):
            return None
        sign = _OPENING[brackets[-1][0]]
        closing = {"(": ")", "[": "]", "{": "}"}[sign]
        position = brackets[-1][1]
        return Diagnostic(
            "PLC0105",
            f"this `{sign}` is not closed",
            self.source.span(position, position + 1),
            label=f"no `{closing}` belongs to it",
            help=f"add a `{closing}`",
        )

    # --- the table ---

    def known_mistake(self) -> Diagnostic | None:
        for mistake in load_mistakes("syntax"):
            if mistake.message and mistake.when.holds(self.facts):
                return self._told(mistake)
        return None

    def _told(self, mistake: Mistake) -> Diagnostic:
        place = self.word_before if mistake.at == "before" else self.place
        words = {
            "{found}": self.lexer.value,
            "{before}": self.source.text[self.word_before.start : self.word_before.end],
            "{inside}": self.facts.inside or "the file",
            "{expected}": describe(self.expected),
        }

        def filled(text: str) -> str:
            return re.sub(r"\{\w+\}", lambda part: words.get(part[0], part[0]), text)

        fix = () if mistake.fix is None else (Edit(place, filled(mistake.fix)),)
        return Diagnostic(
            mistake.code,
            filled(mistake.message),
            place,
            label=filled(mistake.label),
            help=filled(mistake.help),
            fix=fix,
        )

    # --- words ---

    def unknown_word(self) -> Diagnostic | None:
        """Explain a line that begins with a word which no line here begins with."""
        if self.kind == "NAME" and self._begins_line(self.start):
            return self._wrong_first_word(self.place, self.lexer.value, self.expected)
        before = self.word_before
        word = self.source.text[before.start : before.end]
        if word.isidentifier() and self.machine.states[1:] and self._is_first(before.start):
            below = accepted(self.machine.rows, self.machine.states[:-1]) - {"BROKEN"}
            if "NAME" in below and len(keywords(below)) > 3:
                return self._wrong_first_word(before, word, below)
        return None

    def _begins_line(self, start: int) -> bool:
        text = self.source.text
        line = text[text.rfind("\n", 0, start) + 1 : start].strip()
        return not line or line.endswith(("{", ";")) or self._is_first(start)

    def _is_first(self, start: int) -> bool:
        """Say whether the word at `start` begins a statement: in its line, or after `at 5s`."""
        text = self.source.text
        line = text[text.rfind("\n", 0, start) + 1 : start].strip()
        return not line or line.endswith("{") or bool(re.match(r"(?:at|weight)\s+\S+$", line))

    def _wrong_first_word(self, span: Span, word: str, kinds: frozenset[str]) -> Diagnostic | None:
        known = keywords(kinds)
        inside = self.facts.inside
        here = f"in a `{inside}` block" if inside else "at the top of a file"
        if word in known:
            return None
        if word.lower() in known:
            return Diagnostic(
                "PLC0146",
                f"the words of the language are written in small letters: `{word.lower()}`",
                span,
                label="not a word of the language",
                help=f"write `{word.lower()}`",
                fix=(Edit(span, word.lower()),),
            )
        if places := places_of(word):
            return self._misplaced(span, word, places, here)
        meant = nearest(word, known)
        return Diagnostic(
            "PLC0102",
            f"no line {here} begins with `{word}`",
            span,
            label="unknown word",
            help=did_you_mean(word, known) or self._belongs(word, known),
            fix=(Edit(span, meant),) if meant else (),
        )

    def _belongs(self, word: str, known: list[str]) -> str:
        if len(known) <= 14:
            return f"a line here begins with one of: {', '.join(known)}"
        return "a fault of your own is called with parentheses: `name(store)`"

    def _misplaced(self, span: Span, word: str, places: list[str], here: str) -> Diagnostic:
        if "" in places:
            code, belongs = "PLC0135", "at the top of a file"
        elif "fault" in places:
            code, belongs = "PLC0137", "in a scenario"
        else:
            code = "PLC0136"
            belongs = "in " + " or ".join(f"a `{place}`" for place in places)
        return Diagnostic(
            code,
            f"`{word}` cannot stand {here}",
            span,
            label="not here",
            help=f"`{word}` belongs {belongs}",
        )

    def unexpected(self) -> Diagnostic:
        """Say what was found and what could have stood there."""
        wanted = describe(self.expected)
        ends = self.line_ends
        known = [] if ends else keywords(self.expected)
        meant = nearest(self.lexer.value, known) if self.kind == "NAME" else None
        after = f" after `{self.source.text[self.word_before.start : self.word_before.end]}`"
        return Diagnostic(
            "PLC0126" if ends else "PLC0101",
            f"{self.shown} where {wanted} was expected"
            if ends
            else f"{self.shown} is not expected here",
            self.place,
            label=f"expected {wanted}" if not ends else "something is missing",
            help=f"did you mean `{meant}`?"
            if meant
            else (f"write {wanted}{after}" if self.facts.before and " or " not in wanted else ""),
            fix=(Edit(self.place, meant),) if meant else (),
        )
