"""After a syntax error: say what is wrong, then go on where the next statement begins.

The grammar has a rule `BROKEN` wherever a statement, a setting or a declaration may stand. After an
error the stacks are cut back to the innermost place where one of those could begin, `BROKEN` is put
there, and the words up to the end of the line (or of the block that the line opens) are skipped.

Two mistakes are mended more gently. When the line goes on to open a block, and the block could
follow here (perhaps after one missing word), the words before it are skipped, so that what stands
in the block is still read. When a brace is not closed before the file or the declaration ends, it
is closed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from planc.source.span import Span
from planc.syntax.lexer import UNCLOSED, Lexer
from planc.syntax.machine import BLOCK_STATES, Machine
from planc.syntax.nodes import Broken
from planc.syntax.texts import scan_text

_WORD = re.compile(r'[ \t]*(?:(?P<comment>\#[^\n]*)|(?P<text>")|(?P<sign>[{}\n]))|[^"#{}\n]+|.')
_ROW = re.compile(r"[ \t]*\|")
_FILLERS = (("TEXT", '""'), ("QUANTITY", "0s"), ("NUMBER", "0"))
"""What may stand for a missing word in front of a block; never a name, which would be looked up."""


class Recovery:
    """Repairs a machine's stacks; `span` makes the spans of the broken stretches."""

    def __init__(self, span: Callable[[int, int], Span]) -> None:
        self.span = span
        self.latest = -1
        """Where the latest error was; a second one there means that its word must go."""

    def resume(self, machine: Machine, kind: str) -> str:
        """Bring the machine to a state in which the parse goes on; return the next token's kind."""
        if kind == UNCLOSED:
            return self.close_braces(machine)
        lexer = machine.lexer
        again = lexer.start <= self.latest
        self.latest = max(lexer.start, self.latest)
        in_bracket = bool(lexer.brackets) and lexer.brackets[-1][0] != "LBRACE"
        lexer.position = lexer.start
        if kind == "RBRACE" and not machine.open_blocks and machine.accepts("_NL", "BROKEN"):
            # What stands before a brace that closes nothing is complete: only the brace is broken.
            machine.feed("_NL", "", lexer.start, lexer.start)
        if again or (kind == "RBRACE" and not machine.open_blocks):
            lexer.position = max(lexer.end, lexer.start + 1)
        elif in_bracket and self.first_in_line(lexer):
            lexer.position = lexer.text.rfind("\n", 0, lexer.start)
            del lexer.brackets[machine.open_blocks :]
        elif not in_bracket and self.reach_block(machine):
            return lexer.next(machine.row)
        self.break_statement(machine)
        return lexer.next(machine.row)

    def first_in_line(self, lexer: Lexer) -> bool:
        """Say whether the offending token is in a later line than the one before it."""
        return "\n" in lexer.text[lexer.previous_end : lexer.start]

    def reach_block(self, machine: Machine) -> bool:
        """Skip to the `{` that ends this line if the parser could take a block there."""
        lexer = machine.lexer
        position = self.block_in_line(lexer)
        if position is None:
            return False
        if not machine.accepts("LBRACE"):
            for kind, value in _FILLERS:
                if machine.accepts(kind, "LBRACE"):
                    machine.feed(kind, value, lexer.previous_end, lexer.previous_end)
                    break
            else:
                return False
        lexer.position = position
        lexer.end = position
        return True

    def block_in_line(self, lexer: Lexer) -> int | None:
        """Return where the `{` stands with which the present line ends."""
        text = lexer.text
        end = text.find("\n", lexer.start, lexer.limit)
        line = text[lexer.start : lexer.limit if end < 0 else end]
        code = re.sub(r'"[^"]*"', lambda found: "_" * len(found.group()), line).partition("#")[0]
        code = code.rstrip()
        return lexer.start + len(code) - 1 if code.endswith("{") else None

    def break_statement(self, machine: Machine) -> None:
        """Cut the stacks to where a statement may begin, put BROKEN there, skip the statement."""
        lexer = machine.lexer
        braces = 0
        while machine.row.get("BROKEN", 0) <= 0:
            if machine.states[-1] in BLOCK_STATES:
                braces += 1
            machine.drop()
        start = machine.ends[-1]
        braces += sum(kind == "_RECORD" for kind, _ in lexer.brackets)
        del lexer.brackets[machine.open_blocks :]
        self.skip(lexer, braces)
        span = self.span(min(start, lexer.position), lexer.position)
        machine.shift(machine.row["BROKEN"] - 1, Broken(span), span.start, span.end)

    def skip(self, lexer: Lexer, braces: int) -> None:
        """Move the lexer to the end of the statement in which `braces` braces are open."""
        position = lexer.position
        in_table = bool(_ROW.match(lexer.text, lexer.text.rfind("\n", 0, lexer.previous_end) + 1))
        while position < lexer.limit:
            match = _WORD.match(lexer.text, position, lexer.limit)
            if match is None:
                break
            sign = match["sign"]
            if sign == "{":
                braces += 1
            elif sign == "}":
                if braces == 0:
                    break
                braces -= 1
            elif sign == "\n" and braces <= 0:
                if in_table and _ROW.match(lexer.text, match.end(), lexer.limit):
                    position = match.end()  # Rows below a broken one belong to nothing any more.
                    continue
                break
            position = match.end()
            if match["text"]:
                position = scan_text(lexer.text, position - 1, lexer.limit).end
        lexer.position = position
        lexer.end = position
        lexer.kind = "BROKEN"

    def close_braces(self, machine: Machine) -> str:
        """Close every block that is open; the statement in the midst of which it ends is broken."""
        lexer = machine.lexer
        position = lexer.start
        if not machine.accepts("RBRACE"):
            lexer.position = position
            self.break_statement(machine)
        while machine.accepts("RBRACE"):
            machine.feed("RBRACE", "}", position, position)
        lexer.brackets.clear()
        lexer.position = lexer.end = position
        lexer.kind = "RBRACE"
        return lexer.next(machine.row)
