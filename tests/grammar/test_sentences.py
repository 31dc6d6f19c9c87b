"""Every sentence of the grammar is a plan to the parser: the lexer's decisions fit the rules."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from tests.support import plans
from tests.support.plans import plan_texts, sentences

from planc.source.load import from_text
from planc.syntax import parse

MANY = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@MANY
@given(plan_texts())
def test_sentences_parse(text: str) -> None:
    _, found = parse(from_text(text))

    assert found == [], (found[0].message, found[0].span, text)


@MANY
@given(sentences("statement"))
def test_statements_parse_in_a_scenario(text: str) -> None:
    _, found = parse(from_text(f'plan "x"\nscenario "s" {{\n{text}\n}}\n'))

    assert found == [], (found[0].message, found[0].span, text)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("_FIXED", ("expect_history", "id", "AS")),
        ("_FIXED", ("a_rule_of_old", "id", "")),
        ("_SAMPLES", "A_TERMINAL_OF_OLD"),
    ],
)
def test_a_table_that_no_longer_fits_the_grammar_is_told(
    table: str, key: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(getattr(plans, table), key, ["x"])
    with pytest.raises(LookupError, match="was it renamed there"):
        plans.Grammar()
