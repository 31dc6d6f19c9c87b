"""The mutation matrix: only `failed` is a catch, and silence about a bug is a finding."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from io import StringIO
from pathlib import Path

import pytest

from planc.cli.console import rich_console
from planc.cli.project import Compiled, CompiledPlan, CompiledScenario
from planc.cli.running import matrix_files
from planc.cli.running.catches import Catch, catches_in
from planc.cli.running.events import Outcome
from planc.cli.running.matrix import HEALTHY, Cell, Matrix, build
from planc.cli.running.matrix_table import show


def outcome(verdict: str, number: int = 0, because: str = "why") -> Outcome:
    id = f"generated/a/test_b.py::test_{number}[case]"
    return Outcome(id, "a/b", "t", "b.plan:1", verdict, because, 0.1, "f", "")


def compiled(*claims: tuple[str, ...]) -> Compiled:
    scenarios = tuple(
        CompiledScenario(f"scenario {n}", f"test_{n}", 3 + n, catches=bugs)
        for n, bugs in enumerate(claims)
    )
    return Compiled((CompiledPlan("a/b", "B", "plans/a/b.plan", Path("test_b.py"), (), scenarios),))


def matrix_of(planted: list[Outcome], healthy: str = "passed") -> Matrix:
    return build(compiled(("bug",)), {HEALTHY: [outcome(healthy)], "bug": planted})


@pytest.mark.parametrize(
    ("verdicts", "cell"),
    [
        (["failed"], Cell.CAUGHT),
        (["passed", "failed"], Cell.CAUGHT),
        (["passed"], Cell.MISSED),
        (["passed", "skipped"], Cell.MISSED),
        (["inconclusive"], Cell.UNPROVEN),
        (["error"], Cell.UNPROVEN),
        (["passed", "interrupted"], Cell.UNPROVEN),
        ([], Cell.UNPROVEN),
        (["skipped"], Cell.SKIPPED),
    ],
)
def test_what_counts_as_a_catch(verdicts: list[str], cell: Cell) -> None:
    matrix = matrix_of([outcome(verdict) for verdict in verdicts])
    assert matrix.rows[0].cell("bug") is cell
    assert bool(matrix.findings) == (cell in (Cell.MISSED, Cell.UNPROVEN))


@pytest.mark.parametrize("verdict", ["failed", "error", "inconclusive", "interrupted"])
def test_a_healthy_run_must_be_green(verdict: str) -> None:
    [finding] = matrix_of([outcome("failed")], healthy=verdict).findings
    assert "not green on the healthy system" in finding


def test_a_scenario_that_did_not_run_healthy_is_a_finding() -> None:
    matrix = build(compiled(("bug",)), {HEALTHY: [], "bug": [outcome("failed")]})
    assert matrix.findings == ["b.plan:3  `scenario 0` is not green on the healthy system: not run"]


def test_a_scenario_the_backend_skips_is_no_finding() -> None:
    assert matrix_of([], healthy="skipped").findings == []


def test_a_scenario_that_claims_nothing_is_reported_but_no_finding() -> None:
    matrix = build(compiled(()), {HEALTHY: [outcome("passed")]})
    assert matrix.findings == []
    assert matrix.remarks == ["b.plan:3  `scenario 0` catches nothing"]


def test_a_catch_by_another_scenario_does_not_count() -> None:
    runs = {HEALTHY: [outcome("passed"), outcome("passed", 1)], "bug": [outcome("failed", 1)]}
    matrix = build(compiled(("bug",), ()), runs)
    assert matrix.rows[0].cell("bug") is Cell.UNPROVEN
    assert matrix.rows[1].cell("bug") is Cell.NOT_CLAIMED


def test_the_files_say_the_same(tmp_path: Path) -> None:
    matrix = matrix_of([outcome("passed")])
    matrix_files.write(matrix, tmp_path)
    data = json.loads((tmp_path / "matrix.json").read_text())
    assert data["scenarios"][0]["bugs"] == {"bug": "missed"}
    suite = ET.parse(tmp_path / "junit.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.get("name") for case in suite] == [
        "scenario 0: healthy",
        "scenario 0: catches bug",
    ]


def test_bugs_come_in_order_of_appearance() -> None:
    assert compiled(("b", "a"), ("a", "c")).bugs == ["b", "a", "c"]


LOST = Catch("b.plan:9", "expect no acknowledged write is lost", "1 of 5 is gone", "safety")
SLOW = Catch("b.plan:8", "expect availability >= 90%", "it was 80 %", "service")
STUCK = Catch("b.plan:7", "call kv.read(k) on [n1|n2]", "no answer", "step")


def caught_by(*catches: Catch, verdict: str = "failed") -> Matrix:
    runs = {HEALTHY: [outcome("passed")], "bug": [outcome(verdict)]}
    return build(compiled(("bug",)), runs, lambda bug, outcome: catches)


def test_guarantees_come_first_among_what_caught_a_bug() -> None:
    assert caught_by(SLOW, LOST, SLOW).rows[0].caught_by("bug") == [LOST, SLOW]
    assert caught_by(SLOW, LOST).remarks == []


def test_a_bug_that_no_guarantee_caught_is_shown_to_the_reviewer_and_is_no_finding() -> None:
    matrix = caught_by(SLOW)
    assert matrix.findings == []
    assert matrix.remarks == [
        "no guarantee catches `bug`, only how well it served"
        " (b.plan:8  `expect availability >= 90%`): is that what it breaks?"
    ]


def test_a_bug_that_a_guarantee_catches_elsewhere_is_no_question() -> None:
    runs = {HEALTHY: [outcome("passed")], "bug": [outcome("failed"), outcome("failed", 1)]}
    matrix = build(
        compiled(("bug",), ("bug",)), runs, lambda bug, o: [LOST if "_1" in o.id else SLOW]
    )
    assert [row.caught_by("bug") for row in matrix.rows] == [[SLOW], [LOST]]
    assert matrix.remarks == []


def test_what_did_not_hold_in_a_run_that_proves_nothing_caught_nothing() -> None:
    matrix = caught_by(LOST, verdict="inconclusive")
    assert matrix.rows[0].caught_by("bug") == []
    assert "proves nothing" in matrix.findings[0]


def test_the_healthy_run_is_not_asked_for_evidence() -> None:
    runs = {HEALTHY: [outcome("failed")], "bug": [outcome("failed")]}
    asked: list[str] = []

    def evidence(bug: str, _: Outcome) -> list[Catch]:
        asked.append(bug)
        return []

    build(compiled(("bug",)), runs, evidence)
    assert asked == ["bug"]


def test_every_file_tells_what_caught_a_bug(tmp_path: Path) -> None:
    matrix_files.write(caught_by(STUCK, LOST), tmp_path)
    [row] = json.loads((tmp_path / "matrix.json").read_text())["scenarios"]
    assert [(each["line"], each["concern"]) for each in row["caught_by"]["bug"]] == [
        ("b.plan:9", "safety"),
        ("b.plan:7", "step"),
    ]
    [said] = ET.parse(tmp_path / "junit.xml").getroot().iter("system-out")
    assert said.text == (
        "safety: b.plan:9: expect no acknowledged write is lost: 1 of 5 is gone\n"
        "step: b.plan:7: call kv.read(k) on [n1|n2]: no answer"
    )
    page = (tmp_path / "matrix.md").read_text().splitlines()
    assert r"on \[n1\|n2\] *(step)* |" in page[3]
    assert r"b\.plan:9: expect no acknowledged write is lost<br>" in page[3]


def test_markdown_is_read_by_a_parser_as_it_was_meant(tmp_path: Path) -> None:
    from markdown_it import MarkdownIt

    page = matrix_files.as_markdown(caught_by(STUCK, verdict="failed"))
    html = MarkdownIt("gfm-like", {"linkify": False}).render(page)
    assert html.count("<tr>") == 3
    assert "b.plan:7: call kv.read(k) on [n1|n2] <em>(step)</em></td>" in html
    assert "<h2>Notes</h2>" in html


def test_a_summary_is_read_for_what_failed_in_it(tmp_path: Path) -> None:
    held = {"line": "b.plan:1", "text": "expect a", "result": "passed"}
    broken = {"line": "b.plan:2", "text": "expect  b", "result": "failed", "concern": "liveness"}
    summary = {"test": "test_0[case]", "expectations": [held, broken | {"measured": "no\nmore"}]}
    (tmp_path / "summary.json").write_text(json.dumps(summary))
    assert catches_in(tmp_path) == (
        Catch("b.plan:2", "expect b", "no", "liveness", "test_0[case]"),
    )


@pytest.mark.parametrize("text", ["", "[]", "{", '{"expectations": [1]}', '{"expectations": 1}'])
def test_a_summary_that_cannot_be_read_is_no_evidence(text: str, tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text(text)
    assert catches_in(tmp_path) == ()


def on_a_terminal(matrix: Matrix) -> str:
    stream = StringIO()
    show(rich_console(stream), matrix)
    return stream.getvalue()


def test_the_terminal_tells_line_and_words() -> None:
    text = on_a_terminal(caught_by(SLOW, LOST))
    assert " b.plan:3  safety  :9 expect no acknowledged write is lost  (+1)\n" in text


def shown(bugs: int) -> str:
    names = tuple(f"a_bug_number_{number}" for number in range(bugs))
    runs: dict[str, list[Outcome]] = {HEALTHY: [outcome("passed")]}
    return on_a_terminal(
        build(compiled(names), runs | {name: [outcome("failed")] for name in names})
    )


def test_few_bugs_stand_in_words() -> None:
    assert "a_bug_number_1" in shown(2).splitlines()[1]
    assert shown(2).count("caught") == 3


def test_many_bugs_stand_by_number_with_a_legend() -> None:
    text = shown(30)
    assert max(map(len, text.splitlines())) <= 160
    assert text.splitlines()[2].count("✓") == 30
    assert "…" not in text.splitlines()[1]
    assert "  30  a_bug_number_29" in text.splitlines()
