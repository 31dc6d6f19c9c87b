"""A syntax error in words: what was found, what could stand there, what was probably meant.

First come the mistakes that the parser sees by itself (something is not closed), then the table of
mistakes by example (planc_grammar/mistakes/syntax.toml), then words that are misspelt or stand in
the wrong place, then the plain truth: this was found, that was expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from planc.diagnostics.diagnostic import Diagnostic, Edit
from planc.diagnostics.nearest import nearest
from planc.source.file import SourceFile
from planc.syntax.expected import describe, keywords
from planc.syntax.first_words import unknown_word
from planc.syntax.machine import Machine
from planc.syntax.situation import Situation
from planc.syntax.unclosed import open_text, stray_brace, unclosed, unclosed_bracket
from planc_grammar.mistakes import Mistake, load_mistakes


def explain(source: SourceFile, machine: Machine, kind: str) -> Diagnostic:
    """Return the diagnostic for the token at which the parser cannot go on."""
    here = Situation(source, machine, kind)
    for check in _CHECKS:
        if found := check(here):
            return found
    return unexpected(here)


def known_mistake(here: Situation) -> Diagnostic | None:
    """Look the error up in the table of mistakes by example."""
    for mistake in load_mistakes("syntax"):
        if mistake.message and mistake.when.holds(here.facts):
            return _told(here, mistake)
    return None


def _told(here: Situation, mistake: Mistake) -> Diagnostic:
    place = here.word_before if mistake.at == "before" else here.place
    words = {
        "{found}": here.lexer.value,
        "{before}": here.source.text[here.word_before.start : here.word_before.end],
        "{inside}": here.facts.inside or "the file",
        "{expected}": describe(here.expected),
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


def unexpected(here: Situation) -> Diagnostic:
    """Say what was found and what could have stood there."""
    wanted = describe(here.expected)
    before = here.source.text[here.word_before.start : here.word_before.end]
    one = bool(here.expected) and " or " not in wanted
    write = f"write {wanted} after `{before}`" if before and one else ""
    if here.line_ends:
        message = f"{here.shown} where {wanted} was expected"
        return Diagnostic("PLC0126", message, here.place, label="something is missing", help=write)
    known = keywords(here.expected)
    meant = nearest(here.lexer.value, known) if here.kind == "NAME" else None
    return Diagnostic(
        "PLC0101",
        f"{here.shown} is not expected here",
        here.place,
        label=f"expected {wanted}",
        help=f"did you mean `{meant}`?" if meant else write,
        fix=(Edit(here.place, meant),) if meant else (),
    )


_CHECKS: tuple[Callable[[Situation], Diagnostic | None], ...] = (
    unclosed,
    open_text,
    stray_brace,
    known_mistake,
    unclosed_bracket,
    unknown_word,
)
