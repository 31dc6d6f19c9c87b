"""The page of rules is made of the rules."""

from __future__ import annotations

from pathlib import Path

from planc.diagnostics import all_codes
from planc.lint import all_rules
from planc.lint.reference import NAME, page

DOCS = Path(__file__).parents[2] / "docs/reference"


def test_the_page_is_current() -> None:
    current = (DOCS / NAME).read_text("utf-8")

    assert current == page(), "python -m planc.lint.reference docs/reference"


def test_no_rule_is_called_like_a_diagnostic() -> None:
    """`planc explain NAME` means one thing."""
    assert not {code.name for code in all_codes().values()} & set(all_rules())
