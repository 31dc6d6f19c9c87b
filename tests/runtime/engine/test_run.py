"""A scenario from its first statement to its folder, on sim."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from planc_runtime.engine.verdicts.failure import ScenarioFailed
from planc_runtime.history.summary import ScenarioSummary, ScenarioVerdict

CRASH = """
async with s.run(load, seconds=8.0) as run:
    run.at(1.0, planc.crash(planc.leader(store), seconds=1.0))
    run.at(3.0, planc.partition(planc.leader(store), planc.others(), seconds=1.0))
    run.always(planc.count(planc.leaders(store), by="term") <= 1)
await s.eventually(planc.count(planc.leaders(store)) == 1, within=5.0)
await s.expect(planc.history().is_("linearizable"))
await s.expect(planc.no_acknowledged_write_is_lost())
await s.expect(planc.availability() >= 0.5)
await s.expect(planc.recovery() < 3.0)
await s.expect(planc.latency("p99", window=planc.outside_faults()) < 0.1)
"""


def test_a_healthy_system_passes_and_every_fault_has_its_proof(play: Any) -> None:
    summary: ScenarioSummary = play(CRASH)
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because
    assert [e.result.value for e in summary.expectations] == ["passed"] * 7
    crash, partition = summary.faults
    assert (crash.targets, crash.hold.value, crash.start) == (["n1"], "installed", crash.start)
    assert crash.end == pytest.approx(crash.start + 1.0)
    assert "SIGKILL" in crash.proof
    assert "runs" in crash.healed
    assert (partition.line, partition.targets) == ("tiny.plan:13", ["n1"])
    assert summary.workloads[0].operations == 400


def test_the_folder_tells_the_whole_story(play: Any, project: Any) -> None:
    summary = play(CRASH)
    assert summary == ScenarioSummary.read(project.folder)
    events = [json.loads(line) for line in (project.folder / "events.jsonl").open()]
    assert [e["phase"] for e in events if e["kind"] == "scenario"] == [
        "setup", "drive", "heal", "check", "done",
    ]  # fmt: skip
    faults = [(e["id"], e["phase"]) for e in events if e["kind"] == "fault"]
    assert faults == [("f1", "start"), ("f1", "end"), ("f2", "start"), ("f2", "end")]
    assert {e["role"] for e in events if e["kind"] == "status"} >= {"leader", "follower"}
    history = [json.loads(line) for line in (project.folder / "history.jsonl").open()]
    assert sum(row["workload"] == "load" for row in history) == 400
    assert sum(row["f"] == "final_read" for row in history) == 5
    assert "n1 serves" in (project.folder / "logs" / "n1.log").read_text()
    assert not (project.folder / "data").exists()


def test_a_planted_bug_is_found_with_its_evidence(play: Any) -> None:
    summary = play(CRASH, {"plant": "forgets"})
    assert summary.verdict is ScenarioVerdict.FAILED
    failed = {e.line: e for e in summary.expectations if e.result.value == "failed"}
    assert failed["tiny.plan:16"].text == "statement 16"
    assert failed["tiny.plan:16"].evidence
    assert "--plant forgets" in summary.replay


def test_the_same_seed_gives_the_same_bytes_whatever_the_hash_seed(project: Any) -> None:
    path = project.scenario(CRASH)
    code = (
        "import sys, importlib.util as u; from pathlib import Path\n"
        "from planc_runtime.engine.options import Options, Test\n"
        "from planc_runtime.engine.run import run_scenario\n"
        "s = u.spec_from_file_location('m', sys.argv[1]); m = u.module_from_spec(s)\n"
        "s.loader.exec_module(m)\n"
        "options = Options(seed=int(sys.argv[2]), reports=Path(sys.argv[3]))\n"
        "run_scenario(m.test_it_works.planc_scenario, {}, options, Test('t'))\n"
    )

    def run(hash_seed: str, seed: str, into: str) -> tuple[bytes, bytes]:
        reports = project.root / into
        subprocess.run(
            [sys.executable, "-c", code, str(path), seed, str(reports)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            check=True,
            timeout=120,
        )
        folder = reports / "demo" / "tiny" / "scenarios" / "t"
        return (folder / "events.jsonl").read_bytes(), (folder / "history.jsonl").read_bytes()

    assert run("1", "5", "a") == run("2", "5", "b")
    assert run("1", "5", "a") != run("1", "6", "c")


def test_a_failed_step_ends_the_scenario_and_names_what_was_not_reached(play: Any) -> None:
    summary = play(
        """
        await s.wait_until(planc.count(planc.leaders(store)) == 2, within=1.0)
        await s.expect(planc.availability() >= 0.5)
        s.mark("never")
        """
    )
    assert summary.verdict is ScenarioVerdict.FAILED
    assert summary.because.startswith("tiny.plan:11: it did not come true within 1 s")
    assert [s.line for s in summary.not_reached] == ["tiny.plan:12", "tiny.plan:13"]
    assert "count(leaders(store)) was 1: n1" in summary.because


def test_a_scenario_out_of_time_fails(play: Any) -> None:
    summary = play("await s.wait(10.0)\nawait s.wait(1.0)", timeout=3.0)
    assert summary.verdict is ScenarioVerdict.FAILED
    assert "did not end within 3 s" in summary.because
    assert [s.line for s in summary.not_reached] == ["tiny.plan:12"]


def test_a_fault_without_a_target_leaves_the_verdict_open(play: Any) -> None:
    summary = play(
        """
        async with s.run(load, seconds=9.0) as run:
            run.at(1.0, planc.crash(planc.node(store, "n1")))
            run.at(2.0, planc.pause(planc.leader(store), seconds=1.0))
        """
    )
    assert summary.verdict is ScenarioVerdict.INCONCLUSIVE
    assert "` was skipped: store has no leader" in summary.because


def test_load_that_never_reaches_the_system_proves_nothing(play: Any) -> None:
    summary = play(
        """
        await s.do(planc.crash(planc.all_of(store)))
        async with s.run(load, seconds=2.0) as run:
            run.always(True)
        """
    )
    assert summary.verdict is ScenarioVerdict.INCONCLUSIVE
    assert "no operation of the workload load ever reached the system" in summary.because


def test_a_node_that_dies_at_start_is_named_with_its_log(project: Any) -> None:
    path = project.scenario("await s.wait(1.0)")
    text = path.read_text().replace("planc.nodes(3, tiny)", "planc.nodes(1, tiny), set=DIE")
    path.write_text(text.replace("store = ", 'DIE = {"greeting": "die"}\nstore = '))
    summary = project.run(path)
    assert summary.verdict is ScenarioVerdict.ERROR
    assert "node n1 ended before it was ready, with exit status 1" in summary.because
    assert "cannot go on like this" in summary.because


def test_what_the_backend_cannot_do_is_a_skip_before_anything_starts(play: Any) -> None:
    summary = play("await s.do(planc.limit_memory(store, 1000))")
    assert summary.verdict is ScenarioVerdict.SKIPPED
    assert summary.because == "backend 'sim' cannot limit memory"
    assert summary.duration == 0.0


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"only_on": ["local"]}, "the plan runs it only on local"),
        ({"skip_on": {"sim": "too slow"}}, "the plan skips it on sim: too slow"),
    ],
)
def test_the_plan_chooses_its_backends(play: Any, fields: Any, because: str) -> None:
    summary = play("await s.wait(1.0)", **fields)
    assert (summary.verdict, summary.because) == (ScenarioVerdict.SKIPPED, because)


def test_a_node_that_ends_by_itself_is_mentioned_with_a_failure(play: Any) -> None:
    summary = play(
        """
        await s.http("POST", planc.text(planc.url(planc.node(store, "n2")), "/die"))
        await s.wait(1.0)
        await s.expect(planc.count(planc.running(store)) == 3)
        """
    )
    assert summary.verdict is ScenarioVerdict.FAILED
    assert "count(running(store)) was 2: n1, n3" in summary.because
    assert "node n2 ended by itself, with status 3" in summary.because


def test_a_scenario_can_be_called_like_any_function(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.root)
    module = project.load(
        project.scenario("await s.expect(planc.count(planc.leaders(store)) == 1)")
    )
    module.test_it_works()
    bad = project.load(project.scenario("await s.expect(planc.count(planc.leaders(store)) == 2)"))
    with pytest.raises(ScenarioFailed, match=r"^tiny\.plan:11: statement 11\n"):
        bad.test_it_works()
