"""Same seed, same run: libraries from PyPI, unmodified, in interpreters of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCENARIOS = Path(__file__).parent / "scenarios"


def run(scenario: str, folder: Path, hash_seed: int, seed: int = 7) -> str:
    """Run a scenario in a fresh interpreter; returns what it reports."""
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    command = [sys.executable, str(SCENARIOS / scenario), str(folder), str(seed)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("scenario", ["kademlia_ring.py", "web_replicas.py", "sets.py"])
def test_a_run_is_a_function_of_its_seed(scenario: str, tmp_path: Path) -> None:
    reports = [run(scenario, tmp_path / str(seed), seed) for seed in (1, 2, 3)]
    assert reports[0] == reports[1] == reports[2]
    assert run(scenario, tmp_path / "other", 1, seed=8) != reports[0]


def test_kademlia_finds_values_after_a_third_of_the_nodes_was_killed(tmp_path: Path) -> None:
    report = run("kademlia_ring.py", tmp_path, 1)
    assert "found 50 of 50" in report


def test_replicas_of_a_web_service_have_stores_of_their_own(tmp_path: Path) -> None:
    report = run("web_replicas.py", tmp_path, 1)
    assert "values {'n1': 1, 'n2': 2, 'n3': 3}" in report
    assert "after a restart None" in report
    assert "plain function 6" in report
