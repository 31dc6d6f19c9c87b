"""Coverage of the nodes' own code, whichever way they end."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import coverage
import pytest

from planc_runtime.clusters.local import measuring
from planc_runtime.protocols.node import Launch

from .conftest import Run, Stage, eventually, line_in

SERVICE = """\
import asyncio
import sys

def early():
    return "ran before the end"

def late():
    return "never called"

async def main(node):
    early()
    print("up", flush=True)
    await asyncio.sleep(1000)
"""

SCRIPT = SERVICE.replace("async def main(node):", "def main():").replace(
    "await asyncio.sleep(1000)", "import time; time.sleep(1000)"
)

EARLY, LATE = 5, 8


@pytest.fixture
def systems(tmp_path: Path) -> Path:
    folder = tmp_path / "systems"
    folder.mkdir()
    (folder / "service.py").write_text(SERVICE)
    (folder / "script.py").write_text(SCRIPT + "\nmain()\n")
    return folder


SELDOM = {"PLANC_COVERAGE_EVERY": "1000"}
"""Seconds between savings, so that only those count that were asked for."""


def _entry(stage: Stage, systems: Path, **more: Any) -> Launch:
    return stage.launch("n1", entry="service:main", path=(systems,), coverage=True, **more)


def _lines(folder: Path, name: str) -> set[int]:
    """The lines of the file that were measured, over all data files of the scenario."""
    combined = coverage.CoverageData(no_disk=True)
    for file in (folder / "scenario" / "coverage").glob(".coverage.*"):
        data = coverage.CoverageData(str(file))
        data.read()
        combined.update(data)
    found = [file for file in combined.measured_files() if Path(file).name == name]
    return {line for file in found for line in combined.lines(file) or ()}


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_a_service_that_we_end_was_measured(
    run: Run, tmp_path: Path, systems: Path, end: str
) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        await node.start(_entry(stage, systems, env=SELDOM))
        await line_in(node.placement.log, "up")
        await getattr(node, end)()

    run(main)
    assert EARLY in _lines(tmp_path, "service.py")
    assert LATE not in _lines(tmp_path, "service.py")


def test_closing_the_world_saves_as_well(run: Run, tmp_path: Path, systems: Path) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        await node.start(_entry(stage, systems, env=SELDOM))
        await line_in(node.placement.log, "up")

    run(main)
    assert EARLY in _lines(tmp_path, "service.py")


def test_a_node_that_others_kill_was_measured_up_to_a_moment_ago(
    run: Run, tmp_path: Path, systems: Path
) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        await node.start(_entry(stage, systems))
        await line_in(node.placement.log, "up")
        await eventually(lambda: _lines(tmp_path, "service.py"))
        os.kill(node.life.started.result().pid, signal.SIGKILL)
        await node.wait_exit()

    run(main)
    assert EARLY in _lines(tmp_path, "service.py")


def test_python_programs_below_a_node_are_measured(run: Run, tmp_path: Path, systems: Path) -> None:
    """A shell that starts Python twice: neither was started by us."""

    async def main(stage: Stage) -> None:
        program = f"{sys.executable} {systems / 'script.py'}"
        node = await stage.shell("n1", f"{program} & {program} & wait", coverage=True, env=SELDOM)
        await line_in(node.placement.log, "up", times=2)
        await node.kill()

    run(main)
    assert EARLY in _lines(tmp_path, "script.py")
    assert len(list((tmp_path / "scenario" / "coverage").glob(".coverage.*"))) == 2


def test_savings_that_overtake_each_other_do_no_harm(
    run: Run, tmp_path: Path, systems: Path
) -> None:
    source = "import os, signal\nfor _ in range(300): os.kill(os.getpid(), signal.SIGRTMIN + 13)\n"
    (systems / "script.py").write_text(source)

    async def main(stage: Stage) -> int:
        node = await stage.program("n1", sys.executable, str(systems / "script.py"), coverage=True)
        return int(await node.wait_exit())

    assert run(main) == 0
    assert _lines(tmp_path, "script.py") == {1, 2}
    assert not list((tmp_path / "scenario" / "coverage").glob(".partial*"))


def test_a_forked_child_is_measured_in_a_file_of_its_own(
    run: Run, tmp_path: Path, systems: Path
) -> None:
    source = """import os
if os.fork() == 0:
    only_in_the_child = 1
    raise SystemExit
os.wait()
"""
    (systems / "script.py").write_text(source)

    async def main(stage: Stage) -> int:
        node = await stage.program("n1", sys.executable, str(systems / "script.py"), coverage=True)
        return int(await node.wait_exit())

    assert run(main) == 0
    assert _lines(tmp_path, "script.py") == {1, 2, 3, 4, 5}
    assert len(list((tmp_path / "scenario" / "coverage").glob(".coverage.*"))) == 2


def test_a_measurement_that_cannot_be_saved_does_the_node_no_harm(
    run: Run, tmp_path: Path, systems: Path
) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        await node.start(_entry(stage, systems, env=SELDOM))
        await line_in(node.placement.log, "up")
        coverage_folder = tmp_path / "scenario" / "coverage"
        coverage_folder.rename(coverage_folder.with_name("gone"))
        await node.stop()
        assert node.exit_status == 0
        assert "coverage was not saved" in node.placement.log.read_text()

    run(main)


def test_what_a_dying_process_was_writing_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "coverage"
    folder.mkdir()
    for name in (".partial.coverage.n1.abc.7", ".coverage.n1.abc.7"):
        (folder / name).write_text("data")
    measuring.tidy(tmp_path)
    assert [path.name for path in folder.iterdir()] == [".coverage.n1.abc.7"]


def test_contexts_tell_scenario_and_node(run: Run, tmp_path: Path, systems: Path) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        await node.start(_entry(stage, systems))
        await line_in(node.placement.log, "up")

    run(main)
    (file,) = (tmp_path / "scenario" / "coverage").glob(".coverage.*")
    data = coverage.CoverageData(str(file))
    data.read()
    assert data.measured_contexts() == {"scenario|n1"}
    assert [Path(name).name for name in data.measured_files()] == ["service.py"]


def test_without_coverage_nothing_is_measured(run: Run, tmp_path: Path, systems: Path) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        await node.start(stage.launch("n1", entry="service:main", path=(systems,)))
        await line_in(node.placement.log, "up")

    run(main)
    assert not (tmp_path / "scenario" / "coverage").exists()


def test_the_environments_own_sitecustomize_still_runs(
    run: Run, tmp_path: Path, systems: Path
) -> None:
    (systems / "sitecustomize.py").write_text("print('customized', flush=True)\n")

    async def main(stage: Stage) -> Any:
        node = stage.place("n1")
        await node.start(_entry(stage, systems))
        await line_in(node.placement.log, "up")
        return node.placement.log.read_text()

    assert "customized" in run(main)


def test_an_interpreter_without_coverage_runs_all_the_same(run: Run, systems: Path) -> None:
    (systems / "coverage.py").write_text("raise ImportError\n")

    async def main(stage: Stage) -> Any:
        node = stage.place("n1")
        await node.start(_entry(stage, systems))
        await line_in(node.placement.log, "up")
        await node.kill()
        return node.placement.log.read_text()

    assert "has no coverage; not measured" in run(main)


def test_a_program_that_is_not_python_is_killed_without_delay(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.shell("n1", "echo up; exec sleep 1000", coverage=True)
        await line_in(node.placement.log, "up")
        await node.kill()
        assert node.exit_status == -signal.SIGKILL

    run(main)
