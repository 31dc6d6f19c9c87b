"""Every malformed example of the analysis gives the diagnostic it promises, and no other."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from planc.diagnostics import all_codes
from planc.pipeline import check
from planc_grammar.mistakes import Mistake, load_mistakes

RANGES = ("names", "types", "declarations", "scenarios", "backends")
MISTAKES = [mistake for name in RANGES for mistake in load_mistakes(name)]
STORE = resources.files("planc_grammar.mistakes").joinpath("store.plan").read_text("utf-8")
SHOWN_ELSEWHERE = {
    "PLC0233": "tests/analysis/test_paths.py",  # a symbolic link
    "PLC0234": "tests/golden/cases/use-cycle",
    "PLC0601": "tests/pipeline/test_backends.py",
    "PLC0603": "tests/pipeline/test_backends.py",
    "PLC0605": "tests/cli/test_machine.py",
}


@pytest.mark.parametrize(
    "mistake", MISTAKES, ids=[f"{each.code}-{i}" for i, each in enumerate(MISTAKES)]
)
def test_mistake_gives_its_diagnostic(mistake: Mistake, tmp_path: Path) -> None:
    files = {"store.plan": STORE, **mistake.other, "example.plan": mistake.plan}
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    found = [
        each
        for each in check([tmp_path / "example.plan"], root=tmp_path, cache=False).diagnostics
        if each.span.path == "example.plan"
    ]

    told = [(each.code, each.span.line, each.message, each.help) for each in found]
    matching = [each for each in found if each.code == mistake.code]
    assert matching, told
    first = matching[0]
    assert first.span.line == mistake.line, told
    assert mistake.contains in f"{first.message}\n{first.label}\n{first.help}", told
    if mistake.only:
        assert len(found) == 1, told


@pytest.mark.parametrize("number", range(len(load_mistakes("syntax"))))
def test_what_parses_badly_is_analysed_all_the_same(number: int, tmp_path: Path) -> None:
    mistake = load_mistakes("syntax")[number]
    (tmp_path / "store.plan").write_text(STORE)
    (tmp_path / "example.plan").write_text(mistake.plan)

    found = check([tmp_path / "example.plan"], root=tmp_path, cache=False).diagnostics

    assert (mistake.code, mistake.line) in [(each.code, each.span.line) for each in found]


def test_what_a_client_over_an_unknown_protocol_does_is_not_judged(tmp_path: Path) -> None:
    lines = (
        'library "x"',
        "client a over http2 on port client {",
        '  read(k) GET "/{k}" returns strange fails when other == 1',
        "}",
        'client b over soap "m:C" {',
        "}",
    )
    (tmp_path / "x.plan").write_text("\n".join(lines) + "\n")

    found = check([tmp_path / "x.plan"], root=tmp_path, cache=False).diagnostics

    assert [(each.code, each.span.line) for each in found] == [("PLC0130", 2), ("PLC0130", 5)]


def test_every_code_has_a_mistake_that_shows_it() -> None:
    codes = {code.code for code in all_codes().values() if code.range in RANGES}
    shown = {mistake.code for mistake in MISTAKES}

    assert codes - shown == set(SHOWN_ELSEWHERE)
