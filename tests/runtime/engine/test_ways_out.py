"""Every way out of a scenario: nothing stays broken, nothing stays running, nothing is green."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.lab import rungs
from planc_runtime.clusters.sim.leases import SimLease
from planc_runtime.clusters.sim.world import SimWorld
from planc_runtime.engine.events import EventLog
from planc_runtime.errors import CannotRun
from planc_runtime.history import History
from planc_runtime.history.summary import ScenarioSummary, ScenarioVerdict
from planc_runtime.protocols.evidence import Evidence

FOREVER = """
async with s.run(load, seconds=3600.0) as run:
    run.at(0.0, planc.pause(planc.node(store, "n2")))
    run.at(0.1, planc.do_mark("under way"))
"""


def begin(project: Any, body: str, backend: str) -> subprocess.Popen[str]:
    """Start a pytest of its own; return when the scenario's load is under way."""
    project.scenario(body)
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", f"--planc-backend={backend}", "generated"],
        cwd=project.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    events = project.root / "reports/demo/tiny/scenarios/test_it_works/events.jsonl"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if events.exists() and '"under way"' in events.read_text():
            return process
        time.sleep(0.05)
    process.kill()
    raise AssertionError(process.communicate()[0])


def processes_below(folder: Path) -> list[str]:
    """Return the command lines of processes that work in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and Path(os.readlink(entry / "cwd")).is_relative_to(folder):
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


TELLING = """
import asyncio

async def raises(node):
    raise ConnectionError("nobody there")

async def swallows(node):
    try:
        await asyncio.sleep(0.2)
    except asyncio.CancelledError:
        pass
    return {}
"""


def test_ctrl_c_mends_and_ends_everything_and_is_not_green(project: Any) -> None:
    process = begin(project, FOREVER, "local")
    assert len(processes_below(project.root)) > 3
    process.send_signal(signal.SIGINT)
    out = process.communicate(timeout=60)[0]
    assert process.returncode == 2, out
    folder = project.root / "reports/demo/tiny/scenarios/test_it_works"
    summary = ScenarioSummary.read(folder)
    assert summary.verdict is ScenarioVerdict.INTERRUPTED
    assert summary.faults[0].healed
    assert processes_below(project.root) == []
    assert (project.root / "reports/index.html").exists()


def test_a_killed_run_leaves_no_node_and_no_green_scenario(project: Any) -> None:
    process = begin(project, FOREVER, "local")
    process.kill()
    process.communicate(timeout=60)
    deadline = time.monotonic() + 30
    while processes_below(project.root) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_below(project.root) == []
    folder = project.root / "reports/demo/tiny/scenarios/test_it_works"
    assert ScenarioSummary.read(folder).verdict is ScenarioVerdict.INTERRUPTED
    events = (folder / "events.jsonl").read_text().splitlines()
    assert any(json.loads(line)["kind"] == "mark" for line in events)


def test_a_deadlock_of_the_simulation_is_inconclusive_and_says_who_waits(
    play: Any, project: Any
) -> None:
    (project.plans / "stuck.py").write_text(
        "import asyncio\nasync def forever():\n    await asyncio.Event().wait()\n"
    )
    text = project.scenario('await s.python("stuck:forever")').read_text()
    path = project.root / "generated/demo/test_tiny.py"
    path.write_text(text.replace("clusters=[store]", "clusters=[]"))
    summary = project.run(path)
    assert summary.verdict is ScenarioVerdict.INCONCLUSIVE
    assert "the simulation is deadlocked" in summary.because
    assert "stuck.py" in summary.because


def test_a_defect_of_planc_is_an_error_with_its_stack(play: Any, project: Any) -> None:
    path = project.scenario("await s.wait('soon')")
    with pytest.raises(ValueError, match="soon"):
        project.run(path)
    folder = project.root / "reports/demo/tiny/scenarios/test_it_works"
    summary = ScenarioSummary.read(folder)
    assert summary.verdict is ScenarioVerdict.ERROR
    assert summary.because.startswith("planc itself failed: ValueError")


def test_a_clean_up_that_fails_fails_the_run(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """All was well, all is judged, and then the world cannot be put away."""

    close = SimWorld.close

    async def fails(world: SimWorld) -> None:
        await close(world)
        raise CannotRun("n1 (pid 4711) could not be ended")

    monkeypatch.setattr(SimWorld, "close", fails)
    summary = project.run(project.scenario("await s.wait(0.1)"))
    assert summary.verdict is ScenarioVerdict.ERROR
    assert summary.because == "n1 (pid 4711) could not be ended"


def test_a_trouble_that_cannot_be_mended_fails_the_run(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heal = SimLease.heal

    async def fails(lease: SimLease) -> Evidence:
        monkeypatch.setattr(SimLease, "heal", heal)
        raise CannotRun("the network is gone")

    monkeypatch.setattr(SimLease, "heal", fails)
    body = 'await s.do(planc.isolate(planc.node(store, "n1")))'
    summary = project.run(project.scenario(body))
    assert summary.verdict is ScenarioVerdict.ERROR
    assert "could not mend" in summary.because


def test_a_program_that_is_missing_is_named_with_what_brings_it(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLANC_REQUIRE_SYSTEMS", raising=False)
    head = """
import planc_runtime.api as planc
PLAN = planc.plan("Tiny", source="plans/demo/tiny.plan")  # tiny.plan:1
tool = planc.service(
    "tool",
    folder="plans/demo/systems",
    command=planc.text("no-such-server --name ", planc.var("node")["name"]),
    needs=[planc.binary("no-such-server", wheel="no-such-wheel", package="no-such-package")],
)  # tiny.plan:2
store = planc.cluster("store", planc.nodes(1, tool))  # tiny.plan:3
"""
    text = '@planc.scenario(PLAN, "it", clusters=[store])  # tiny.plan:10\n'
    text += "async def test_it_works(s: planc.Scenario) -> None:\n    await s.wait(0.1)\n"
    path = project.module(text, head)
    summary = project.run(path, backend="local")
    assert summary.verdict is ScenarioVerdict.SKIPPED
    assert "service 'tool' needs 'no-such-server', which is not here" in summary.because
    assert "pip install no-such-wheel" in summary.because
    assert "apt install no-such-package" in summary.because
    assert project.run(path).verdict is ScenarioVerdict.SKIPPED
    monkeypatch.setenv("PLANC_REQUIRE_SYSTEMS", "1")
    required = project.run(path, backend="local")
    assert required.verdict is ScenarioVerdict.ERROR
    assert "apt install no-such-package" in required.because


@pytest.mark.parametrize("manner", ["raises", "swallows"])
def test_a_status_function_of_the_author_cannot_hold_up_a_scenario(
    project: Any, manner: str
) -> None:
    (project.root / "plans/demo/systems").mkdir(parents=True, exist_ok=True)
    (project.root / "plans/demo/systems/telling.py").write_text(TELLING)
    head = f"""
import planc_runtime.api as planc
PLAN = planc.plan("Tiny", source="plans/demo/tiny.plan")  # tiny.plan:1
tool = planc.service(
    "tool",
    folder="plans/demo/systems",
    command=planc.text("sleep 60"),
    status=planc.status(planc.python("telling:{manner}")),
)  # tiny.plan:2
store = planc.cluster("store", planc.nodes(1, tool))  # tiny.plan:3
"""
    text = '@planc.scenario(PLAN, "it", clusters=[store])  # tiny.plan:10\n'
    text += "async def test_it_works(s: planc.Scenario) -> None:\n"
    text += '    await s.expect(planc.node(store, "n1")["running"] == True)\n'
    summary = project.run(project.module(text, head), backend="local")
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because


def test_real_nodes_are_troubled_like_simulated_ones(project: Any) -> None:
    path = project.scenario(
        """
        async with s.run(steady, seconds=4.0) as run:
            run.at(0.5, planc.crash(planc.leader(store), seconds=0.5))
            run.at(2.0, planc.pause(planc.node(store, "n2"), seconds=0.5))
        await s.eventually(planc.count(planc.running(store)) == 3, within=5.0)
        await s.expect(planc.history().is_("linearizable"))
        await s.expect(planc.no_acknowledged_write_is_lost())
        await s.expect(planc.memory(planc.node(store, "n1")) > 1_000_000)
        """
    )
    summary = project.run(path, backend="local")
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because
    assert [fault.hold.value for fault in summary.faults] == ["installed", "installed"]
    assert "pid" in summary.faults[0].proof


@pytest.mark.parametrize("what", ["history", "events"])
def test_a_disk_that_is_full_is_an_error_of_the_scenario(
    play: Any, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if what == "history":
        monkeypatch.setattr(History, "write_jsonl", full)
    else:
        monkeypatch.setattr(EventLog, "_write", full)
    summary = play("s.mark('now')")
    assert summary.verdict is ScenarioVerdict.ERROR
    assert f"{what}.jsonl: No space left on device" in summary.because


KILLER = """
import os, pathlib, signal

def children(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]

def end_the_warden():
    # It is the guard's only child, and the guard one of ours.
    for guard in children(os.getpid()):
        if b"warden" in pathlib.Path(f"/proc/{guard}/cmdline").read_bytes():
            os.kill(children(guard)[0], signal.SIGKILL)
"""


OPEN_FAULT = 'planc.partition(planc.node(store, "n2"), planc.others())'


def test_time_that_runs_out_inside_a_block_mends_its_faults(play: Any) -> None:
    summary = play(
        f"""
        async with s.run(load, seconds=100.0) as run:
            run.at(1.0, {OPEN_FAULT})
            run.always(planc.count(planc.leaders(store)) == 1)
        await s.expect(planc.availability() > 0.5)
        """,
        timeout=4.0,
    )
    assert summary.verdict is ScenarioVerdict.FAILED
    assert "did not end within 4 s" in summary.because
    assert [line.line for line in summary.not_reached] == ["tiny.plan:14"]
    assert summary.faults[0].healed
    assert summary.faults[0].end == pytest.approx(4.0, abs=0.1)
    assert summary.expectations[0].result.value == "passed"


def test_a_step_that_fails_inside_a_block_ends_it_and_mends_its_faults(play: Any) -> None:
    summary = play(
        f"""
        async with s.over(100.0) as run:
            run.at(1.0, {OPEN_FAULT})
            run.at(2.0, planc.do_wait_until(planc.count(planc.leaders(store)) == 2, within=1.0))
        """
    )
    assert summary.verdict is ScenarioVerdict.FAILED
    assert "did not come true within 1 s" in summary.because
    assert summary.faults[0].healed
    assert summary.duration < 4.0


def test_a_lack_met_on_the_way_is_a_skip_that_mends_what_was_begun(play: Any) -> None:
    summary = play(
        f"""
        async with s.over(100.0) as run:
            run.at(1.0, {OPEN_FAULT})
            run.at(2.0, planc.equivocate(planc.node(store, "n3")))
        """
    )
    assert summary.verdict is ScenarioVerdict.SKIPPED
    assert "make n3 equivocate" in summary.because
    assert summary.faults[0].healed


def test_a_scenario_that_waits_for_ever_is_given_up(
    play: Any, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planc_runtime.engine.run.TIMEOUT", 5.0)
    (project.plans / "stuck.py").write_text(
        "import asyncio\nasync def forever():\n    await asyncio.Event().wait()\n"
    )
    summary = play('await s.python("stuck:forever")')
    assert summary.verdict is ScenarioVerdict.FAILED
    assert summary.because == "tiny.plan:11: it did not end within 5 s"


@pytest.mark.parametrize("rung", ["the best there is", "redirect"])
def test_a_warden_that_is_killed_is_no_failure_of_the_system(
    project: Any, monkeypatch: pytest.MonkeyPatch, rung: str
) -> None:
    """All nodes are gone with it, and the scenario goes on to ask for them."""
    if rung == "redirect":
        monkeypatch.setenv(rungs.VARIABLE, rung)
        try:
            rungs.find()
        except CannotRun as refused:
            pytest.skip(refused.message)
    (project.plans / "killer.py").write_text(KILLER)
    path = project.scenario(
        """
        await s.python("killer:end_the_warden")
        await s.eventually(planc.count(planc.running(store)) == 0, within=20.0)
        await s.expect(planc.count(planc.running(store)) == 3)
        """
    )
    summary = project.run(path, backend="local")
    assert summary.verdict is ScenarioVerdict.ERROR
    assert re.fullmatch(r"the warden .* was ended from outside", summary.because)
