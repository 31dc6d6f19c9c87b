"""The page of diagnostics is what the table of codes says."""

from __future__ import annotations

from planc.diagnostics.codes import all_codes
from planc.diagnostics.codes.reference import FILE, render
from support.documents.blocks import ROOT


def test_page_is_made_from_the_codes() -> None:
    page = (ROOT / "docs" / "reference" / FILE).read_text("utf-8")

    assert page == render(), "python -m planc.diagnostics.codes.reference docs/reference"


def test_every_code_is_an_anchor() -> None:
    headings = {line for line in render().splitlines() if line.startswith("### ")}

    assert headings == {f"### {code}" for code in all_codes()}
