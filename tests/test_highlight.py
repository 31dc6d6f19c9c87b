"""Plans in colour: every character stays, every plan is known, and the words have their kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Operator, Token

from planc.highlight import PlanLexer
from planc.source.load import from_text
from planc.syntax.words import read_words
from planc_grammar.tables import SOFT_NAMES, load_tables

ROOT = Path(__file__).parents[1]
PLANS = sorted((ROOT / "plans").rglob("*.plan"))
KEYWORDS = {kind for word, kind in load_tables().literals.items() if word.isalpha()}
PIECES = ["plan", "covers", "a-b", "{", "}", '"', '"""', "\\", "#", "5ms", "/s", "at", "\n", " "]


def tokens(text: str) -> list[tuple[str, str]]:
    return [
        (str(kind).removeprefix("Token."), value) for kind, value in PlanLexer().get_tokens(text)
    ]


@pytest.mark.parametrize("file", PLANS, ids=lambda file: file.name)
def test_plans_are_known(file: Path) -> None:
    text = file.read_text("utf-8")
    found = list(PlanLexer(stripnl=False).get_tokens(text))
    assert "".join(value for _, value in found) == text
    assert [value for kind, value in found if kind in Token.Error] == []


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_whatever_comes_in_comes_out(text: str) -> None:
    lexer = PlanLexer(stripnl=False, ensurenl=False)
    wanted = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert "".join(value for _, value in lexer.get_tokens(text)) == wanted


def test_kinds() -> None:
    found = tokens('  covers con-a\n  at 5s crash leader(store)  # why\n  let rate = "x {rate}"\n')
    assert ("Keyword.Reserved", "covers") in found
    assert ("Name.Label", "con-a") in found
    assert ("Keyword", "at") in found
    assert ("Keyword.Pseudo", "crash") in found
    assert ("Name.Function", "leader") in found
    assert ("Comment.Single", "# why") in found
    assert ("Name.Variable", "rate") in found
    assert ("Name", "rate") in found
    assert ("Literal.Number", "5") in found


def test_plans_are_coloured_as_they_are_read() -> None:
    """Keywords are contextual, so a pattern guesses; on real plans the guess is right."""
    found = [each for file in PLANS for each in _guesses(file.read_text("utf-8"))]
    wrong = [word for word, is_right in found if not is_right]
    assert len(wrong) < 0.01 * len(found), wrong


def _guesses(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the words, and whether the lexer coloured just what the parser took for keywords."""
    tokens = PlanLexer().get_tokens_unprocessed(text)
    coloured = {at for at, kind, _ in tokens if kind in Token.Keyword or kind is Operator.Word}
    for word in read_words(from_text(text))[0]:
        if word.text.isidentifier() and word.kind not in SOFT_NAMES:
            yield word.text, (word.start in coloured) == (word.kind in KEYWORDS)


def test_pygments_finds_it() -> None:
    assert isinstance(get_lexer_by_name("plan"), PlanLexer)
    assert isinstance(get_lexer_for_filename("x.plan"), PlanLexer)
    html = highlight('plan "x"\n', PlanLexer(), HtmlFormatter())
    assert '<span class="kd">plan</span>' in html
