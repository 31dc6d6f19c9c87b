"""The action and the template from the outside: run by runners of GitHub's and of GitLab's formats.

`act` runs the workflow of docs/ci as it stands, and in it the whole action, which installs planc
and works in a clone. What GitHub's own actions and its `gh` do is done by stand-ins of a few lines
(tests/ci/runners). `gitlab-ci-local` runs the jobs of the template. They take a minute or two,
so only who has run tests/ci/runners/install waits for it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from lxml import etree
from tests.support.schemas import require_gitlab, require_sarif

from .conftest import ROOT, commit, environment, git

RUNNERS = Path(__file__).parent / "runners"
ACT = RUNNERS / "bin/act"
GITLAB = RUNNERS / "node_modules/.bin/gitlab-ci-local"
WORKFLOW = ROOT / "docs/ci/plans.github-workflow.yml"
TEMPLATE = ROOT / "docs/ci/planc.gitlab-ci.yml"
PULL_REQUEST = '{"number": 7, "pull_request": {"number": 7, "base": {"ref": "main"}}}'


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What pip and `uses: planc/planc@main` find: the sources as they are, and nothing else."""
    folder = tmp_path_factory.mktemp("sources")
    for name in ("compiler", "grammar", "runtime"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("node_modules"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "action.yml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python without planc; what planc depends on is borrowed from ours."""
    folder = tmp_path_factory.mktemp("python") / "env"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = folder / "lib" / version / "site-packages"
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def change(project: Path, before: str, after: str) -> None:
    """Commit a change of the plan on a branch of its own."""
    plan = project / "plans/small.plan"
    text = plan.read_text()
    assert before in text
    plan.write_text(text.replace(before, after))
    git(project, "checkout", "-q", "-B", "topic")
    commit(project, "a change")


# --- GitHub -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Job:
    status: int
    log: str
    kept: Path

    @property
    def comment(self) -> str:
        return (self.kept / "comment.md").read_text()

    def ended(self, step: str) -> str:
        """Return how a step of the action ended: Success, Failure; empty when it was left out."""
        found = re.search(rf"(Success|Failure) - Main {re.escape(step)} \[", self.log)
        return found[1] if found else ""


def act(project: Path, scratch: Path, source: Path, programs: Path, text: str = "") -> Job:
    """Run the documented workflow for a pull request, in a clone that the runner makes."""
    workflow = scratch / "plans.yml"
    workflow.write_text(text or WORKFLOW.read_text())
    (scratch / "event.json").write_text(PULL_REQUEST)
    kept = scratch / "kept"
    kept.mkdir()
    replaced = {
        "actions/checkout@v4": RUNNERS / "actions/checkout",
        "actions/setup-python@v5": RUNNERS / "actions/setup-python",
        "actions/upload-artifact@v4": RUNNERS / "actions/upload-artifact",
        "github/codeql-action@v3": RUNNERS / "actions",
        "planc/planc@main": source,
    }
    command = [str(ACT), "pull_request", "-W", str(workflow), "-e", str(scratch / "event.json")]
    command += ["-P", "ubuntu-24.04=-self-hosted", "--no-skip-checkout", "--no-cache-server"]
    command += [f"--local-repository={name}={path}" for name, path in replaced.items()]
    command += ["--env", f"KEEP={kept}", "--env", f"SOURCE={project}"]
    path = os.pathsep.join([str(programs), str(RUNNERS), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        command,
        cwd=project,
        env=environment() | {"PATH": path, "XDG_CACHE_HOME": str(scratch / "cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Job(done.returncode, done.stdout, kept)


needs_act = pytest.mark.skipif(not ACT.exists(), reason="needs act: tests/ci/runners/install")


@needs_act
def test_a_pull_request_that_may_be_merged(
    repository: Path, tmp_path: Path, source: Path, programs: Path
) -> None:
    change(repository, "wait 10ms", "wait 30ms")
    subprocess.run(["planc", "compile"], cwd=repository, env=environment(), check=True)
    commit(repository, "compiled")
    job = act(repository, tmp_path, source, programs)
    assert job.status == 0, job.log
    assert "different" in job.comment
    assert "--edit-last" in (job.kept / "gh.txt").read_text()
    for name in ("check", "lint"):
        text = (job.kept / f"sarif/{name}.sarif").read_text()
        assert require_sarif(text)["runs"][0]["results"] == []
    assert (job.kept / "artifact/index.html").exists()
    assert len(etree.parse(job.kept / "artifact/small/junit.xml").findall(".//testcase")) == 2
    assert "Summary - " in job.log
    assert "## planc: 2 passed" in job.log
    assert "::set-output:: status=passed" in job.log
    assert "::error" not in job.log
    # A build server keeps every frame of what moves.
    assert "\x1b[2K" not in job.log


@needs_act
def test_a_pull_request_that_may_not(
    repository: Path, tmp_path: Path, source: Path, programs: Path
) -> None:
    """Weaker, unformatted, with a finding and a scenario that fails: each is told."""
    change(repository, "  covers small-truth\n  let one = 1\n  expect one == 1", "  expect 2 == 1")
    job = act(repository, tmp_path, source, programs)
    assert job.status == 1, job.log
    ends = {
        "Check the plans": "Success",
        "Formatting and generated modules": "Failure",
        "Lint the plans": "Failure",
        "Compare the plans": "Failure",
        "Run the plans": "Failure",
    }
    assert {step: job.ended(step) for step in ends} == ends
    assert "::error file=generated/test_small.py" in job.log
    assert "::warning file=plans/small.plan,line=8,endLine=8" in job.log
    assert re.search(r"::error file=plans/small\.plan,.*title=planc PLC0801::weaker", job.log)
    assert "weaker" in job.comment
    assert "## planc: 1 failed, 1 passed" in job.log
    assert "::set-output:: status=failed" in job.log
    assert (job.kept / "artifact/index.html").exists()
    assert require_sarif((job.kept / "sarif/lint.sarif").read_text())["runs"][0]["results"] != []


@needs_act
def test_nothing_of_a_broken_plan_is_run(
    repository: Path, tmp_path: Path, source: Path, programs: Path
) -> None:
    change(repository, "wait 10ms", "wait 10")
    job = act(repository, tmp_path, source, programs)
    assert job.status == 1, job.log
    assert "::error file=plans/small.plan,line=5," in job.log
    assert job.ended("Check the plans") == "Failure"
    assert job.ended("Compare the plans") == "Failure"
    assert job.ended("Run the plans") == ""
    assert "Not compared" in job.comment


# --- GitLab -------------------------------------------------------------------------------------


def gitlab(
    project: Path, programs: Path, *jobs: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    command = ["node", str(GITLAB), "--force-shell-executor", "--shell-isolation"]
    command += ["--concurrency", "1", "--no-color", *jobs]
    for name, value in variables.items():
        command += ["--variable", f"{name}={value}"]
    path = os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)])
    return subprocess.run(
        command,
        cwd=project,
        env=environment() | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.skipif(
    not GITLAB.exists() or shutil.which("rsync") is None,
    reason="needs gitlab-ci-local and rsync: tests/ci/runners/install",
)
def test_a_pipeline(repository: Path, tmp_path: Path, source: Path, programs: Path) -> None:
    """Check, lint and run, each in an isolated copy of the project, with planc installed anew."""
    shutil.copy(TEMPLATE, repository)
    settings = {
        "include": [{"local": TEMPLATE.name}],
        "variables": {"PLANC_ON": "sim", "PLANC_INSTALL": str(source)},
    }
    (repository / ".gitlab-ci.yml").write_text(yaml.safe_dump(settings))
    git(repository, "remote", "add", "origin", "git@gitlab.example.org:team/project.git")
    commit(repository, "the pipeline")
    done = gitlab(repository, programs, "planc:check", "planc:lint", "planc:run")
    assert done.returncode == 0, done.stdout
    artifacts = repository / ".gitlab-ci-local/artifacts"
    (junit,) = artifacts.glob("*run/reports/small/junit.xml")
    assert len(etree.parse(junit).findall(".//testcase")) == 2
    # What GitLab itself takes from the folder of a job, this runner leaves there.
    folders = repository / ".gitlab-ci-local/builds"
    reports = list(folders.glob("*/gl-code-quality-report.json"))
    assert [require_gitlab(each.read_text()) for each in reports] == [[], []]

    change(repository, "  covers small-truth\n  let one = 1\n  expect one == 1", "  expect 2 == 1")
    for job in ("planc:check", "planc:lint", "planc:run"):
        done = gitlab(repository, programs, job)
        assert done.returncode == 1, done.stdout
        assert f"FAIL  {job}" in done.stdout
    (report,) = folders.glob("*lint/gl-code-quality-report.json")
    assert [each["location"]["path"] for each in require_gitlab(report.read_text())]
    (junit,) = artifacts.glob("*run/reports/small/junit.xml")
    assert len(etree.parse(junit).findall(".//failure")) == 1
