"""A run ends with the process that asked for it, also when that was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

WAITING = """
import sys, time
def test_waits():
    try:
        print("begun", file=sys.__stderr__, flush=True)
        while True:  # a signal that comes just before one call is seen after it
            time.sleep(0.1)
    finally:
        open("tidied", "w").close()
"""
DEAF = """
import signal, sys
from planc_runtime import lifeline
signal.signal(signal.SIGINT, signal.SIG_IGN)
lifeline.hold(int(sys.argv[1]), patience=0.0).join()
"""


@pytest.fixture
def pipe() -> tuple[int, int]:
    return os.pipe()


def test_the_run_is_interrupted_and_tidies_up(tmp_path: Path, pipe: tuple[int, int]) -> None:
    (tmp_path / "test_waiting.py").write_text(WAITING)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "planc_runtime.lifeline", "-s"]
    reading, writing = pipe
    run = subprocess.Popen(
        [*command, f"--planc-lifeline={reading}"],
        cwd=tmp_path,
        pass_fds=[reading],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert run.stderr is not None
    while b"begun" not in run.stderr.readline():
        assert run.poll() is None
    os.close(writing)
    assert run.wait(30) == pytest.ExitCode.INTERRUPTED
    assert (tmp_path / "tidied").exists()


def test_a_run_that_does_not_listen_is_killed(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    run = subprocess.Popen([sys.executable, "-c", DEAF, str(reading)], pass_fds=[reading])
    os.close(writing)
    assert run.wait(30) == -signal.SIGKILL


def test_without_a_lifeline_nothing_happens(tmp_path: Path) -> None:
    (tmp_path / "test_fine.py").write_text("def test_fine(): pass\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "planc_runtime.lifeline"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
