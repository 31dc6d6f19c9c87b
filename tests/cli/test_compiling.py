"""check, compile, list: what they print, what they write, how they end."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Planc = Callable[..., Any]
MODULE = Path("generated/test_small.py")


def spoil(project: Path) -> None:
    plan = project / "plans/small.plan"
    plan.write_text(
        plan.read_text().replace("wait 10ms", "wiat 10ms").replace("one == 1", "on == 1")
    )


def test_a_clean_project(project: Path, planc: Planc) -> None:
    for arguments in ([], ["plans"], ["plans/small.plan"], ["--on", "sim"]):
        done = planc("check", *arguments)
        assert (done.status, done.out) == (0, "1 file checked: nothing to report\n")


def test_all_mistakes_of_a_run_are_shown(project: Path, planc: Planc) -> None:
    spoil(project)
    (project / "plans/other.plan").write_text('plan "other"\nuse "nothing.plan"\n')
    done = planc("check")
    assert done.status == 1
    assert "plans/small.plan:8" in done.out
    assert "plans/small.plan:13" in done.out
    assert "plans/other.plan:2" in done.out
    assert "did you mean `wait`?" in done.out


def test_machines_read_the_same(project: Path, planc: Planc) -> None:
    spoil(project)
    found = json.loads(planc("check", "--output-format", "json").out)["diagnostics"]
    assert {each["path"] for each in found} == {"plans/small.plan"}
    lines = planc("check", "--output-format", "github").out.splitlines()
    assert len(lines) == len(found)
    assert all(line.startswith("::error file=plans/small.plan,line=") for line in lines)
    concise = planc("check", "--output-format", "concise").out
    assert "plans/small.plan:8:3: error[PLC" in concise


def test_json_is_json_without_findings_too(project: Path, planc: Planc) -> None:
    assert json.loads(planc("check", "--output-format", "json").out)["diagnostics"] == []


def test_a_wrong_path_gets_the_nearest(project: Path, planc: Planc) -> None:
    done = planc("check", "plans/smal.plan")
    assert done.status == 2
    assert "did you mean `plans/small.plan`?" in done.err


def test_a_plan_of_another_project_is_checked_there(
    project: Path, planc: Planc, tmp_path_factory: pytest.TempPathFactory
) -> None:
    here = tmp_path_factory.mktemp("here")
    os.chdir(here)
    done = planc("check", str(project / "plans/small.plan"))
    assert done.status == 0
    assert list(here.iterdir()) == []


def test_a_bad_configuration_is_a_message(project: Path, planc: Planc) -> None:
    (project / "planc.yaml").write_text("plan: plans\n")
    for verb in ("check", "compile", "fmt", "list", "run", "mutate"):
        done = planc(verb)
        assert done.status == 2
        assert "did you mean `plans`?" in done.err


@pytest.mark.parametrize("data", [b"", b"\0\1\2", b"\xff\xfe\0", b"plan {{{", b"plan \xff"])
@pytest.mark.parametrize("verb", ["check", "compile", "fmt", "list", "run"])
def test_bad_files_are_findings(project: Path, planc: Planc, verb: str, data: bytes) -> None:
    (project / "plans/bad.plan").write_bytes(data)
    done = planc(verb)
    assert done.status == 1
    assert "plans/bad.plan" in done.out
    assert not (project / "generated").exists()
    assert (project / "plans/bad.plan").read_bytes() == data


def test_compiling_writes_what_has_changed(project: Path, planc: Planc) -> None:
    assert planc("compile").out == f"wrote {MODULE}\n1 module, 1 changed\n"
    assert planc("compile").out == "1 module, 0 changed\n"
    (project / "plans/small.plan").rename(project / "plans/tiny.plan")
    done = planc("compile")
    assert done.out.splitlines()[:-1] == [f"removed {MODULE}", "wrote generated/test_tiny.py"]


def test_errors_write_nothing(project: Path, planc: Planc) -> None:
    planc("compile")
    before = MODULE.read_text()
    spoil(project)
    assert planc("compile").status == 1
    assert MODULE.read_text() == before


def test_a_module_of_the_users_own_is_not_overwritten(project: Path, planc: Planc) -> None:
    MODULE.parent.mkdir()
    MODULE.write_text("mine\n")
    done = planc("compile")
    assert done.status == 1
    assert "will not be overwritten" in done.out
    assert MODULE.read_text() == "mine\n"


def test_a_folder_that_cannot_be_written(project: Path, planc: Planc) -> None:
    (project / "generated").write_text("a file")
    done = planc("compile")
    assert done.status == 1
    assert "cannot write `generated/test_small.py`" in done.out


def test_listing(project: Path, planc: Planc) -> None:
    out = planc("list").out
    assert "plans/small.plan  Small things happen" in out
    assert "covers  con-lifecycle" in out
    [plan] = json.loads(planc("list", "--format", "json").out)
    assert [each["title"] for each in plan["scenarios"]] == ["a moment passes", "this is so"]
    assert plan["scenarios"][0]["tags"] == ["small"]


def test_listing_a_project_with_errors(project: Path, planc: Planc) -> None:
    spoil(project)
    assert planc("list").status == 1
