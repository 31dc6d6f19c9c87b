"""planc run and planc mutate from the outside: verdicts, files, exit codes, interruptions."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planc.cli.errors import UsageError
from planc.cli.running.events import Progress, Started
from planc.cli.running.session import Ended, Settings
from planc.cli.verbs.run import status_of

Planc = Callable[..., Any]

FAILING = """
scenario "this is not so" {
  let one = 1
  expect one == 2
}
"""
STOPPED = """
scenario "somebody stops it" {
  python "stopping:stop"()
  wait 10ms
}
"""
STOPPING = """
import os, signal

def stop():
    os.kill(os.{who}(), signal.{signal})
    signal.pause()
"""


def add(project: Path, text: str) -> None:
    plan = project / "plans/small.plan"
    plan.write_text(plan.read_text() + text)


def summary(project: Path, test: str) -> dict[str, Any]:
    path = project / "reports/small/scenarios" / test / "summary.json"
    data: dict[str, Any] = json.loads(path.read_text())
    return data


def test_a_green_run(project: Path, planc: Planc) -> None:
    done = planc("run", "--seed", "7")
    assert done.status == 0, done
    assert "2 passed" in done.out
    assert "on sim, seed 7" in done.out
    assert "report: reports/index.html" in done.out
    assert "junit:  reports/small/junit.xml" in done.out
    assert (project / "reports/index.html").exists()
    assert (project / "generated/test_small.py").exists()


def test_a_failure_shows_line_measured_wanted_and_replay(project: Path, planc: Planc) -> None:
    add(project, FAILING)
    done = planc("run")
    assert done.status == 1
    assert "small.plan:18  expect one == 2" in done.out
    assert "2 passed" in done.out
    [replay] = [line for line in done.out.splitlines() if "replay: " in line]
    again = planc(*replay.split("replay: planc ")[1].split())
    assert again.status == 1
    assert "1 failed" in again.out


@pytest.mark.parametrize(
    ("arguments", "total"),
    [
        (["-k", "moment"], "1 passed"),
        (["-m", "small"], "1 failed, 2 passed"),
        (["-n", "2"], "1 failed, 2 passed"),
        (["--", "--deselect", "generated/test_small.py::test_this_is_not_so"], "2 passed"),
    ],
)
def test_selecting(project: Path, planc: Planc, arguments: list[str], total: str) -> None:
    add(project, FAILING)
    assert total in planc("run", *arguments).out


def test_the_table_follows_the_plans(project: Path, planc: Planc) -> None:
    plan = project / "plans/small.plan"
    for number in range(6):
        (project / f"plans/p{number}.plan").write_text(plan.read_text())
    done = planc("run", "-n", "2")
    table = done.out.partition("verdict ")[2].splitlines()[1:]
    plans = [line.split()[3] for line in table if line.startswith("passed ")]
    assert plans == sorted(plans)
    assert len(plans) == 14
    assert "junit:  reports/*/**/junit.xml (7 files)" in done.out


def test_several_processes_need_a_plug_in(
    project: Path, planc: Planc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xdist", None)
    done = planc("run", "-n", "2")
    assert done.status == 2
    assert "pip install pytest-xdist" in done.err


def test_nothing_selected(project: Path, planc: Planc) -> None:
    done = planc("run", "-k", "nothing")
    assert done.status == 2
    assert "no scenario was selected" in done.err


@pytest.mark.parametrize("verb", ["run", "mutate"])
def test_a_library_is_not_run_by_itself(project: Path, planc: Planc, verb: str) -> None:
    (project / "plans/parts.plan").write_text('library "parts"\n\nlet enough = 5s\n')
    (project / "test_of_somebody_else.py").write_text("raise SystemExit('this must not be run')\n")
    done = planc(verb, "plans/parts.plan")
    assert done.status == 2
    assert "no scenario stands in what was named" in done.err
    assert not (project / "reports").exists()


def test_repeating_shows_the_flake_rate(project: Path, planc: Planc) -> None:
    done = planc("run", "--repeat", "3", "-k", "moment")
    assert done.status == 0
    assert "0.0% to 56.1%" in done.out


def test_a_typo_runs_nothing(project: Path, planc: Planc) -> None:
    add(project, FAILING.replace("expect", "expct"))
    done = planc("run")
    assert done.status == 1
    assert "did you mean `expect`?" in done.out
    assert not (project / "reports").exists()


def test_reports_that_cannot_be_written(project: Path, planc: Planc) -> None:
    (project / "reports").write_text("a file")
    done = planc("run")
    assert done.status == 2
    assert "the reports can't be written" in done.err
    assert "--reports DIR" in done.err


@pytest.mark.parametrize("folder", ["/proc/none/x", "/dev/null/x"])
def test_a_place_where_nothing_can_be(project: Path, planc: Planc, folder: str) -> None:
    for verb in ("run", "mutate"):
        done = planc(verb, "--reports", folder)
        assert done.status == 2
        assert "the reports can't be written" in done.err


def test_a_report_that_becomes_unwritable_while_it_runs(project: Path, planc: Planc) -> None:
    """A folder in the place of a file is what even root can't write over."""
    planc("run", "-k", "moment")
    (project / "reports/index.html").unlink()
    (project / "reports/index.html/x").mkdir(parents=True)
    done = planc("run", "-k", "moment")
    assert done.status == 2
    assert "index.html" in done.err
    assert (project / "reports/small/junit.xml").exists()


def test_a_broken_conftest_shows_what_pytest_says(project: Path, planc: Planc) -> None:
    (project / "conftest.py").write_text("import nothing_like_this\n")
    done = planc("run")
    assert done.status == 2
    assert "nothing_like_this" in done.err
    assert "its output is in reports/pytest.log" in done.err


@pytest.mark.parametrize(
    ("who", "name"), [("getpid", "SIGINT"), ("getpid", "SIGKILL"), ("getppid", "SIGTERM")]
)
def test_a_run_that_is_stopped(project: Path, planc: Planc, who: str, name: str) -> None:
    add(project, STOPPED)
    (project / "plans/stopping.py").write_text(STOPPING.format(who=who, signal=name))
    command = [sys.executable, "-m", "planc", "run"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=project, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "2 passed" in done.stdout
    assert "1 interrupted" in done.stdout
    assert summary(project, "test_somebody_stops_it")["verdict"] == "interrupted"
    assert 'type="interrupted"' in (project / "reports/small/junit.xml").read_text()


def test_when_planc_is_killed_its_run_ends(project: Path) -> None:
    add(project, STOPPED.replace("wait 10ms", 'python "stopping:wait"()'))
    (project / "plans/stopping.py").write_text(
        "import os, signal\n\n"
        "def stop():\n"
        "    open('pid', 'w').write(str(os.getpid()))\n"
        "    os.kill(os.getppid(), signal.SIGKILL)\n\n"
        "def wait():\n    signal.pause()\n"
    )
    command = [sys.executable, "-m", "planc", "run"]
    with subprocess.Popen(
        command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        process.stdout.read()
    assert process.returncode == -signal.SIGKILL
    assert gone(int((project / "pid").read_text()), within=30)


def gone(pid: int, within: float) -> bool:
    """Wait for the end of a process that is not a child of ours."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], within)[0])
    finally:
        os.close(watched)


STARTER_CAUGHT = {
    "first.plan:20": {"stale_read": "caught"},
    "first.plan:30": {"memory_only": "caught"},
}


def test_the_starter_projects_bugs_are_caught(
    tmp_path: Path, planc: Planc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    planc("init")
    done = planc("mutate")
    assert done.status == 0, done
    assert "every planted bug is caught" in done.out
    matrix = json.loads((tmp_path / "reports/mutate/matrix.json").read_text())
    assert {row["line"]: row["bugs"] for row in matrix["scenarios"]} == STARTER_CAUGHT
    by = [catch for row in matrix["scenarios"] for [catch] in row["caught_by"].values()]
    assert [(catch["text"], catch["concern"]) for catch in by] == [
        ("expect history is linearizable", "safety"),
        ("expect history is linearizable", "safety"),
    ]


def test_a_claim_that_does_not_hold_is_a_finding(
    tmp_path: Path, planc: Planc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    planc("init")
    plan = tmp_path / "plans/first.plan"
    plan.write_text(plan.read_text().replace("catches stale_read", "catches memory_only"))
    done = planc("mutate")
    assert done.status == 1
    assert "passes although `memory_only` is planted" in done.out


def test_an_unknown_bug(project: Path, planc: Planc) -> None:
    done = planc("run", "--plant", "bug")
    assert done.status == 2
    assert "no scenario of these plans catches `bug`" in done.err


def test_a_trouble_is_told_before_the_interruption_it_led_to() -> None:
    progress = Progress(trouble="the disk is full", help="free some space")
    progress.running["id"] = Started("id", "t", "small.plan:6", 0.0)
    ended = Ended(status=2, progress=progress, wall=1.0, interrupted=False)
    settings = Settings([], Path("reports"), "sim", Path())
    with pytest.raises(UsageError, match="the disk is full"):
        status_of(ended, settings)


MISSED = """plan "Nothing is proved" {
  owner "us"
  tags  small
}

service sleeper {
  python "sleeping:main"
}

cluster store {
  nodes 2 of sleeper
}

scenario "a fault that hits nobody" {
  covers con-lifecycle
  crash store.n1
  pause store.n1 for 100ms
}
"""


def test_what_proved_nothing_has_a_status_and_a_junit_type_of_its_own(
    project: Path, planc: Planc
) -> None:
    """The second fault finds its node down: it was skipped, and nothing was shown by it."""
    (project / "plans/small.plan").write_text(MISSED)
    (project / "plans/sleeping.py").write_text(
        "import asyncio\n\n\nasync def main(node):\n    await asyncio.Event().wait()\n"
    )
    done = planc("run")
    assert done.status == 3, done
    assert "inconclusive" in done.out
    junit = (project / "reports/small/junit.xml").read_text()
    assert 'type="inconclusive"' in junit
    (project / "plans/bad.plan").write_text(
        MISSED.split("service")[0]
        + 'scenario "this is not so" {\n  covers con-lifecycle\n  expect 1 == 2\n}\n'
    )
    assert planc("run").status == 1
