"""`planc eject`: a scenario becomes a test that needs no plan and no compiler."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Planc

MODULE = "ejected/test_reads_see_the_latest_write.py"
WITHOUT_PLANC = """
import sys
import pytest

class NoCompiler:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "planc":
            raise ImportError("the compiler is not installed here")

sys.meta_path.insert(0, NoCompiler())
sys.exit(pytest.main())
"""
TITLE = "reads see the latest write"


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, planc: Planc) -> Path:
    """The project that `planc init` writes."""
    monkeypatch.chdir(tmp_path)
    assert planc("init", ".").status == 0
    return tmp_path


def run_pytest(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest where the compiler cannot be imported."""
    command = [sys.executable, "-c", WITHOUT_PLANC, "-p", "no:planc_files", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_the_module_runs_without_the_compiler(started: Path, planc: Planc) -> None:
    done = planc("eject", TITLE)

    assert done.status == 0
    assert f"wrote {MODULE}" in done.out
    assert "remove lines 20 to 28 of plans/first.plan" in done.out
    text = (started / MODULE).read_text()
    assert "generated" not in text
    assert "first.plan" not in text
    (started / "plans/first.plan").unlink()
    ran = run_pytest("-q", MODULE)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout


def test_its_failure_is_replayed_by_pytest(started: Path, planc: Planc) -> None:
    planc("eject", TITLE)
    ran = run_pytest("-q", MODULE, "--planc-plant", "stale_read")

    assert ran.returncode == 1, ran.stdout
    name = Path(MODULE).stem
    found = json.loads((started / f"reports/{name}/summary.json").read_text())
    command = next(each["replay"] for each in found["scenarios"])
    assert command.startswith(f"pytest {MODULE} --planc-backend sim --planc-seed ")
    again = run_pytest("-q", *shlex.split(command)[1:])
    assert again.returncode == 1, again.stdout


def test_compiling_leaves_it_alone(started: Path, planc: Planc) -> None:
    planc("eject", "test_reads_see_the_latest_write")
    mine = started / MODULE
    mine.write_text(mine.read_text() + "\n# mine\n")

    assert planc("compile").status == 0
    assert planc("compile", "--check").status == 0
    assert mine.read_text().endswith("# mine\n")
    assert "reads_see_the_latest_write" in (started / "generated/test_first.py").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["reads se the latest write"], f"did you mean `{TITLE}`?"),
        ([TITLE, "--to", "generated/test_mine.py"], "among the generated modules"),
        ([TITLE, "--to", "../test_mine.py"], "outside the project"),
        ([TITLE, "--to", "mine.py"], "pytest would not find"),
        ([TITLE, "--to", "plans/first.plan/test_mine.py"], "cannot write"),
        ([], "the following arguments are required"),
    ],
)
def test_what_cannot_be_is_said(
    started: Path, planc: Planc, arguments: list[str], message: str
) -> None:
    before = sorted(started.rglob("*"))
    done = planc("eject", *arguments)

    assert done.status == 2
    assert message in done.err
    assert sorted(started.rglob("*")) == before


def test_nothing_is_overwritten(started: Path, planc: Planc) -> None:
    planc("eject", TITLE)
    (started / MODULE).write_text("mine")

    assert "exists already" in planc("eject", TITLE).err
    assert (started / MODULE).read_text() == "mine"


def test_a_title_of_two_plans_needs_the_plan(started: Path, planc: Planc) -> None:
    first = started / "plans/first.plan"
    (started / "plans/second.plan").write_text(first.read_text())

    assert "several plans have a scenario" in planc("eject", TITLE).err
    assert planc("eject", TITLE, "plans/second.plan").status == 0


def test_a_broken_plan_is_shown(started: Path, planc: Planc) -> None:
    first = started / "plans/first.plan"
    first.write_text(first.read_text() + "\nscenario {\n")

    done = planc("eject", TITLE)
    assert done.status == 1
    assert "error[PLC" in done.err
    assert not (started / "ejected").exists()
