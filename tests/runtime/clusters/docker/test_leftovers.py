"""However a test ends, no container of it stays; and nobody else's is touched."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.docker import labels
from planc_runtime.clusters.docker.backend import DockerBackend
from planc_runtime.clusters.docker.engine import Engine
from planc_runtime.clusters.docker.options import Options
from planc_runtime.clusters.docker.world import DockerWorld
from planc_runtime.protocols.backend import Settings
from support.docker import require_engine

VICTIM = Path(__file__).with_name("victim.py")
CONTAINERS = 1 + 2 + 2
"""The lab, the holders of two networks, two nodes."""
LIMIT = 60.0


@pytest.fixture
def engine() -> Iterator[Engine]:
    require_engine()
    engine = Engine.connect()
    yield engine
    engine.close()


@pytest.fixture
def victim(engine: Engine, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Any]]:
    process = subprocess.Popen(
        [sys.executable, str(VICTIM), str(tmp_path / "victim")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout
    with process.stdout:
        yield process, json.loads(process.stdout.readline())
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()


def _of(engine: Engine, run: str) -> list[str]:
    found = engine.client.api.containers(all=True, filters={"label": f"{labels.RUN}={run}"})
    return [container["Id"] for container in found]


def _none_left(engine: Engine, run: str) -> None:
    deadline = time.monotonic() + LIMIT
    while left := _of(engine, run):
        assert time.monotonic() < deadline, f"{len(left)} containers are left"
        time.sleep(0.05)


def test_a_killed_test_process_leaves_no_container(engine: Engine, victim: Any) -> None:
    process, report = victim
    assert len(_of(engine, report["run"])) == CONTAINERS
    process.kill()
    _none_left(engine, report["run"])


def test_interrupting_the_whole_terminal_leaves_no_container(engine: Engine, victim: Any) -> None:
    process, report = victim
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(LIMIT) != 0
    assert _of(engine, report["run"]) == [], "the world was closed before the process ended"


def test_a_frozen_test_process_is_no_reason_to_end(engine: Engine, victim: Any) -> None:
    process, report = victim
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.3)
    assert len(_of(engine, report["run"])) == CONTAINERS
    process.send_signal(signal.SIGCONT)


def test_when_the_reaper_dies_as_well_the_next_world_tidies_up(
    engine: Engine, victim: Any, tmp_path: Path
) -> None:
    process, report = victim
    os.kill(report["reaper"], signal.SIGKILL)
    process.kill()
    process.wait()
    assert len(_of(engine, report["run"])) == CONTAINERS

    async def nothing(world: Any) -> None:
        assert isinstance(world, DockerWorld)
        assert _of(engine, report["run"]) == []

    DockerBackend(Options()).execute(Settings(1, tmp_path / "next"), nothing)


def test_worlds_side_by_side_leave_each_other_alone(
    engine: Engine, victim: Any, tmp_path: Path
) -> None:
    _, report = victim

    async def mine(world: Any) -> None:
        world.place("plain", {"port": 2379})
        await world._holders.of("plain")

    DockerBackend(Options()).execute(Settings(1, tmp_path / "mine"), mine)
    assert len(_of(engine, report["run"])) == CONTAINERS
