"""The reference is what the grammar says, and its examples are plans."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from planc.source.load import from_text
from planc.syntax import parse
from planc_grammar.reference import Entry, read_pages, render_all
from planc_grammar.tables import load_tables

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
OTHERS = {"backends.md", "diagnostics.md", "lint.md"}
"""Pages made from something else than the grammar."""
ENTRIES = [entry for page in read_pages() for entry in page.entries]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_example_parses(entry: Entry) -> None:
    assert entry.example
    _, found = parse(from_text(entry.plan))

    assert found == [], entry.plan


def test_pages_are_made_from_the_grammar() -> None:
    expected = render_all()

    assert sorted(expected) == sorted({path.name for path in FOLDER.glob("*.md")} - OTHERS)
    for name, text in expected.items():
        assert (FOLDER / name).read_text("utf-8") == text, "python -m planc_grammar.reference"


def test_every_keyword_stands_in_an_example() -> None:
    examples = " ".join(entry.plan for entry in ENTRIES)
    words = {word for word in load_tables().literals if word.isalpha()} - {"library"}

    assert words - set(re.findall(r"[a-z]+", examples)) == set()
