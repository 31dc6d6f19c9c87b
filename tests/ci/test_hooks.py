"""The hooks, run by pre-commit itself in a repository of a user."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .conftest import ROOT, commit, environment, git, make_repository

HOOKS = ROOT / ".pre-commit-hooks.yaml"
IDS = [hook["id"] for hook in yaml.safe_load(HOOKS.read_text())]
SOURCES = ("compiler", "grammar", "runtime")


def pre_commit(folder: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(PRE_COMMIT_HOME=str(home), PRE_COMMIT_COLOR="never"),
        capture_output=True,
        text=True,
        check=False,
    )


def configure(folder: Path, source: Path, revision: str, **more: str) -> None:
    hooks = [{"id": each, **more} for each in IDS]
    config = {"repos": [{"repo": str(source), "rev": revision, "hooks": hooks}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))


@pytest.fixture
def hooked(repository: Path, tmp_path: Path) -> Path:
    """The project with the hooks installed; they run the planc that is already there."""
    source = make_repository(tmp_path / "hooks", {HOOKS.name: HOOKS.read_text()})
    configure(repository, source, commit(source), language="system")
    done = pre_commit(repository, tmp_path / "home", "install")
    assert done.returncode == 0, done.stderr
    return repository


def try_commit(folder: Path) -> tuple[int, dict[str, str], str]:
    """Commit everything; return the status, what became of each hook, and what they said."""
    git(folder, "add", "-A")
    done = subprocess.run(
        ["git", "commit", "-q", "-m", "a change"],
        cwd=folder,
        env=environment(PRE_COMMIT_HOME=str(folder.parent / "home"), PRE_COMMIT_COLOR="never"),
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    results = re.findall(r"^(planc [a-z -]+?)\.{3,}(?:\(.*\))?(\w+)$", said, re.MULTILINE)
    return done.returncode, dict(results), said


def test_the_manifest_is_one(tmp_path: Path) -> None:
    done = pre_commit(tmp_path, tmp_path, "validate-manifest", str(HOOKS))
    assert done.returncode == 0, done.stdout
    assert IDS == ["planc-fmt", "planc-check", "planc-lint", "planc-compile"]


def test_a_good_change_is_committed(hooked: Path) -> None:
    plan = hooked / "plans/small.plan"
    plan.write_text(plan.read_text().replace("10ms", "20ms"))
    subprocess.run(["planc", "compile"], cwd=hooked, env=environment(), check=True)
    status, results, said = try_commit(hooked)
    assert status == 0, said
    assert set(results.values()) == {"Passed"}
    assert len(results) == len(IDS)


def test_what_has_nothing_to_do_with_plans_costs_nothing(hooked: Path) -> None:
    (hooked / "README.md").write_text("hello\n")
    status, results, said = try_commit(hooked)
    assert status == 0, said
    assert set(results.values()) == {"Skipped"}


def test_space_is_put_right_and_staged_anew(hooked: Path) -> None:
    plan = hooked / "plans/small.plan"
    wanted = plan.read_text()
    plan.write_text(wanted.replace("  wait", "      wait"))
    status, results, said = try_commit(hooked)
    assert (status, results["planc fmt"]) == (1, "Failed")
    assert "files were modified by this hook" in said
    assert plan.read_text() == wanted


def test_a_mistake_is_not_committed(hooked: Path) -> None:
    plan = hooked / "plans/small.plan"
    plan.write_text(plan.read_text().replace("wait 10ms", "wait 10"))
    status, results, said = try_commit(hooked)
    assert (status, results["planc check"]) == (1, "Failed")
    assert "did you mean" in said


def test_a_stale_module_is_not_committed(hooked: Path) -> None:
    plan = hooked / "plans/small.plan"
    plan.write_text(plan.read_text().replace("10ms", "20ms"))
    status, results, said = try_commit(hooked)
    assert (status, results["planc compile --check"]) == (1, "Failed")
    assert "`planc compile plans/small.plan` writes it anew" in said


def test_the_hooks_install_planc(repository: Path, tmp_path: Path) -> None:
    """As for a user: pre-commit makes an environment and installs planc from the repository."""
    if not os.environ.get("PLANC_REQUIRE_SYSTEMS"):
        pytest.skip("installs planc with all it needs: PLANC_REQUIRE_SYSTEMS=1 pytest tests/ci")
    source = tmp_path / "planc"
    for name in SOURCES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", HOOKS.name):
        shutil.copy(ROOT / name, source / name)
    make_repository(source, {})
    configure(repository, source, commit(source))
    done = pre_commit(repository, tmp_path / "home", "run", "--all-files", "planc-check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout
