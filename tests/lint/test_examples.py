"""The documentation of every rule: its examples are plans, and say what they are said to."""

from __future__ import annotations

import re

import pytest
from tests.lint.conftest import Lint

from planc.format import format_source
from planc.lint import all_rules
from planc.lint.examples import plan_of

RULES = sorted(all_rules())
OF_ALLOWS = {"unused-allow": ["fixed-seed"], "unknown-rule": [], "allow-without-reason": []}


@pytest.mark.parametrize("name", RULES)
def test_the_bad_example_is_found(lint: Lint, name: str) -> None:
    linted = lint(plan_of(all_rules()[name].bad), name, *OF_ALLOWS.get(name, []))

    assert not linted.errors, [each.message for each in linted.errors]
    assert {each.code for each in linted.found} == {name}


@pytest.mark.parametrize("name", RULES)
def test_the_good_example_is_not(lint: Lint, name: str) -> None:
    linted = lint(plan_of(all_rules()[name].good), name, *OF_ALLOWS.get(name, []))

    assert not linted.errors, [each.message for each in linted.errors]
    assert not linted.found, [each.message for each in linted.found]


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("which", ["bad", "good"])
def test_examples_are_in_the_one_style(name: str, which: str) -> None:
    text = plan_of(getattr(all_rules()[name], which))

    assert format_source(text) == text


@pytest.mark.parametrize("name", RULES)
def test_every_rule_says_what_it_is_for(name: str) -> None:
    rule = all_rules()[name]

    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)
    assert rule.summary
    assert not rule.summary.endswith(".")
    assert len(rule.summary) < 90
    assert len(rule.why) > 80
    assert rule.check.__module__ == f"planc.lint.rules.{name.replace('-', '_')}"


def test_there_are_enough_rules() -> None:
    assert len(RULES) >= 35
