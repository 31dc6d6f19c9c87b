"""`pytest plans/`: plans collected as files behave like any other tests."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLAN = """plan "Small things happen" {
  tags small
}

use "words.plan"

scenario "a moment passes" {
  tags slow
  wait moment
}

scenario "{name} is a name" {
  cases
    | name  |
    | "ann" |
    | "bob" |
  wait moment
  expect name != "eve"
}

scenario "size {size} is small" for size in sizes {
  expect size < 10
}

scenario "this is wrong" {
  expect 1 == 2
}
"""
LIBRARY = 'library "words"\n\nlet moment = 10ms\nlet sizes = [1, 2]\n'
TESTS = [
    "test_a_moment_passes",
    "test_is_a_name[ann]",
    "test_is_a_name[bob]",
    "test_size_is_small[1]",
    "test_size_is_small[2]",
    "test_this_is_wrong",
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans/small.plan").write_text(PLAN)
    (tmp_path / "plans/words.plan").write_text(LIBRARY)
    (tmp_path / "planc.yaml").write_text("backend: sim\n")
    return tmp_path


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--strict-markers"]
    return subprocess.run(
        [*command, *arguments], cwd=project, capture_output=True, text=True, check=False
    )


def collected(project: Path, *arguments: str) -> list[str]:
    done = run(project, "--collect-only", "-q", *arguments)
    return re.findall(r"::(\S+)", done.stdout)


def counts(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout.splitlines()[-1].strip("= ").rpartition(" in ")[0]


def test_every_test_is_found_and_libraries_have_none(project: Path) -> None:
    assert collected(project, "plans") == TESTS


def test_the_same_tests_as_in_the_modules(project: Path) -> None:
    subprocess.run([sys.executable, "-m", "planc", "compile"], cwd=project, check=True)
    assert collected(project, "generated") == collected(project, "plans")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-k", "moment"], TESTS[:1]),
        (["-k", "bob or wrong"], [TESTS[2], TESTS[5]]),
        (["-m", "slow"], TESTS[:1]),
        (["-m", "small and not slow"], TESTS[1:]),
        (["plans/small.plan::test_this_is_wrong"], TESTS[5:]),
        (["plans/words.plan"], []),
    ],
)
def test_selecting(project: Path, arguments: list[str], expected: list[str]) -> None:
    where = [] if arguments[0].startswith("plans") else ["plans"]
    assert collected(project, *where, *arguments) == expected


def test_running_them(project: Path) -> None:
    done = run(project, "plans")
    assert counts(done) == "1 failed, 5 passed"
    assert "small.plan:25" in done.stdout
    assert "planc_runtime/" not in done.stdout
    assert (project / "reports/small/junit.xml").exists()
    assert (project / "reports/index.html").exists()


def test_stopping_at_the_first_failure(project: Path) -> None:
    plan = project / "plans/small.plan"
    plan.write_text(PLAN.replace("wait moment\n}", "wait moment\n  expect 1 == 2\n}", 1))
    assert counts(run(project, "plans", "-x")) == "1 failed"


def test_in_two_processes(project: Path) -> None:
    done = run(project, "plans", "-n", "2")
    assert counts(done) == "1 failed, 5 passed"
    assert (project / "reports/small/junit.xml").exists()


def test_repeating(project: Path) -> None:
    done = run(project, "plans", "--planc-repeat", "3", "-k", "moment")
    assert counts(done) == "3 passed, 15 deselected"


def test_a_plan_with_errors_shows_its_diagnostics(project: Path) -> None:
    plan = project / "plans/small.plan"
    plan.write_text(plan.read_text().replace("wait moment", "wait momet", 1))
    done = run(project, "plans")
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert "there is no" in done.stdout
    assert "plans/small.plan:9:8" in done.stdout
    assert "did you mean `moment`?" in done.stdout
    assert "Traceback" not in done.stdout
    assert "pytest_files.py" not in done.stdout


def test_a_bad_configuration_is_a_message(project: Path) -> None:
    (project / "planc.yaml").write_text("plans: [")
    done = run(project, "plans")
    assert "planc.yaml:1: is not YAML" in done.stdout
    assert "pytest_files.py" not in done.stdout


def test_a_changed_plan_is_never_stale(project: Path) -> None:
    assert counts(run(project, "plans", "-k", "wrong")) == "1 failed, 5 deselected"
    plan = project / "plans/small.plan"
    plan.write_text(PLAN.replace("1 == 2", "2 == 2"))
    assert counts(run(project, "plans", "-k", "wrong")) == "1 passed, 5 deselected"


def test_a_changed_library_is_never_stale(project: Path) -> None:
    assert len(collected(project, "plans")) == 6
    (project / "plans/words.plan").write_text(LIBRARY.replace("[1, 2]", "[1, 2, 3]"))
    assert len(collected(project, "plans")) == 7


def test_the_modules_of_the_project_are_left_alone(project: Path) -> None:
    run(project, "plans", "-k", "moment")
    assert not (project / "generated").exists()


def test_a_module_that_is_up_to_date_is_the_one_that_runs(project: Path) -> None:
    subprocess.run([sys.executable, "-m", "planc", "compile"], cwd=project, check=True)
    shutil.rmtree(project / ".planc")
    assert counts(run(project, "plans", "-k", "moment")) == "1 passed, 5 deselected"
    assert not (project / ".planc/modules").exists()


def test_collecting_imports_no_module_without_a_table(project: Path) -> None:
    text = PLAN.partition('scenario "{name}')[0]
    (project / "plans/small.plan").write_text(text)
    (project / "conftest.py").write_text(
        "import sys\n"
        "def pytest_collection_finish(session):\n"
        "    print([n for n in sys.modules if n.startswith(('planc_plans', 'planc.emit'))])\n"
    )
    collected(project, "plans")
    done = run(project, "plans", "--collect-only", "-q")
    assert "[]" in done.stdout.splitlines()


def test_fixtures_for_all_tests_are_for_plans_too(project: Path) -> None:
    (project / "conftest.py").write_text(
        "import pytest\n"
        "@pytest.fixture(autouse=True)\n"
        "def around():\n    print('around it')\n    yield\n"
    )
    done = run(project, "plans", "-s", "-k", "moment")
    assert "around it" in done.stdout
