"""What a container is beside a process: its first process, its files, its freezer, its image."""

from __future__ import annotations

import os
import sys
import time

import pytest

from planc_runtime.clusters.docker.options import Options
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.node import NodeState
from planc_runtime.protocols.rules import ClockRule, ResourceRule
from support.docker import Run, Stage, line_in

SLEEP = "print('up'); import time; time.sleep(1000)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEP


def test_a_node_that_ignores_sigterm_is_killed_after_its_time(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", DEAF, kill_after=0.2)
        evidence = await node.stop()
        assert evidence.hold is Hold.INSTALLED
        assert evidence.data["signal"] == "SIGKILL"
        assert evidence.data["milliseconds"] >= 200
        assert node.state is NodeState.STOPPED

    run(main)


def test_all_that_a_node_started_goes_with_it(run: Run) -> None:
    async def main(stage: Stage) -> None:
        # One write each, or the lines of several processes would mix.
        source = "import os, time; os.fork(); os.fork(); os.write(1, b'up\\n'); time.sleep(1000)"
        node = await stage.python("n1", source)
        await line_in(node.placement.log, "up\nup\nup\nup\n")
        assert (await stage.world.probe("n1"))["processes"] == 4
        await node.kill()
        assert (await stage.world.probe("n1"))["processes"] == 0

    run(main)


def test_what_a_node_wrote_outside_its_data_outlives_a_crash(run: Run) -> None:
    async def main(stage: Stage) -> None:
        source = "import os; print('up', os.path.exists('/tmp/x')); open('/tmp/x', 'w'); " + SLEEP
        node = await stage.python("n1", source)
        await line_in(node.placement.log, "up False")
        await node.kill()
        await stage.begin(node, (sys.executable, "-u", "-c", source))
        await line_in(node.placement.log, "up True")

    run(main)


def test_a_log_is_bounded(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANC_LOG_LIMIT", str(1 << 20))

    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        source = "print('first'); print('x' * (8 << 20)); print('last')"
        await stage.begin(node, (sys.executable, "-u", "-c", source))
        assert await node.wait_exit() == 0
        said = node.placement.log.read_text()
        assert said.startswith("first")
        assert "dropped from its middle" in said
        assert len(said) < 2 << 20

    run(main)


def test_files_of_the_machine_can_be_read_and_not_written(run: Run) -> None:
    async def main(stage: Stage) -> None:
        source = "open('/usr/planc-was-here', 'w')"
        node = stage.place("n1")
        await stage.begin(node, (sys.executable, "-c", source))
        assert await node.wait_exit() == 1
        assert "Read-only file system" in node.placement.log.read_text()

    run(main)


def test_a_program_of_the_path_is_there_wherever_it_lies(
    run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("elsewhere")
    for name in ("bin", "lib"):
        (folder / name).mkdir()
    (folder / "lib/program").write_text("#!/bin/sh\necho up; exec sleep 1000\n")
    (folder / "lib/program").chmod(0o755)
    (folder / "bin/planc-test-program").symlink_to(folder / "lib/program")

    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        path = f"{folder / 'bin'}:{os.environ['PATH']}"
        await stage.begin(node, ("planc-test-program",), env={"PATH": path})
        await line_in(node.placement.log, "up")

    run(main)


@pytest.mark.parametrize(("programs", "libraries"), [("shims", "libexec"), ("bin", "lib")])
def test_a_program_has_the_installation_that_it_is_the_door_of(
    run: Run, tmp_path_factory: pytest.TempPathFactory, programs: str, libraries: str
) -> None:
    """As a virtual environment has, or pyenv: a script beside what it starts."""
    folder = tmp_path_factory.mktemp("installed")
    for path, text in [
        (folder / programs / "planc-test-door", f"exec {folder / libraries / 'inside'}"),
        (folder / libraries / "inside", "echo up; exec sleep 1000"),
    ]:
        path.parent.mkdir()
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        path = f"{folder / programs}:{os.environ['PATH']}"
        await stage.begin(node, ("planc-test-door",), env={"PATH": path})
        await line_in(node.placement.log, "up")

    run(main)


def test_a_node_has_a_host_name_and_one_network(run: Run) -> None:
    async def main(stage: Stage) -> None:
        source = (
            "import socket; print(socket.gethostname(), [n for _, n in socket.if_nameindex()]); "
        )
        node = await stage.python("n1", source + SLEEP)
        assert "n1 ['lo', 'eth0']" in node.placement.log.read_text()

    run(main)


def test_pauses_nest_and_a_paused_node_can_be_killed(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", SLEEP)
        first, second = await stage.world.pause("n1"), await stage.world.pause("n1")
        assert first.evidence.hold is second.evidence.hold is Hold.INSTALLED
        assert (await first.heal()).hold is Hold.SKIPPED
        assert node.state is NodeState.PAUSED
        await node.kill()
        assert node.exit_status == -9
        assert (await second.heal()).hold is Hold.SKIPPED

    run(main)


def test_a_quota_that_was_never_used_up_is_no_trouble(run: Run) -> None:
    async def main(stage: Stage) -> None:
        await stage.python("idle", SLEEP)
        await stage.python("busy", "print('up')\nwhile True: pass")
        for name, hold in (("idle", Hold.INDETERMINATE), ("busy", Hold.INSTALLED)):
            lease = await stage.world.set_resources(name, ResourceRule(cpu=0.1))
            assert lease.evidence.hold is Hold.INSTALLED
            assert lease.evidence.data["quota"] == 10_000
            await line_in(stage.world._nodes[name].placement.log, "up")
            if name == "busy":
                await _throttled(stage, name)
            assert (await lease.heal()).hold is hold

    run(main)


async def _throttled(stage: Stage, name: str) -> None:
    container = stage.world._nodes[name].container
    assert container is not None
    while not (await container.stats())["cpu_stats"]["throttling_data"]["throttled_periods"]:
        pass


def test_troubles_of_a_machine_are_there_after_a_restart(run: Run) -> None:
    source = """
import resource, time
print('up')
while resource.getrlimit(resource.RLIMIT_DATA)[0] < 0 or time.time() < BEGIN + 3000: pass
print('in trouble')
time.sleep(1000)
"""

    async def main(stage: Stage) -> None:
        node = await stage.python("n1", SLEEP)
        await stage.world.set_clock("n1", ClockRule(offset=3600.0))
        await stage.world.set_resources("n1", ResourceRule(memory=256 << 20, cpu=0.5))
        await node.kill()
        begin = f"BEGIN = {time.time()}\n"
        await stage.begin(node, (sys.executable, "-u", "-c", begin + source))
        await line_in(node.placement.log, "in trouble")
        assert node.container is not None
        found = (await node.container.look())["HostConfig"]["CpuQuota"]
        assert found == 50_000

    run(main)


def test_an_image_that_the_engine_does_not_have_is_named(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        with pytest.raises(CannotRun, match="no image 'planc-no-such-image:1'") as trouble:
            await stage.begin(node, ("sleep", "1"), service="s")
        assert "docker pull planc-no-such-image:1" in trouble.value.help

    run(main, Options(images={"s": "planc-no-such-image:1"}))


def test_an_engine_that_ends_a_lab_ends_the_scenario_with_words(run: Run) -> None:
    async def main(stage: Stage) -> None:
        stage.place("n1")
        await stage.world._holders.of("n1")
        api = stage.world._engine.client.api
        marks = stage.world._marks
        for container in api.containers(filters={"label": f"planc.run={marks.run}"}):
            api.kill(container["Id"])
        stage.world.host("client")

    with pytest.raises(CannotRun, match="the lab of the nodes"):
        run(main)
