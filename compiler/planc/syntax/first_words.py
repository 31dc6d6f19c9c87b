"""A line that begins with a word which no line begins with there: misspelt, or misplaced."""

from __future__ import annotations

import re

from planc.diagnostics.diagnostic import Diagnostic, Edit
from planc.diagnostics.nearest import did_you_mean, nearest
from planc.source.span import Span
from planc.syntax.expected import keywords, places_of
from planc.syntax.machine import accepted
from planc.syntax.situation import Situation


def unknown_word(here: Situation) -> Diagnostic | None:
    """Explain a line that begins with a word which no line here begins with."""
    if here.kind == "NAME" and _begins_line(here, here.start):
        return _wrong_first_word(here, here.place, here.lexer.value, here.expected)
    before = here.word_before
    word = here.source.text[before.start : before.end]
    if word.isidentifier() and here.machine.states[1:] and _is_first(here, before.start):
        below = accepted(here.machine.rows, here.machine.states[:-1]) - {"BROKEN"}
        if "NAME" in below and len(keywords(below)) > 3:
            return _wrong_first_word(here, before, word, below)
    return None


def _begins_line(here: Situation, start: int) -> bool:
    text = here.source.text
    line = text[text.rfind("\n", 0, start) + 1 : start].strip()
    return not line or line.endswith(("{", ";")) or _is_first(here, start)


def _is_first(here: Situation, start: int) -> bool:
    """Say whether the word at `start` begins a statement: in its line, or after `at 5s`."""
    text = here.source.text
    line = text[text.rfind("\n", 0, start) + 1 : start].strip()
    return not line or line.endswith("{") or bool(re.match(r"(?:at|weight)\s+\S+$", line))


def _wrong_first_word(
    situation: Situation, span: Span, word: str, kinds: frozenset[str]
) -> Diagnostic | None:
    known = keywords(kinds)
    inside = situation.facts.inside
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
        return _misplaced(span, word, places, here)
    meant = nearest(word, known)
    return Diagnostic(
        "PLC0102",
        f"no line {here} begins with `{word}`",
        span,
        label="unknown word",
        help=did_you_mean(word, known) or _belongs(word, known),
        fix=(Edit(span, meant),) if meant else (),
    )


def _belongs(word: str, known: list[str]) -> str:
    if len(known) <= 14:
        return f"a line here begins with one of: {', '.join(known)}"
    return "a fault of your own is called with parentheses: `name(store)`"


def _misplaced(span: Span, word: str, places: list[str], here: str) -> Diagnostic:
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
