"""What a user of pytest expects of scenarios, in a pytest of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.runtime.engine.conftest import Project

MODULE = """
@planc.scenario(
    PLAN, "good", clusters=[store], tags=["con-lead"], catches=["forgets"]
)  # tiny.plan:10
async def test_good(s: planc.Scenario) -> None:
    await s.expect(planc.count(planc.leaders(store)) == 1)  # tiny.plan:11


@planc.scenario(PLAN, "bad", clusters=[store])  # tiny.plan:13
async def test_bad(s: planc.Scenario) -> None:
    await s.expect(planc.count(planc.leaders(store)) == 2)  # tiny.plan:14


@planc.scenario(
    PLAN, planc.text("size ", planc.var("size"), " by ", planc.var("who"))
)  # tiny.plan:16
@planc.for_values("size", [3, 5])
@planc.cases(["who", "status"], [("admin", 200), ("a guest", 403)])
async def test_cases(
    s: planc.Scenario, size: planc.Expr, who: planc.Expr, status: planc.Expr
) -> None:
    await s.expect(planc.is_in(status, [200, 403]))  # tiny.plan:17
    await s.expect(planc.is_in(size, [3, 5]))  # tiny.plan:18


@planc.scenario(PLAN, "elsewhere", only_on=["local"])  # tiny.plan:20
async def test_elsewhere(s: planc.Scenario) -> None:
    await s.wait(1.0)  # tiny.plan:21
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def pytest_in(tmp_path: Path) -> Run:
    project = Project(tmp_path)
    project.module(MODULE)

    def run(*arguments: str, code: int = 0, typed: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments, "generated"],
            cwd=tmp_path,
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    return run


def test_a_failure_begins_with_the_plans_line_and_shows_no_stack(pytest_in: Run) -> None:
    out = pytest_in("-k", "bad", code=1).stdout
    assert "\ntiny.plan:14: statement 14\n    measured: count(leaders(store)) was 1: n1\n" in out
    assert "planc run plans/demo/tiny.plan --on sim --seed 0 -k test_bad" in out
    assert "Traceback" not in out
    assert "engine" not in out
    assert "test_bad - tiny.plan:14" in out


def test_cases_have_names_that_can_be_read(pytest_in: Run) -> None:
    out = pytest_in("--collect-only", "-q").stdout
    ids = [line.partition("::")[2] for line in out.splitlines() if "::" in line]
    assert ids == [
        "test_good",
        "test_bad",
        "test_cases[3-admin-200]",
        "test_cases[3-a guest-403]",
        "test_cases[5-admin-200]",
        "test_cases[5-a guest-403]",
        "test_elsewhere",
    ]


def test_cases_run_with_their_values_in_their_titles(pytest_in: Run, tmp_path: Path) -> None:
    pytest_in("-k", "cases")
    summaries = sorted((tmp_path / "reports/demo/tiny/scenarios").glob("*/summary.json"))
    found = [json.loads(path.read_text()) for path in summaries]
    assert {s["title"] for s in found} == {
        "size 3 by admin", "size 3 by a guest", "size 5 by admin", "size 5 by a guest",
    }  # fmt: skip
    assert {"size": 3, "who": "admin", "status": 200} in [s["params"] for s in found]


def test_tags_are_markers_also_when_pytest_is_strict(pytest_in: Run) -> None:
    out = pytest_in("--strict-markers", "-m", "con-lead", "-v").stdout
    assert "1 passed" in out
    assert pytest_in("--strict-markers", "-m", "small and not con-lead", code=1)


def test_x_stops_at_the_first_failure(pytest_in: Run) -> None:
    assert "1 failed, 1 passed" in pytest_in("-x", code=1).stdout


def test_a_skip_says_why(pytest_in: Run) -> None:
    out = pytest_in("-k", "elsewhere", "-rs").stdout
    assert "the plan runs it only on local" in out
    assert "test_tiny.py" in out


def test_several_workers_share_the_work_and_the_report(pytest_in: Run, tmp_path: Path) -> None:
    out = pytest_in("-n", "2", code=1).stdout
    assert "1 failed, 5 passed, 1 skipped" in out
    assert "tiny.plan:14: statement 14" in out
    assert "Traceback" not in out
    assert (tmp_path / "reports/demo/tiny/junit.xml").is_file()


def test_pytests_own_junit_file_names_the_plans_line(pytest_in: Run, tmp_path: Path) -> None:
    pytest_in("--junitxml=j.xml", "-k", "bad", code=1)
    failure = ElementTree.parse(tmp_path / "j.xml").getroot().find(".//failure")
    assert failure is not None
    assert failure.get("message", "").startswith("tiny.plan:14: statement 14")


def test_the_debugger_opens_where_a_scenario_failed(pytest_in: Run) -> None:
    out = pytest_in("--pdb", "-k", "bad", code=1, typed="p summary.seed + 40\nc\n").stdout
    assert "(Pdb) 40" in out


def test_a_planted_bug_runs_only_the_scenarios_that_claim_it(pytest_in: Run) -> None:
    assert "1 passed, 6 deselected" in pytest_in("--planc-plant", "forgets").stdout


def test_repetitions_have_seeds_and_folders_of_their_own(pytest_in: Run, tmp_path: Path) -> None:
    pytest_in("--planc-repeat", "3", "--planc-seed", "5", "-k", "good")
    found = [
        json.loads(path.read_text())
        for path in (tmp_path / "reports/demo/tiny/scenarios").glob("*/summary.json")
    ]
    assert sorted((s["test"], s["seed"], s["repeat"]) for s in found) == [
        ("test_good", 5, 0),
        ("test_good", 6, 1),
        ("test_good", 7, 2),
    ]


def test_progress_is_told_line_by_line(pytest_in: Run, tmp_path: Path) -> None:
    pytest_in("--planc-progress", "progress.jsonl", "-k", "good or bad", code=1)
    lines = [json.loads(line) for line in (tmp_path / "progress.jsonl").open()]
    kinds = [line["kind"] for line in lines if line["kind"] != "phase"]
    assert kinds == ["session", "begin", "end", "begin", "end", "finished"]
    session, end = lines[0], next(line for line in lines if line["kind"] == "end")
    assert (session["scenarios"], session["backend"]) == (2, "sim")
    assert (end["plan"], end["verdict"], end["line"]) == ("demo/tiny", "passed", "tiny.plan:10")
    assert (tmp_path / "reports" / end["folder"] / "summary.json").is_file()
    assert lines[-1] == {"kind": "finished", "exit": 1}


def test_a_reports_folder_that_cannot_be_written_ends_the_run(
    pytest_in: Run, tmp_path: Path
) -> None:
    (tmp_path / "reports").write_text("in the way")
    done = pytest_in(code=2)
    assert "reports" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_importing_a_module_loads_neither_engine_nor_libraries(tmp_path: Path) -> None:
    path = Project(tmp_path).module(MODULE)
    code = (
        "import sys, importlib.util as u\n"
        "s = u.spec_from_file_location('m', sys.argv[1]); m = u.module_from_spec(s)\n"
        "s.loader.exec_module(m)\n"
        "print(sorted(n for n in sys.modules if n.split('.')[0] in sys.argv[2:]\n"
        "             or n.startswith('planc_runtime.engine')))"
    )
    heavy: list[Any] = ["asyncio", "httpx", "httpcore", "pydantic", "rich", "hdrh", "pytest"]
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), *heavy],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[]"
