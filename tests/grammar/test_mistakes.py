"""Every malformed example of the grammar gives the diagnostic it promises."""

from __future__ import annotations

import pytest

from planc.diagnostics import all_codes
from planc.source.load import from_text
from planc.syntax import parse
from planc_grammar.mistakes import Mistake, load_mistakes

SYNTAX = [mistake for name in ("source", "syntax") for mistake in load_mistakes(name)]


@pytest.mark.parametrize(
    "mistake", SYNTAX, ids=[f"{each.code}-{number}" for number, each in enumerate(SYNTAX)]
)
def test_mistake_gives_its_diagnostic(mistake: Mistake) -> None:
    _, found = parse(from_text(mistake.plan.lstrip("\n"), "example.plan"))

    told = [(each.code, each.span.line, each.message) for each in found]
    assert mistake.code in [code for code, _, _ in told], told
    each = next(each for each in found if each.code == mistake.code)
    assert each.span.line == mistake.line, told
    if mistake.column is not None:
        assert each.span.column == mistake.column
    assert mistake.contains in f"{each.message}\n{each.label}\n{each.help}"
    if mistake.only:
        assert len(found) == 1, told


def test_every_code_has_a_mistake_that_shows_it() -> None:
    codes = {code.code for code in all_codes().values() if code.range in ("syntax",)}
    shown = {mistake.code for mistake in SYNTAX}

    assert codes - shown == set()
    assert shown - set(all_codes()) == set()
