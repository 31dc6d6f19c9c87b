"""The GitLab template: valid for GitLab, and each job leaves the reports that it promises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lxml import etree
from tests.support.schemas import require_gitlab

from .conftest import ROOT, commit, git
from .workflow import GITLAB, run_job

TEMPLATE = ROOT / "docs/ci/planc.gitlab-ci.yml"
REPORT = "gl-code-quality-report.json"


def test_gitlab_accepts_it() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    subprocess.run([*command, "vendor.gitlab-ci", str(TEMPLATE)], check=True)


def test_every_job_inherits_a_template() -> None:
    jobs = {name: job for name, job in GITLAB.items() if name.startswith("planc:")}
    assert set(jobs) == {"planc:check", "planc:lint", "planc:diff", "planc:run"}
    assert all(job["extends"] in GITLAB for job in jobs.values())
    assert GITLAB[".planc-findings"]["artifacts"]["reports"]["codequality"] == REPORT


def test_findings_are_reports(repository: Path) -> None:
    for job in ("planc:check", "planc:lint"):
        done = run_job(job, repository)
        assert done.returncode == 0, done.stdout + done.stderr
        assert require_gitlab((repository / REPORT).read_text()) == []
    plan = repository / "plans/small.plan"
    plan.write_text(plan.read_text().replace("wait 10ms", "wait 10"))
    done = run_job("planc:check", repository)
    assert done.returncode == 1
    assert "did you mean" in done.stdout
    (issue,) = require_gitlab((repository / REPORT).read_text())
    assert issue["location"] == {"path": "plans/small.plan", "lines": {"begin": 5, "end": 5}}


def test_a_merge_request_is_compared(repository: Path, tmp_path: Path) -> None:
    git(repository, "checkout", "-q", "-b", "topic")
    plan = repository / "plans/small.plan"
    plan.write_text(plan.read_text().replace("\n  expect one == 1", ""))
    commit(repository)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--branch", "topic", repository.as_uri(), str(clone))
    variables = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    done = run_job("planc:diff", clone, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert require_gitlab((clone / REPORT).read_text()) != []
    assert "weaker" in (clone / "planc-diff.md").read_text()
    done = run_job("planc:diff", clone, **variables, PLANC_FAIL_ON="weaker")
    assert done.returncode == 1
    assert "weaker" in done.stdout


def test_a_run_leaves_junit(repository: Path) -> None:
    done = run_job("planc:run", repository, PLANC_ON="sim")
    assert done.returncode == 0, done.stdout + done.stderr
    pattern = GITLAB["planc:run"]["artifacts"]["reports"]["junit"]
    files = list(repository.glob(pattern))
    assert files
    suite = etree.parse(files[0]).getroot()
    assert len(suite.findall(".//testcase")) == 2
