"""The whole of reporting: from scenarios' folders to files that people and tools read."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.errors import CannotRun
from planc_runtime.history.summary import ScenarioSummary, ScenarioVerdict
from planc_runtime.report import assemble, begin, files

Leave = Callable[..., Path]


def test_every_promised_file_is_there(leave: Leave, reports: Path) -> None:
    leave()
    assemble(reports)
    assert {path.name for path in reports.iterdir()} == {
        "consensus",
        "index.html",
        "summary.json",
        "summary.md",
        "trends.sqlite",
    }
    assert {path.name for path in (reports / "consensus/first").iterdir()} == {
        "events.jsonl",
        "history.jsonl",
        "index.html",
        "junit.xml",
        "scenarios",
        "summary.json",
    }


def test_a_folder_without_a_summary_is_interrupted_not_lost(leave: Leave, reports: Path) -> None:
    leave()
    (leave(test="test_killed") / "summary.json").unlink()
    run = assemble(reports).run
    assert run.verdict is ScenarioVerdict.INTERRUPTED
    [killed] = [each.summary for each in run.scenarios if each.name == "test_killed"]
    assert killed.verdict is ScenarioVerdict.INTERRUPTED
    assert "fault at 5.0 s" in killed.because
    assert '<error type="interrupted"' in (reports / "consensus/first/junit.xml").read_text()


def test_a_summary_cut_in_half_is_interrupted(leave: Leave, reports: Path) -> None:
    path = leave() / "summary.json"
    path.write_text(path.read_text()[:100])
    assert assemble(reports).run.verdict is ScenarioVerdict.INTERRUPTED


def test_an_event_log_cut_in_half_is_still_joined(leave: Leave, reports: Path) -> None:
    with (leave() / "events.jsonl").open("a") as log:
        log.write('{"kind": "ma')
    assemble(reports)
    lines = (reports / "consensus/first/events.jsonl").read_text().splitlines()
    assert [json.loads(line)["scenario"] for line in lines] == ["test_kept"]


def test_joined_lines_say_which_scenario_they_belong_to(leave: Leave, reports: Path) -> None:
    leave(test="test_a")
    leave(test='test_b["quoted"]')
    assemble(reports)
    lines = (reports / "consensus/first/history.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["scenario"] for row in rows] == ["test_a", 'test_b["quoted"]']
    assert rows[0]["f"] == "read"


def test_scenarios_stand_in_the_order_of_the_plan(leave: Leave, reports: Path) -> None:
    leave(test="test_a", line="first.plan:90")
    leave(test="test_z", line="first.plan:9")
    [plan] = assemble(reports).run.plans
    assert [scenario.name for scenario in plan.scenarios] == ["test_z", "test_a"]


@pytest.mark.parametrize(
    ("verdicts", "over_all"),
    [
        (["passed", "skipped"], "passed"),
        (["skipped"], "skipped"),
        (["passed", "inconclusive"], "inconclusive"),
        (["inconclusive", "failed", "error"], "failed"),
        (["passed", "interrupted"], "interrupted"),
    ],
)
def test_the_gravest_verdict_counts(
    leave: Leave, reports: Path, verdicts: list[str], over_all: str
) -> None:
    for number, verdict in enumerate(verdicts):
        leave(test=f"test_{number}", verdict=verdict)
    assemble(reports)
    assert json.loads((reports / "summary.json").read_text())["verdict"] == over_all


def test_reports_can_be_assembled_again(leave: Leave, reports: Path) -> None:
    leave()
    assemble(reports)
    first = {path: path.read_bytes() for path in reports.rglob("*") if path.is_file()}
    assemble(reports)
    assert {path: path.read_bytes() for path in reports.rglob("*") if path.is_file()} == first


def test_a_new_run_replaces_its_own_plans_only(leave: Leave, reports: Path) -> None:
    leave(plan="consensus/first")
    leave(plan="web/gateway")
    assemble(reports)
    begin(reports, ["consensus/first"])
    assert [plan.key for plan in assemble(reports).run.plans] == ["web/gateway"]
    assert not (reports / "consensus/first/junit.xml").exists()


@pytest.mark.parametrize("key", ["../outside", "/", "", "."])
def test_no_key_reaches_out_of_the_reports(reports: Path, key: str) -> None:
    outside = reports.parent / "outside" / "scenarios"
    outside.mkdir(parents=True)
    (reports / "scenarios").mkdir(parents=True)
    begin(reports, [key])
    assert outside.exists()
    assert (reports / "scenarios").exists()


def test_a_file_in_the_way_is_said_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("")
    with pytest.raises(CannotRun, match="could not be written") as caught:
        begin(tmp_path / "reports", [])
    assert "--reports DIR" in caught.value.help


def test_a_full_disk_leaves_the_old_file_whole(
    leave: Leave, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave()
    assemble(reports)
    before = (reports / "index.html").read_text()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(CannotRun, match="No space left on device") as caught:
        assemble(reports)
    assert "the disk is full" in caught.value.help
    assert (reports / "index.html").read_text() == before
    assert not [path for path in reports.rglob(".*") if path.is_file()]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_device_that_is_really_full(tmp_path: Path) -> None:
    with (
        pytest.raises(CannotRun, match="No space left"),
        files.reporting(tmp_path),
        open("/dev/full", "w") as full,
    ):
        full.write("x" * 100_000)


def test_other_users_may_read_the_pages(leave: Leave, reports: Path) -> None:
    leave()
    assemble(reports)
    mode = stat.S_IMODE(os.stat(reports / "index.html").st_mode)
    assert mode & stat.S_IROTH


def run_module(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "planc_runtime.report", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_module_reports_a_killed_run(leave: Leave, reports: Path) -> None:
    (leave() / "summary.json").unlink()
    done = run_module(str(reports))
    assert done.returncode == 1, done.stderr
    assert "1 interrupted" in done.stdout
    assert (reports / "index.html").exists()


def test_the_module_needs_a_folder(tmp_path: Path) -> None:
    done = run_module(str(tmp_path / "nothing"))
    assert done.returncode == 2
    assert "there is no folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_keys_of_a_newer_writer_do_no_harm(leave: Leave, reports: Path) -> None:
    path = leave() / "summary.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"novelty": 1}))
    assert assemble(reports).run.verdict is ScenarioVerdict.PASSED


def test_a_summary_comes_back_as_it_was_written(leave: Leave, reports: Path) -> None:
    folder = leave(verdict="failed", because="x" * 10, params={"size": 3})
    again = ScenarioSummary.read(folder)
    again.write(folder)
    assert ScenarioSummary.read(folder) == again
    assert [path.name for path in folder.glob("summary*")] == ["summary.json"]
