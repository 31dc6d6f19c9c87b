"""The page of rules is made of the rules, and what else it shows is true."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest
from tests.lint.conftest import Lint

from planc.config.reading import read
from planc.diagnostics import all_codes
from planc.lint import Rule, all_rules
from planc.lint.examples import plan_of
from planc.lint.reference import NAME, page

DOCS = Path(__file__).parents[2] / "docs/reference"


def test_the_page_is_current() -> None:
    current = (DOCS / NAME).read_text("utf-8")

    assert current == page(), "python -m planc.lint.reference docs/reference"


def test_no_rule_is_called_like_a_diagnostic() -> None:
    """`planc explain NAME` means one thing."""
    assert not {code.name for code in all_codes().values()} & set(all_rules())


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", page(), re.DOTALL)
    assert found
    return found.group(1)


def test_the_settings_can_be_read() -> None:
    found = read(block("yaml"))["lint"]

    assert found == {"select": [], "ignore": ["covers-nothing"], "plugins": ["our-rules"]}
    assert set(found["ignore"]) <= set(all_rules())


def test_the_rule_of_your_own_works(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("our_rules")
    monkeypatch.setitem(sys.modules, "our_rules", module)
    exec(compile(block("python"), NAME, "exec"), module.__dict__)
    rule = module.check

    assert isinstance(rule, Rule)
    assert (rule.name, rule.origin) == ("unowned-plan", "our_rules")


def test_the_allowed_scenario_is_a_plan(lint: Lint) -> None:
    found = re.search(r"\n(    scenario .*?\n    }\n)", page(), re.DOTALL)
    assert found
    body = dedent(found.group(1)).replace("}", "  over 1s {\n    crash n1\n  }\n"
                                          "  eventually within 5s  n1.running\n}")  # fmt: skip
    linted = lint(plan_of(body), "fixed-seed", "unused-allow")

    assert not linted.errors
    assert not linted.found
