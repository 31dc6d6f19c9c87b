"""What is said of a fault whose effect could not be seen, or that came too late."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.local import proc
from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.clusters.local.control import Control, Incarnation
from planc_runtime.errors import CannotRun, StepFailed
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.node import NodeState

from .conftest import Run, Stage, line_in, marked, wait_gone


def _answering(monkeypatch: pytest.MonkeyPatch, op: str, answer: dict[str, Any] | None) -> None:
    """Have the keeper's answer to one question replaced."""
    original = Control.ask

    async def ask(self: Control, life: Incarnation, asked: str, **more: Any) -> Any:
        return answer if asked == op else await original(self, life, asked, **more)

    monkeypatch.setattr(Control, "ask", ask)


def test_a_pause_that_was_not_seen_is_indeterminate(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answering(monkeypatch, "pause", {"pids": [1], "done": False})

    async def main(stage: Stage) -> None:
        await stage.program("n1", "sleep", "1000")
        lease = await stage.world.pause("n1")
        assert lease.evidence.hold is Hold.INDETERMINATE

    run(main)


def test_a_pause_that_comes_too_late_is_skipped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _answering(monkeypatch, "pause", None)

    async def main(stage: Stage) -> None:
        await stage.program("n1", "sleep", "1000")
        lease = await stage.world.pause("n1")
        assert lease.evidence.hold is Hold.SKIPPED

    run(main)


def test_a_resume_that_was_not_seen_is_indeterminate(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answering(monkeypatch, "resume", {"pids": [1], "done": False})

    async def main(stage: Stage) -> None:
        await stage.program("n1", "sleep", "1000")
        lease = await stage.world.pause("n1")
        assert (await lease.heal()).hold is Hold.INDETERMINATE

    run(main)


def test_a_pause_of_a_node_that_ended_is_healed_by_nothing(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.program("n1", "sleep", "1000")
        lease = await stage.world.pause("n1")
        os.kill(node.life.started.result().pid, signal.SIGKILL)
        assert await node.wait_exit() == -signal.SIGKILL
        assert (await lease.heal()).hold is Hold.SKIPPED
        assert node.state is NodeState.CRASHED

    run(main)


def test_a_kill_whose_warden_dies_meanwhile_is_indeterminate(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.program("n1", "sleep", "1000")
        warden = stage.world._control.warden_pid
        os.kill(warden, signal.SIGSTOP)
        killing = asyncio.ensure_future(node.kill())
        await asyncio.sleep(0)
        os.kill(warden, signal.SIGKILL)
        assert (await killing).hold is Hold.INDETERMINATE
        assert node.state is NodeState.CRASHED

    run(main)


def test_a_warden_that_cannot_start_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main(world: Any) -> None:
        raise AssertionError("must not begin")

    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(CannotRun, match=r"ended at its start \(status 1\)") as refused:
        LocalBackend().execute(Settings(1, tmp_path), main)
    assert "warden.log" in refused.value.help


def test_waiting_for_a_node_that_was_never_started_is_a_mistake(run: Run) -> None:
    async def main(stage: Stage) -> None:
        with pytest.raises(StepFailed, match="'n1' was never started"):
            await stage.place("n1").wait_exit()

    run(main)


def test_the_measures_of_a_node_cover_all_of_its_processes(run: Run) -> None:
    async def main(stage: Stage) -> None:
        await stage.program("n1", "sleep", "1000")
        node = await stage.shell("n2", "sleep 1000 & setsid sleep 1000 & echo up; wait")
        await line_in(node.placement.log, "up")
        one, three = await stage.world.probe("n1"), await stage.world.probe("n2")
        assert one["processes"] == one["threads"] == 1
        assert three["processes"] == 3
        assert three["memory"] > one["memory"]
        assert three["files"] > one["files"]

    run(main)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_an_end_that_came_before_ours_is_not_ours(run: Run, end: str) -> None:
    """The node dies while the warden is held up with our request still unread."""

    async def main(stage: Stage) -> None:
        node = await stage.program("n1", "sleep", "1000")
        warden = stage.world._control.warden_pid
        os.kill(warden, signal.SIGSTOP)
        ending = asyncio.ensure_future(getattr(node, end)())
        await asyncio.sleep(0)
        pid = node.life.started.result().pid
        os.kill(pid, signal.SIGSEGV)
        wait_gone([pid, node.life.started.result().keeper], 5.0)
        os.kill(warden, signal.SIGCONT)
        evidence = await ending
        assert evidence.hold is Hold.SKIPPED
        assert "by itself, with status -11" in evidence.proof
        assert node.state is NodeState.CRASHED

    run(main)


def test_of_two_starts_at_once_one_is_skipped(run: Run, mark: str) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        launch = stage.launch("n1", "sleep", "1000")
        async with asyncio.timeout(30):
            both = await asyncio.gather(node.start(launch), node.start(launch))
        assert [evidence.hold for evidence in both] == [Hold.INSTALLED, Hold.SKIPPED]
        assert len([pid for pid in marked(mark) if "sleep 1000" in proc.command_line(pid)]) == 1

    run(main)
