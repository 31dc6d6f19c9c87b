"""Whoever is killed with SIGKILL, and whenever: no node lives on, and nobody else is disturbed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.lab.station import REDIRECT
from planc_runtime.clusters.local import proc
from planc_runtime.clusters.local.addresses import _try
from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.clusters.local.control import Control
from planc_runtime.clusters.local.world import LocalWorld
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.node import NodeState

from .conftest import MARK, Run, Stage, marked, none_left, wait_gone

VICTIM = Path(__file__).with_name("victim.py")
LIMIT = 5.0
"""Seconds that a node may survive the test: the promise to users."""


def _victim(mark: str, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(VICTIM), str(folder)],
        env={**os.environ, MARK: mark},
        stdout=subprocess.PIPE,
    )


def _end(victim: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        victim.kill()
    victim.wait()
    if victim.stdout:
        victim.stdout.close()


@pytest.mark.parametrize(
    "killed",
    [
        ("test",),
        ("warden",),
        ("keeper",),
        ("test", "warden"),
        ("warden", "test"),
        ("test", "keeper"),
        ("warden", "plain keeper", "test"),
        ("warden", "keeper"),
        ("guard",),
        ("guard", "keeper"),
        ("guard", "warden"),
    ],
    ids="+".join,
)
def test_no_node_survives(mark: str, tmp_path: Path, killed: tuple[str, ...]) -> None:
    victim = _victim(mark, tmp_path)
    assert victim.stdout
    report = json.loads(victim.stdout.readline())
    expected = 1 + 2 + 3 + (1 + 4 + 1)
    more = report["rung"] == REDIRECT
    assert len(marked(mark)) == expected + more, "test, guard and warden, keepers, nodes, exchange"
    nodes = [pid for pid in marked(mark) if _is_node(pid)]
    if killed == ("keeper",):
        nodes = [entry.pid for entry in proc.descendants(report["keeper"])]
    assert nodes
    for role in killed:
        os.kill(report[role], signal.SIGKILL)
    wait_gone(nodes, LIMIT)
    _end(victim)
    none_left(mark, LIMIT)
    if report["prefix"]:
        _wait_free(report["prefix"])


def _wait_free(prefix: str) -> None:
    """The addresses come free: a process lets go of its descriptors after its memory."""
    deadline = time.monotonic() + LIMIT
    while (lock := _try(prefix)) is None:
        assert time.monotonic() < deadline, f"{prefix} is still leased"
        time.sleep(0.01)
    lock.close()


def _is_node(pid: int) -> bool:
    return "time.sleep(1000)" in proc.command_line(pid)


def test_a_frozen_test_process_is_no_reason_to_end(mark: str, tmp_path: Path) -> None:
    victim = _victim(mark, tmp_path)
    assert victim.stdout
    report = json.loads(victim.stdout.readline())
    before = sorted(marked(mark))
    os.kill(report["test"], signal.SIGSTOP)
    time.sleep(0.3)
    assert sorted(marked(mark)) == before
    os.kill(report["test"], signal.SIGCONT)
    _end(victim)
    none_left(mark, LIMIT)


def test_interrupting_the_whole_terminal_ends_the_nodes(mark: str, tmp_path: Path) -> None:
    """Ctrl-C goes to every process of the group; the test process must be the one to act on it."""
    victim = subprocess.Popen(
        [sys.executable, str(VICTIM), str(tmp_path)],
        env={**os.environ, MARK: mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert victim.stdout
    victim.stdout.readline()
    os.killpg(victim.pid, signal.SIGINT)
    assert victim.wait(LIMIT * 2) != 0
    assert marked(mark) == [], "the world was closed before the process ended"
    victim.stdout.close()


def test_a_child_that_holds_the_line_open_does_not_keep_the_nodes(
    mark: str, tmp_path: Path
) -> None:
    """A fork of the test process inherits the control socket: its end is then never seen."""
    source = VICTIM.read_text().replace(
        "    print(json.dumps(report), flush=True)",
        "    import signal\n"
        "    report['fork'] = os.fork() or signal.pause()\n"
        "    print(json.dumps(report), flush=True)",
    )
    script = tmp_path / "forking.py"
    script.write_text(source)
    victim = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "world")],
        env={**os.environ, MARK: mark},
        stdout=subprocess.PIPE,
    )
    assert victim.stdout
    fork = json.loads(victim.stdout.readline())["fork"]
    nodes = [pid for pid in marked(mark) if _is_node(pid)]
    _end(victim)
    try:
        wait_gone(nodes, LIMIT)
    finally:
        os.kill(fork, signal.SIGKILL)


def test_the_scenario_learns_that_its_warden_died(run: Run, mark: str) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.program("n1", "sleep", "1000")
        waiting = asyncio.ensure_future(node.wait_exit())
        os.kill(stage.world._control.warden_pid, signal.SIGKILL)
        assert await asyncio.wait_for(waiting, LIMIT) == -9
        assert node.state is NodeState.CRASHED
        assert (await node.kill()).hold is Hold.SKIPPED
        with pytest.raises(CannotRun, match="'n1': the process that watches over it was ended"):
            await node.start(stage.launch("n1", "sleep", "1000"))

    run(main)


def test_the_scenario_learns_that_a_keeper_died(run: Run, mark: str) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.shell("n1", "sleep 1000 & setsid sleep 1000 & wait")
        other = await stage.program("n2", "sleep", "1000")
        os.kill(node.life.started.result().keeper, signal.SIGKILL)
        assert await asyncio.wait_for(node.wait_exit(), LIMIT) == -9
        assert len(marked(mark)) == 1, "only the other node is left"
        assert other.state is NodeState.RUNNING
        await node.start(stage.launch("n1", "sleep", "1000"))
        assert node.state is NodeState.RUNNING

    run(main)


def test_soak_random_kills_leave_nothing(mark: str, tmp_path: Path) -> None:
    """Kill the test process at any moment of its life, many times, some side by side."""
    moments = random.Random(20)
    for cycle in range(8):
        pair = [_victim(mark, tmp_path / f"{cycle}-{which}") for which in "ab"]
        time.sleep(moments.uniform(0.0, 0.5))
        for victim in pair:
            _end(victim)
    none_left(mark, LIMIT)


def test_the_next_run_in_the_same_folder_is_not_disturbed(mark: str, tmp_path: Path) -> None:
    for _ in range(2):
        victim = _victim(mark, tmp_path)
        assert victim.stdout
        assert json.loads(victim.stdout.readline())
        _end(victim)

    async def main(world: Any) -> NodeState:
        stage = Stage(world, mark)
        return (await stage.program("plain", "sleep", "1000")).state

    state = LocalBackend().execute(Settings(1, tmp_path), main)
    assert state is NodeState.RUNNING


def test_a_clean_up_that_leaves_somebody_is_an_error_that_names_him(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control cannot end what is out of its reach: played by one that does not try."""
    close = Control.close

    async def idle(*arguments: object) -> None:
        await asyncio.sleep(0)

    kept = []

    async def main(stage: Stage) -> int:
        await stage.program("n1", "sleep", "1000")
        monkeypatch.setattr(LocalWorld, "_end_nodes", idle)
        monkeypatch.setattr(Control, "close", idle)
        monkeypatch.setattr(Control, "drop", lambda control: kept.append(control))
        return int(stage.world._nodes["n1"]._pid())

    async def let_go(control: Control) -> None:
        # Of another loop; only its descriptors matter any more.
        control._line.close()
        control._warden.wait(LIMIT)

    with pytest.raises(CannotRun, match=r"could not be ended: n1 \(pid \d+"):
        run(main)
    monkeypatch.setattr(Control, "close", close)
    asyncio.run(let_go(kept[0]))
