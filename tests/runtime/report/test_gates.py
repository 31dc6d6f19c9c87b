"""Gates in the reports: added when they are judged, kept when the reports are made again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

from planc_runtime.report import assemble, begin, gates

Leave = Callable[..., Path]
EVIL = "<script>alert(1)</script> | <!-- end of gates -->"
FOUND = {
    "profile": "ci",
    "gates": [
        {"name": "success rate", "verdict": "passed", "measured": "98 %", "wanted": "95 %"},
        {
            "name": "weakening", "verdict": "failed", "measured": "1 change", "wanted": "nothing",
            "details": [f"a.plan:3: {EVIL}"],
        },
        {"name": "code coverage", "verdict": "can't tell", "measured": "none", "wanted": "80 %"},
    ],
}  # fmt: skip


@pytest.fixture
def judged(leave: Leave, reports: Path) -> Path:
    leave()
    leave(plan="web/deep/gateway")
    assemble(reports)
    (reports / gates.FILE).write_text(json.dumps(FOUND))
    return reports


def rows(reports: Path) -> list[list[str]]:
    document = html.parse(str(reports / "index.html"))
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("span | b")]
        for row in document.xpath("//section[@id='gates']/ul/li")
    ]


ROWS = [
    ["passed", "success rate", "98 %", "wanted 95 %"],
    ["failed", "weakening", "1 change", "wanted nothing"],
    ["can't tell", "code coverage", "none", "wanted 80 %"],
]


def test_they_are_added_to_every_page_and_summary(judged: Path) -> None:
    gates.add(judged)
    assert rows(judged) == ROWS
    summary = json.loads((judged / "summary.json").read_text())
    assert (summary["profile"], summary["gates"][1]) == ("ci", FOUND["gates"][1])
    told = (judged / "summary.md").read_text()
    assert told.startswith("## planc: 2 passed\n\n### Gates of profile ci\n")
    assert "| ❌ failed | weakening | 1 change | nothing |" in told
    for page in ("consensus/first", "web/deep/gateway"):
        document = html.parse(str(judged / page / "index.html"))
        [line] = document.xpath("//p[contains(@class, 'gates-line')]")
        assert "weakening: failed" in line.text_content()
        target = judged / page / line.xpath("a/@href")[0].partition("#")[0]
        assert target.resolve() == (judged / "index.html").resolve()


def test_adding_them_is_the_same_as_making_the_reports_again(judged: Path) -> None:
    gates.add(judged)
    names = ["index.html", "summary.json", "summary.md", "consensus/first/index.html"]
    added = [(judged / name).read_text() for name in names]
    gates.add(judged)
    assert [(judged / name).read_text() for name in names] == added
    command = [sys.executable, "-m", "planc_runtime.report", str(judged)]
    subprocess.run(command, check=True, capture_output=True)
    again = [(judged / name).read_text() for name in names]
    assert json.loads(again[1]) == json.loads(added[1])
    assert again[:1] + again[2:] == added[:1] + added[2:]


def test_what_they_say_is_text(judged: Path) -> None:
    gates.add(judged)
    document = html.parse(str(judged / "index.html"))
    assert len(document.xpath("//script[not(@data-packed)]")) == 1
    [reason] = document.xpath("//section[@id='gates']//details//li")
    assert EVIL in reason.text_content()


def test_a_new_run_is_not_held_to_the_gates_of_the_last(judged: Path, leave: Leave) -> None:
    gates.add(judged)
    begin(judged, ["consensus/first"])
    leave()
    assemble(judged)
    assert rows(judged) == []
    assert "gates" not in json.loads((judged / "summary.json").read_text())


@pytest.mark.parametrize("text", ["", "{", '{"gates": [1]}', '{"gates": []}', "[]"])
def test_a_damaged_file_costs_the_gates_and_nothing_else(judged: Path, text: str) -> None:
    (judged / gates.FILE).write_text(text)
    gates.add(judged)
    assemble(judged)
    assert rows(judged) == []
