"""A project in a git repository of its own, and planc as it is installed beside these tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLAN = """plan "Small things happen"

scenario "a moment passes" {
  covers small-moment
  wait 10ms
}

scenario "this is so" {
  covers small-truth
  let one = 1
  expect one == 1
}
"""
NOBODY = {
    "GIT_AUTHOR_NAME": "nobody",
    "GIT_AUTHOR_EMAIL": "nobody@example.org",
    "GIT_COMMITTER_NAME": "nobody",
    "GIT_COMMITTER_EMAIL": "nobody@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def environment(**more: str) -> dict[str, str]:
    """Return an environment in which `planc` is the one under test."""
    programs = str(Path(sys.executable).parent)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    path = os.pathsep.join([programs, os.environ.get("PATH", os.defpath)])
    return {**inherited, **NOBODY, "PATH": path, "NO_COLOR": "1", **more}


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder: Path, message: str = "a step") -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)
    return git(folder, "rev-parse", "HEAD")


def make_repository(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(folder, "init", "-q", "-b", "main")
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A project with one plan and its module, committed on main."""
    folder = tmp_path / "project"
    folder.mkdir()
    make_repository(
        folder,
        {
            "plans/small.plan": PLAN,
            "planc.yaml": "backend: sim\n",
            ".gitignore": ".planc/\nreports/\n__pycache__/\n",
        },
    )
    subprocess.run(["planc", "compile"], cwd=folder, env=environment(), check=True)
    commit(folder)
    return folder
