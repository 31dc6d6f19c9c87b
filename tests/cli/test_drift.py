"""planc compile --check: what is not as the plans say, each with the command that mends it."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import pytest
from tests.support.schemas import require_gitlab, require_sarif

from .conftest import PLAN, Planc

MODULE = Path("generated/test_small.py")


def told(planc: Planc, *arguments: str) -> list[tuple[str, str]]:
    """Return the names of the findings, and where each is shown."""
    done = planc("compile", "--check", "--output-format", "json", *arguments)
    rows = json.loads(done.out)["diagnostics"]
    assert done.status == int(bool(rows))
    return [(row["name"], row["path"]) for row in rows]


def mend(planc: Planc, *arguments: str) -> None:
    """Run the command that each finding proposes."""
    done = planc("compile", "--check", "--output-format", "json", *arguments)
    for row in json.loads(done.out)["diagnostics"]:
        command = shlex.split(row["help"].split("`")[1])
        assert command[0] == "planc"
        assert planc(*command[1:]).status == 0


def test_what_is_up_to_date(project: Path, planc: Planc) -> None:
    planc("compile")
    done = planc("compile", "--check")
    assert (done.status, done.out) == (0, "1 module up to date\n")


def test_a_module_that_is_missing(project: Path, planc: Planc) -> None:
    assert told(planc) == [("missing-module", "plans/small.plan")]
    assert not MODULE.exists()
    done = planc("compile", "--check")
    assert "`generated/test_small.py` is missing" in done.out
    assert "`planc compile plans/small.plan` writes it" in done.out
    mend(planc)
    assert told(planc) == []


def test_a_module_that_is_stale(project: Path, planc: Planc) -> None:
    planc("compile")
    MODULE.write_text(MODULE.read_text() + "# touched\n")
    assert told(planc) == [("stale-module", str(MODULE))]
    done = planc("compile", "--diff")
    assert done.status == 1
    assert "-# touched\n" in done.out
    mend(planc)
    assert told(planc) == []


def test_a_module_whose_plan_is_gone(project: Path, planc: Planc) -> None:
    planc("compile")
    (project / "plans/small.plan").rename(project / "plans/tiny.plan")
    assert told(planc) == [
        ("orphaned-module", str(MODULE)),
        ("missing-module", "plans/tiny.plan"),
    ]
    assert "`plans/small.plan` is gone" in planc("compile", "--check").out
    mend(planc)
    assert told(planc) == []
    assert not MODULE.exists()


def test_a_module_whose_plan_has_become_a_library(project: Path, planc: Planc) -> None:
    planc("compile")
    (project / "plans/small.plan").write_text('library "small"\n\nlet a = 1\n')
    assert told(planc) == [("orphaned-module", str(MODULE))]
    assert "is not compiled to it any more" in planc("compile", "--check").out
    mend(planc)
    assert told(planc) == []


def test_a_file_of_somebody_else(project: Path, planc: Planc) -> None:
    MODULE.parent.mkdir()
    MODULE.write_text("mine\n")
    assert told(planc) == [("module-not-generated", str(MODULE))]
    assert "move it away" in planc("compile", "--check").out


def test_a_library_that_changes_makes_stale_who_uses_it(project: Path, planc: Planc) -> None:
    (project / "plans/wait.plan").write_text('library "waits"\n\nlet pause = 10ms\n')
    plan = project / "plans/small.plan"
    plan.write_text(PLAN.replace("\nscenario", '\nuse "wait.plan"\n\nscenario', 1).replace(
        "wait 10ms", "wait pause"
    ))  # fmt: skip
    (project / "plans/other.plan").write_text('plan "other"\n\nscenario "s" {\n  wait 1ms\n}\n')
    planc("compile")
    assert told(planc) == []
    (project / "plans/wait.plan").write_text('library "waits"\n\nlet pause = 20ms\n')
    assert told(planc) == [("stale-module", str(MODULE))]


def test_the_command_works_from_where_one_stands(
    project: Path, planc: Planc, tmp_path_factory: pytest.TempPathFactory
) -> None:
    planc("compile")
    (project / "plans/my small.plan").write_text(PLAN)
    (project / "plans/small.plan").unlink()
    os.chdir(tmp_path_factory.mktemp("elsewhere"))
    plans = os.path.relpath(project / "plans")
    mend(planc, plans)
    assert told(planc, plans) == []
    assert (project / "generated/test_my_small.py").exists()


def test_plans_with_mistakes_are_told_instead(project: Path, planc: Planc) -> None:
    plan = project / "plans/small.plan"
    plan.write_text(plan.read_text().replace("wait 10ms", "wiat 10ms"))
    assert [path for _, path in told(planc)] == ["plans/small.plan"]


def test_forges_read_it(project: Path, planc: Planc) -> None:
    arguments = ("compile", "--check", "--output-format")
    (run,) = require_sarif(planc(*arguments, "sarif").out)["runs"]
    assert [each["ruleId"] for each in run["results"]] == ["PLC0705"]
    (row,) = require_gitlab(planc(*arguments, "gitlab").out)
    assert row["location"]["path"] == "plans/small.plan"
    assert planc(*arguments, "github").out.startswith("::error file=plans/small.plan,line=1")


@pytest.mark.parametrize("output_format", ["json", "sarif", "gitlab"])
def test_a_document_is_all_that_comes_out(project: Path, planc: Planc, output_format: str) -> None:
    done = planc("compile", "--output-format", output_format)
    assert done.status == 0
    json.loads(done.out)
    assert MODULE.exists()
