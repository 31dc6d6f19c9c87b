"""Mistakes the parser sees by itself: something was opened and not closed, or closed twice."""

from __future__ import annotations

import re

from planc.diagnostics.diagnostic import Diagnostic, Related
from planc.syntax.lexer import OPEN_TEXT, UNCLOSED
from planc.syntax.situation import Situation

_OPENING = {"LPAR": "(", "LSQB": "[", "_RECORD": "{", "LBRACE": "{"}
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def unclosed(here: Situation) -> Diagnostic | None:
    """A brace that is open when the file ends, or when a new declaration begins."""
    if here.kind != UNCLOSED:
        return None
    kind, position = _suspect(here)
    sign = _OPENING[kind]
    closing = _CLOSING[sign]
    end_of_file = here.start >= here.lexer.limit
    if end_of_file:
        where = "the file ends"
        related: tuple[Related, ...] = ()
    else:
        where = "the next declaration begins"
        place = here.source.span(here.lexer.position, here.lexer.position + 1)
        related = (Related(place, "here something new begins"),)
    return Diagnostic(
        "PLC0103" if sign == "{" else "PLC0105",
        f"this `{sign}` is not closed before {where}",
        here.source.span(position, position + 1),
        label=f"no `{closing}` belongs to it",
        help=f"add a `{closing}`" + (" in a line of its own" if sign == "{" else ""),
        related=related,
    )


def _suspect(here: Situation) -> tuple[str, int]:
    """Return the opening sign that is most likely the unclosed one.

    If a `}` stands further left than the line whose `{` it closes, that `{` is the one; else it
    is the innermost.
    """
    text, outer = here.source.text, here.lexer.brackets[0][1]
    open_lines: list[tuple[int, int]] = []
    for match in re.finditer(r'"[^"\n]*"|#[^\n]*|[{}]', text[outer : here.lexer.start]):
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
    return here.lexer.brackets[-1]


def open_text(here: Situation) -> Diagnostic | None:
    """A text without its closing quote."""
    if here.kind != OPEN_TEXT:
        return None
    triple = here.source.text.startswith('"""', here.start)
    quote, where = ('"""', "the file") if triple else ('"', "its line")
    return Diagnostic(
        "PLC0106",
        f"this text is not closed: {where} ends before a `{quote}`",
        here.source.span(here.start, here.start + len(quote)),
        label="opened here",
        help=f"add `{quote}`" + ("" if triple else ', or use `"""` for several lines'),
    )


def stray_brace(here: Situation) -> Diagnostic | None:
    """A `}` at the top of a file."""
    if here.kind != "RBRACE" or here.machine.open_blocks:
        return None
    return Diagnostic(
        "PLC0104",
        "this `}` closes nothing",
        here.place,
        label="no `{` belongs to it",
        help="remove it, or look above for a block that is closed too early",
    )


def unclosed_bracket(here: Situation) -> Diagnostic | None:
    """A parenthesis, list or record in which the line, or its block, ends."""
    brackets = here.lexer.brackets
    new_line = "\n" in here.source.text[here.lexer.previous_end : here.start]
    if not brackets or brackets[-1][0] == "LBRACE" or not (new_line or here.kind == "RBRACE"):
        return None
    sign = _OPENING[brackets[-1][0]]
    closing = _CLOSING[sign]
    position = brackets[-1][1]
    return Diagnostic(
        "PLC0105",
        f"this `{sign}` is not closed",
        here.source.span(position, position + 1),
        label=f"no `{closing}` belongs to it",
        help=f"add a `{closing}`",
    )
