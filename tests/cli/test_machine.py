"""What this machine does not allow is said before anything starts; who brings backends is known."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Planc

from planc.cli import machine
from support import denied

PLAN = """plan "Lossy" {
  owner "us"
  tags  small
}

service sleeper {
  command "sleep 1000"
}

cluster store {
  nodes 3 of sleeper
}

scenario "some are lost" {
  covers con-lifecycle
  drop 5% on links of all of store for 1s
}
"""


@pytest.fixture(autouse=True)
def lossy(project: Path) -> None:
    (project / "plans/lossy.plan").write_text(PLAN)


def test_what_a_rung_lacks_is_named_with_what_would_lift_it(
    planc: Planc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANC_LOCAL_RUNG", "redirect")

    done = planc("check", "--on", "local")

    assert done.status == 1
    assert "PLC0605" in done.out
    assert "connections are led as streams" in done.out
    assert "stands on the rung `redirect` here" in done.out
    assert "leave PLANC_LOCAL_RUNG unset" in done.out


def test_other_backends_ask_no_machine(planc: Planc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "MODULE", "no_such_module")

    assert planc("check", "--on", "sim").status == 0
    assert planc("check").status == 0


def test_a_machine_that_refuses_is_quoted(project: Path) -> None:
    here = [sys.executable, denied.__file__, "unshare", sys.executable, "-m", "planc"]
    done = subprocess.run(
        [*here, "check", "--on", "local"], cwd=project, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1, done.stderr
    assert "no network of our own: unshare: Operation not permitted" in done.stdout
    assert "docker run --cap-add SYS_ADMIN" in done.stdout


def test_good_news_are_remembered_and_bad_ones_never(
    project: Path, planc: Planc, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    answer = {"backends": {"local": {"rung": "root", "missing": {}, "remedies": []}}}

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, json.dumps(answer), "")

    monkeypatch.setattr(machine.subprocess, "run", run)
    assert planc("check", "--on", "local").status == 0
    assert planc("check", "--on", "local").status == 0
    assert len(asked) == 1

    answer["backends"]["local"]["missing"] = {"drop": "no bridge"}
    monkeypatch.setenv("PLANC_LOCAL_RUNG", "userns")
    assert planc("check", "--on", "local").status == 1
    assert planc("check", "--on", "local").status == 1
    assert len(asked) == 3


@pytest.mark.parametrize(
    "kept",
    [
        {"backends": {"local": {"rung": "root", "missing": {}}}},
        {"backends": {"local": {"rung": "root", "missing": [], "remedies": []}}},
        {"backends": {"local": "root"}},
        {"backends": ["local"]},
        {"rung": "root"},
        ["local"],
    ],
)
def test_an_answer_of_another_shape_counts_as_absent(
    project: Path, planc: Planc, monkeypatch: pytest.MonkeyPatch, kept: object
) -> None:
    answer = {"backends": {"local": {"rung": "root", "missing": {}, "remedies": []}}}

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 0, json.dumps(answer), "")

    monkeypatch.setattr(machine.subprocess, "run", run)
    assert planc("check", "--on", "local").status == 0
    file = project / ".planc/machine.json"
    fresh = json.loads(file.read_text())
    file.write_text(json.dumps({**fresh, "found": kept}))

    assert planc("check", "--on", "local").status == 0
    assert json.loads(file.read_text()) == fresh


def test_a_rung_that_does_not_exist_is_a_mistake_of_the_user(
    planc: Planc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANC_LOCAL_RUNG", "ladder")

    done = planc("check", "--on", "local")

    assert done.status == 2
    assert "there is no rung 'ladder'" in done.err
    assert "root, userns, redirect, loopback" in done.err


# --- backends of others -------------------------------------------------------------------------


@pytest.fixture
def brought(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package with a backend whose module breaks whoever imports it."""
    folder = tmp_path_factory.mktemp("installed")
    (folder / "lunar.py").write_text("raise ImportError('no moon today')")
    info = folder / "lunar-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lunar\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[planc.backends]\nmoon = lunar:Moon\n")
    monkeypatch.syspath_prepend(folder)
    return folder


@pytest.mark.usefixtures("brought")
def test_a_backend_of_somebody_else_is_known_by_name(planc: Planc) -> None:
    assert planc("check", "--on", "moon").status == 0


ELSEWHERE = """
scenario "there" {
  only on moon
  wait 1ms
}

scenario "here" {
  skip on moon "there is no air"
  wait 1ms
}
"""


@pytest.mark.usefixtures("brought")
def test_scenarios_may_be_meant_for_a_backend_of_somebody_else(planc: Planc, project: Path) -> None:
    small = project / "plans" / "small.plan"
    small.write_text(small.read_text() + ELSEWHERE)

    assert planc("check").status == 0
    assert planc("check", "--on", "moon").status == 0
    done = planc("run", "--on", "sim", "--no-coverage")
    assert done.status == 0, done.out
    assert "skipped      small.plan" in done.out


def test_a_backend_that_nobody_brings_is_no_name_for_a_scenario(
    planc: Planc, project: Path
) -> None:
    small = project / "plans" / "small.plan"
    small.write_text(small.read_text() + ELSEWHERE)
    done = planc("check")

    assert done.status == 1
    assert done.out.count("there is no backend `moon`") == 2


@pytest.mark.usefixtures("brought")
def test_a_backend_that_nobody_brings_is_likened_to_all_there_are(planc: Planc) -> None:
    done = planc("check", "--on", "moom")

    assert done.status == 2
    assert "there is no backend `moom`" in done.err
    assert "did you mean `moon`?" in done.err


def test_a_run_hands_the_backend_of_somebody_else_to_the_runtime(
    project: Path, brought: Path
) -> None:
    """The module is imported where it is needed: by the run, which says that it broke."""
    env = {**os.environ, "PYTHONPATH": str(brought)}
    command = [sys.executable, "-m", "planc", "run", "plans/small.plan", "--on", "moon"]
    done = subprocess.run(
        command, cwd=project, env=env, capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert "the backend 'moon' of lunar 1.0 cannot be loaded: no moon today" in done.stdout


def test_a_machine_without_an_engine_is_told_what_brings_one(
    planc: Planc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")

    done = planc("check", "--on", "docker")

    assert done.status == 1
    assert "on this machine: no engine of containers answers" in done.out
    assert "what would lift it:" in done.out
