"""Small projects, and planc called as a user calls it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from planc.cli.main import main

PLAN = """plan "Small things happen" {
  owner "us"
  tags  small
}

scenario "a moment passes" {
  covers con-lifecycle
  wait 10ms
}

scenario "this is so" {
  let one = 1
  expect one == 1
}
"""


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str


Planc = Callable[..., Done]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one plan; the current folder is its root."""
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans/small.plan").write_text(PLAN)
    (tmp_path / "planc.yaml").write_text("backend: sim\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def planc(capfd: pytest.CaptureFixture[str]) -> Planc:
    """Run a command line in this process. A traceback is never what a user should see."""

    def call(*arguments: str) -> Done:
        status = main(list(arguments))
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        assert "defect" not in err, err
        return Done(status, out, err)

    return call
