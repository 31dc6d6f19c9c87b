"""action.yml: valid for GitHub, and each of its scripts does in a project what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.support.schemas import require_sarif

from .conftest import ROOT, commit, git
from .workflow import ACTION, Action

RUNS = {step["id"]: step["run"] for step in ACTION["runs"]["steps"] if "run" in step}


@pytest.fixture
def action(repository: Path, tmp_path: Path) -> Action:
    scratch = tmp_path / "runner"
    scratch.mkdir()
    return Action(repository, scratch)


def change(project: Path, before: str, after: str) -> None:
    plan = project / "plans/small.plan"
    text = plan.read_text()
    assert before in text
    plan.write_text(text.replace(before, after))


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("vendor.github-actions", "action.yml"),
        ("vendor.github-workflows", "docs/ci/plans.github-workflow.yml"),
    ],
)
def test_github_accepts_it(schema: str, path: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    subprocess.run([*command, str(ROOT / path)], check=True)


def test_the_example_uses_what_there_is() -> None:
    text = (ROOT / "docs/ci/plans.github-workflow.yml").read_text()
    steps = yaml.safe_load(text)["jobs"]["plans"]["steps"]
    (used,) = [step for step in steps if step.get("id") == "planc"]
    assert set(used["with"]) <= set(ACTION["inputs"])
    assert set(re.findall(r"steps\.planc\.outputs\.(\w+)", text)) <= set(ACTION["outputs"])


@pytest.mark.parametrize("name", RUNS)
def test_no_script_holds_what_others_can_write(name: str) -> None:
    assert "${{" not in RUNS[name]


def test_every_input_is_used_and_every_output_is_made() -> None:
    text = (ROOT / "action.yml").read_text()
    steps = text.partition("\nruns:")[2]
    for name in ACTION["inputs"]:
        assert re.search(rf"inputs\.{re.escape(str(name))}\b", steps), name
    for output in ACTION["outputs"].values():
        step, name = re.findall(r"steps\.(\w+)\.outputs\.(\w+)", output["value"])[0]
        assert f'echo "{name}=' in RUNS[step]


def test_a_clean_project(action: Action) -> None:
    for name in ("check", "drift", "lint", "diff"):
        step = action.run(name)
        assert (step.status, step.out) == (0, ""), name
    folder = Path(action.steps["check"].outputs["sarif"])
    for file in ("check.sarif", "lint.sarif"):
        assert require_sarif((folder / file).read_text())["runs"][0]["results"] == []
    assert "comment" not in action.steps["diff"].outputs


def test_mistakes_are_annotations(action: Action) -> None:
    change(action.project, "wait 10ms", "wait 10")
    step = action.run("check")
    assert step.status == 1
    assert step.out.startswith("::error file=plans/small.plan,line=5,")
    sarif = require_sarif((Path(step.outputs["sarif"]) / "check.sarif").read_text())
    assert len(sarif["runs"][0]["results"]) == 1


def test_a_project_in_a_folder_is_annotated_there(action: Action) -> None:
    change(action.project, "wait 10ms", "wait 10")
    action.inputs = {"working-directory": "project"}
    action.project = action.project.parent
    step = action.run("check")
    assert step.out.startswith("::error file=project/plans/small.plan,line=5,")
    sarif = require_sarif((Path(step.outputs["sarif"]) / "check.sarif").read_text())
    (result,) = sarif["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "project/plans/small.plan"


def test_what_has_drifted_is_told_of_all_kinds(action: Action) -> None:
    change(action.project, "  wait 10ms", "      wait 20ms")
    step = action.run("drift")
    assert step.status == 1
    assert "file=plans/small.plan,line=5" in step.out
    assert "file=generated/test_small.py" in step.out


def test_lint_fails_the_job(action: Action) -> None:
    change(action.project, "  covers small-truth\n", "")
    action.run("check")
    step = action.run("lint")
    assert step.status == 1
    assert "::warning file=plans/small.plan" in step.out


def test_a_pull_request_gets_a_comment(action: Action) -> None:
    """From a clone of depth 1, as actions/checkout makes it: the base is fetched."""
    change(action.project, "expect one == 1", "expect one >= 1")
    git(action.project, "checkout", "-q", "-b", "topic")
    commit(action.project)
    clone = action.scratch / "clone"
    source = action.project.as_uri()
    git(action.scratch, "clone", "-q", "--depth", "1", "--branch", "topic", source, str(clone))
    action.project = clone
    action.environment = {"GITHUB_BASE_REF": "main"}
    step = action.run("diff")
    assert step.status == 0, step.out
    comment = Path(step.outputs["comment"]).read_text()
    assert "plans/small.plan" in comment
    assert "weaker" in comment
    assert comment in action.summary
    assert "::warning file=plans/small.plan,line=11," in step.out


def test_a_comparison_can_fail_the_job_and_still_tells(action: Action) -> None:
    change(action.project, "\n  expect one == 1", "")
    action.inputs = {"against": "main", "fail-on": "weaker"}
    step = action.run("diff")
    assert step.status == 1
    assert "weaker" in action.summary
    assert "comment" in step.outputs


def test_a_base_that_is_not_there_is_said(action: Action) -> None:
    action.inputs = {"against": "nowhere"}
    step = action.run("diff")
    assert step.status == 2
    assert "nowhere" in step.out
    assert "comment" not in step.outputs


def test_a_run_leaves_reports_and_a_summary(action: Action) -> None:
    action.inputs = {"on": "sim", "paths": "plans/small.plan", "arguments": "--seed 7"}
    step = action.run("run")
    assert step.status == 0, step.out
    assert step.outputs["status"] == "passed"
    assert (Path(step.outputs["reports"]) / "summary.json").exists()
    assert "a moment passes" in action.summary


def test_a_run_that_fails(action: Action) -> None:
    change(action.project, "expect one == 1", "expect one == 2")
    step = action.run("run")
    assert (step.status, step.outputs["status"]) == (1, "failed")
    assert "this is so" in action.summary


@pytest.mark.parametrize(("wanted", "status"), [("fail", 3), ("pass", 0)])
def test_a_run_that_proves_nothing(action: Action, wanted: str, status: int) -> None:
    """planc is replaced here: what is tested is what becomes of its status."""
    fake = action.scratch / "planc"
    fake.write_text("#!/bin/sh\nexit 3\n")
    fake.chmod(0o755)
    action.environment = {"BASH_ENV": str(action.scratch / "path.sh")}
    (action.scratch / "path.sh").write_text(f'PATH="{action.scratch}:$PATH"\n')
    action.inputs = {"inconclusive": wanted}
    step = action.run("run")
    assert (step.status, step.outputs["status"]) == (status, "inconclusive")
    assert ("::warning" in step.out) == (wanted == "pass")


def test_what_others_write_is_not_executed(action: Action) -> None:
    action.inputs = {"paths": "$(touch owned) `touch owned` plans; touch owned"}
    for name in ("check", "drift", "run"):
        assert action.run(name).status != 0
    assert not (action.project / "owned").exists()
