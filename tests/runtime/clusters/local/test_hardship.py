"""A machine that has run out of something: said in plain words, and nothing is left half done."""

import asyncio
import errno
import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.node import NodeState

from .conftest import Run, Stage, marked


async def _never(world: Any) -> None:
    raise AssertionError("must not begin")


@pytest.fixture
def few_files() -> Iterator[None]:
    """Leave this process a handful of file descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len(os.listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 7, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CannotRun, match=r"cannot create the folder .*scenario/data: Not a dir"):
        LocalBackend().execute(Settings(1, tmp_path / "file" / "scenario"), _never)


def test_a_nodes_folder_that_cannot_be_made_is_named(run: Run) -> None:
    async def main(stage: Stage) -> None:
        (stage.world._settings.directory / "data" / "n1").write_text("in the way")
        with pytest.raises(CannotRun, match=r"cannot create the folder .*data/n1"):
            stage.place("n1")

    run(main)


def test_no_descriptors_for_a_world_is_said(few_files: None, tmp_path: Path) -> None:
    with pytest.raises((CannotRun, OSError), match="Too many open files"):
        LocalBackend().execute(Settings(1, tmp_path), _never)


def test_a_warden_without_descriptors_refuses_and_keeps_the_others(run: Run) -> None:
    async def main(stage: Stage) -> None:
        first = await stage.program("n1", "sleep", "1000")
        node = stage.place("n2")
        warden = stage.world._control.warden_pid
        before = resource.prlimit(warden, resource.RLIMIT_NOFILE)
        # What is open stays open, whatever its number; nothing above 2 can be opened any more.
        resource.prlimit(warden, resource.RLIMIT_NOFILE, (3, before[1]))
        with pytest.raises(CannotRun, match=r"'n2': cannot .* Too many open files"):
            await node.start(stage.launch("n2", "sleep", "1000"))
        assert node.state is NodeState.CREATED
        assert first.state is NodeState.RUNNING
        resource.prlimit(warden, resource.RLIMIT_NOFILE, before)
        await node.start(stage.launch("n2", "sleep", "1000"))
        assert node.state is NodeState.RUNNING

    run(main)


def test_a_kernel_without_pidfds_will_do(
    run: Run, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(pid: int, flags: int = 0) -> int:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    async def main(stage: Stage) -> None:
        await stage.program("n1", "sleep", "1000")
        monkeypatch.setattr(os, "pidfd_open", missing)

    run(main)
    assert marked(mark) == []
    monkeypatch.undo()


def test_a_log_on_a_full_disk_is_the_nodes_trouble_and_nobody_elses(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        node.placement.log.symlink_to("/dev/full")
        await node.start(stage.launch("n1", "sh", "-c", "echo words || exit 5"))
        assert await node.wait_exit() == 5
        assert node.state is NodeState.CRASHED

    run(main)


def test_a_file_for_a_node_on_a_full_disk_is_named(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        (node.placement.data / "settings").symlink_to("/dev/full")
        with pytest.raises(CannotRun, match="'settings' of node 'n1'"):
            await node.start(stage.launch("n1", "true", files={"settings": "text"}))

    run(main)


def test_a_scenario_that_is_interrupted_twice_leaves_nothing(run: Run, mark: str) -> None:
    """The second Ctrl-C comes while the world is being closed."""

    async def main(stage: Stage) -> None:
        await stage.shell("n1", "trap '' TERM; sleep 1000 & wait; sleep 1000")
        loop = asyncio.get_running_loop()
        loop.call_soon(os.kill, os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(1000)
        finally:
            loop.call_soon(os.kill, os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(main)
