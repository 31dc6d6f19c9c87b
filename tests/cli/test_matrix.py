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
from planc.cli.running.events import Outcome
from planc.cli.running.matrix import HEALTHY, Cell, Matrix, build
from planc.cli.verbs.mutate import show


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


def shown(bugs: int) -> str:
    names = tuple(f"a_bug_number_{number}" for number in range(bugs))
    runs: dict[str, list[Outcome]] = {HEALTHY: [outcome("passed")]}
    matrix = build(compiled(names), runs | {name: [outcome("failed")] for name in names})
    stream = StringIO()
    show(rich_console(stream), matrix)
    return stream.getvalue()


def test_few_bugs_stand_in_words() -> None:
    assert "a_bug_number_1" in shown(2).splitlines()[1]
    assert shown(2).count("caught") == 3


def test_many_bugs_stand_by_number_with_a_legend() -> None:
    text = shown(30)
    assert max(map(len, text.splitlines())) <= 160
    assert text.splitlines()[2].count("✓") == 30
    assert "…" not in text.splitlines()[1]
    assert "  30  a_bug_number_29" in text.splitlines()
