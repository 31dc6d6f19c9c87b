"""Each folder below cases/ is what a rule finds, and what comes close to it and is left alone.

PLANC_UPDATE_GOLDEN=1 writes `expected` anew, and `fixed.plan` where the rule has a fix; read the
difference before committing it.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from planc.diagnostics.render import render
from planc.lint import Selection, all_rules
from planc.lint.examples import CATALOGUE
from planc.pipeline.linting import Linted, lint_files, mend

CASES = Path(__file__).parent / "cases"
UPDATE = bool(os.environ.get("PLANC_UPDATE_GOLDEN"))
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
WITH = {
    "unused-allow": ("unused-allow", "fixed-seed", "covers-nothing"),
    "allow-without-reason": ("allow-without-reason", "fixed-seed"),
}
"""Rules that a case needs beside its own."""


def select(name: str) -> Selection:
    return Selection(select=WITH.get(name, (name,)))


@cache
def linted(name: str, which: str) -> Linted:
    paths = [f"{name}/{which}.plan"]
    return lint_files(str(CASES), paths, select(name), catalogue=CATALOGUE)


def expect(path: Path, text: str) -> None:
    if UPDATE:
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


def test_every_rule_has_a_case() -> None:
    assert sorted(all_rules()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_bad(name: str) -> None:
    found = linted(name, "bad")

    assert not found.errors, [each.message for each in found.errors]
    assert {each.code for each in found.found} == {name}
    expect(CASES / name / "expected", render(found.found, found.sources))


@pytest.mark.parametrize("name", NAMES)
def test_good(name: str) -> None:
    found = linted(name, "good")

    assert not found.errors, [each.message for each in found.errors]
    assert not found.found, render(found.found, found.sources)


@pytest.mark.parametrize("name", [name for name in NAMES if all_rules()[name].fixable])
def test_fixed(name: str) -> None:
    path = f"{name}/bad.plan"
    mended = mend(str(CASES), [path], select(name))

    assert mended.fixed
    expect(CASES / name / "fixed.plan", mended.texts[path])
