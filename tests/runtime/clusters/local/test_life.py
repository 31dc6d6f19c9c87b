"""Nodes that do not behave: they ignore signals, fork, daemonize, flood, or fail to start."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.local import proc
from planc_runtime.engine.nodes.logs import last_lines
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.node import NodeState, StopPolicy

from .conftest import Run, Stage, line_in, marked

DAEMON = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
began = [os.getpid()]
if os.fork(): os._exit(0)
os.setsid()
began.append(os.getpid())
if os.fork(): os._exit(0)
print("daemon", os.getpid(), flush=True)
time.sleep(1000)
"""
LAST = """
while any(os.path.exists(f"/proc/{pid}") for pid in began): time.sleep(0.001)
os._exit(4)
"""
"""The last to end tells how the node ended: the daemon outlives those who have begun it."""


def test_a_node_that_ignores_sigterm_is_killed_after_its_time(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.shell("n1", "trap '' TERM; echo up; sleep 1000", kill_after=0.2)
        await line_in(node.placement.log, "up")
        evidence = await node.stop()
        assert evidence.hold is Hold.INSTALLED
        assert evidence.data["signal"] == "SIGKILL"
        assert evidence.data["milliseconds"] >= 200
        assert node.state is NodeState.STOPPED

    run(main)


def test_a_polite_node_is_not_killed(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.shell(
            "n1", "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done"
        )
        await line_in(node.placement.log, "up")
        evidence = await node.stop()
        assert evidence.data["signal"] == "SIGTERM"
        assert node.exit_status == 0
        assert "bye" in node.placement.log.read_text()

    run(main)


def test_the_signal_of_the_policy_is_the_one_that_is_sent(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        launch = stage.launch(
            "n1", "sh", "-c", "trap 'exit 7' INT; echo up; while :; do sleep 0.01; done"
        )
        await node.start(replace(launch, stop=StopPolicy("SIGINT", 5.0)))
        await line_in(node.placement.log, "up")
        assert (await node.stop()).data["signal"] == "SIGINT"
        assert node.exit_status == 7

    run(main)


def test_a_wrapper_passes_nothing_on_but_its_program_is_asked_all_the_same(run: Run) -> None:
    """`sh -c` dies of SIGTERM without telling its child, which then gets it from the keeper."""

    async def main(stage: Stage) -> None:
        inner = "trap 'echo inner; exit 0' TERM; echo up; while :; do sleep 0.01; done"
        node = await stage.shell("n1", f'sh -c "{inner}"; echo never')
        await line_in(node.placement.log, "up")
        evidence = await node.stop()
        assert evidence.data["signal"] == "SIGTERM"
        assert last_lines(node.placement.log) == ["up", "inner"]

    run(main)


def test_killing_takes_children_and_grandchildren_along(run: Run, mark: str) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.shell(
            "n1", "sleep 1000 & setsid sleep 1000 & sh -c 'sleep 1000 & wait' & echo up; wait"
        )
        await line_in(node.placement.log, "up")
        evidence = await node.kill()
        assert marked(mark) == []
        assert len(evidence.data["pids"]) >= 4

    run(main)


FORKING = """
import os, time
print("up", flush=True)
while True:
    if os.fork():
        time.sleep(1000)
    time.sleep(0.0005)
"""


def test_a_pause_reaches_those_who_are_forked_meanwhile(run: Run) -> None:
    async def main(stage: Stage) -> None:
        line = f"for i in 1 2 3; do {sys.executable} -c '{FORKING}' & done; wait"
        node = await stage.shell("n1", line.replace('"', '\\"').replace("'", '"'))
        await line_in(node.placement.log, "up", times=3)
        lease = await stage.world.pause("n1")
        keeper = node.life.started.result().keeper
        before = proc.descendants(keeper)
        await asyncio.sleep(0.05)
        assert proc.descendants(keeper) == before
        assert {process.state for process in before} == {"T"}
        assert sorted(process.pid for process in before) == sorted(lease.evidence.data["pids"])

    run(main)


def test_a_daemon_runs_until_it_is_killed(run: Run, mark: str) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", DAEMON)
        await line_in(node.placement.log, "daemon")
        assert node.state is NodeState.RUNNING
        pid = int(node.placement.log.read_text().split()[1])
        assert pid in marked(mark)
        evidence = await node.kill()
        assert pid in evidence.data["pids"]
        assert marked(mark) == []

    run(main)


def test_the_end_of_a_daemon_is_the_end_of_the_node(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", DAEMON.replace("time.sleep(1000)", LAST))
        assert await node.wait_exit() == 4
        assert node.state is NodeState.CRASHED

    run(main)


def test_when_the_main_process_crashes_nothing_of_it_stays(run: Run, mark: str) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.shell("n1", "sleep 1000 & setsid sleep 1000 & exit 3")
        assert await node.wait_exit() == 3
        assert marked(mark) == []

    run(main)


def test_a_kill_from_outside_is_seen_with_its_signal(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.shell("n1", "echo up; exec sleep 1000")
        await line_in(node.placement.log, "up")
        os.kill(node.life.started.result().pid, signal.SIGSEGV)
        assert await node.wait_exit() == -signal.SIGSEGV
        assert node.state is NodeState.CRASHED

    run(main)


@pytest.fixture
def begun_in_the_background() -> Iterator[None]:
    """As a shell starts what is to run in the background, or nohup what is to outlive it."""
    numbers = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("begun_in_the_background")
def test_nodes_start_with_default_signals_and_no_foreign_descriptors(run: Run) -> None:
    source = (
        "import os, signal\n"
        "print(signal.pthread_sigmask(signal.SIG_BLOCK, []), "
        "[n.name for n in signal.valid_signals() if isinstance(n, signal.Signals) and "
        "signal.getsignal(n) is signal.SIG_IGN])\n"
        "print(sorted(map(int, os.listdir('/proc/self/fd'))))\n"
        "print(os.getcwd(), os.getsid(0) == os.getpid(), os.read(0, 1))"
    )

    async def main(stage: Stage) -> Any:
        node = await stage.python("n1", source)
        assert await node.wait_exit() == 0
        return node.placement

    place = run(main)
    signals, handles, where = last_lines(place.log)
    # Python itself ignores these two in every process of its own.
    assert signals == "set() ['SIGPIPE', 'SIGXFSZ']"
    assert handles == "[0, 1, 2, 3]", "3 is the folder that is being listed"
    assert where == f"{place.data} True b''"


def test_a_flood_of_output_blocks_nobody(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python(
            "n1", "for i in range(200_000): print('x' * 100, i)\nprint('end')"
        )
        assert await node.wait_exit() == 0
        assert node.placement.log.stat().st_size > 20_000_000
        assert last_lines(node.placement.log, 1) == ["end"]

    run(main)


def test_the_log_goes_on_where_the_last_incarnation_ended(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.shell("n1", "echo first")
        await node.wait_exit()
        await node.start(stage.launch("n1", "sh", "-c", "echo second >&2"))
        await node.wait_exit()
        assert node.placement.log.read_text() == "first\nsecond\n"

    run(main)


def test_a_world_full_of_stubborn_nodes_closes_in_time(run: Run, mark: str) -> None:
    began = 0.0

    async def main(stage: Stage) -> None:
        nonlocal began
        for number in range(4):
            node = await stage.python(f"d{number}", DAEMON)
            await line_in(node.placement.log, "daemon")
            await stage.shell(f"s{number}", "trap '' TERM HUP INT; sleep 1000 & wait; sleep 1000")
        await stage.world.pause("s0")
        began = time.monotonic()

    run(main)
    assert marked(mark) == []
    assert time.monotonic() - began < 5.0, "the contract of World.close, not a measurement"


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("planc-no-such-program",), "'planc-no-such-program' of node 'n1' is not on the PATH"),
        (("./missing",), "'./missing' of node 'n1' does not exist"),
        (("./plain",), "'./plain' of node 'n1' cannot be executed"),
        (("./garbage",), "node 'n1': cannot execute .*garbage: Exec format error"),
    ],
)
def test_a_program_that_cannot_run_says_why(run: Run, argv: tuple[str, ...], words: str) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        (node.placement.data / "plain").write_text("text")
        garbage = node.placement.data / "garbage"
        garbage.write_bytes(b"\0garbage")
        garbage.chmod(0o755)
        with pytest.raises(CannotRun, match=words):
            await node.start(stage.launch("n1", *argv))
        assert node.state is NodeState.CREATED
        await node.start(stage.launch("n1", "sleep", "1000"))
        assert node.state is NodeState.RUNNING

    run(main)


def test_a_node_that_dies_at_start_leaves_its_words(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.shell("n1", "echo 'flag provided but not defined' >&2; exit 2")
        assert await node.wait_exit() == 2
        assert last_lines(node.placement.log, 5) == ["flag provided but not defined"]

    run(main)


def test_an_unwritable_log_is_said(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        node.placement.log.mkdir()
        with pytest.raises(CannotRun, match=r"node 'n1': cannot open the log .*n1.log"):
            await node.start(stage.launch("n1", "true"))

    run(main)


def test_a_signal_that_does_not_exist_is_said_before_the_start(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        launch = replace(stage.launch("n1", "sleep", "1000"), stop=StopPolicy("SIGNONSENSE"))
        with pytest.raises(CannotRun, match="no signal 'SIGNONSENSE'"):
            await node.start(launch)

    run(main)


def test_a_paused_node_cannot_tidy_up(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.program("n1", "sleep", "1000", kill_after=0.1)
        await stage.world.pause("n1")
        assert (await node.stop()).data["signal"] == "SIGKILL"
        assert node.state is NodeState.STOPPED

    run(main)


def test_a_warden_that_had_nothing_to_say_leaves_no_log(run: Run, tmp_path: Path) -> None:
    async def main(stage: Stage) -> None:
        await stage.program("n1", "sleep", "1000")

    run(main)
    assert [path.name for path in (tmp_path / "scenario" / "logs").iterdir()] == ["n1.log"]
