"""The suite as the author of another backend uses it, and what it says of a backend that lies."""

import subprocess
import sys
from pathlib import Path

MODULE = """
import pytest

from planc_runtime.clusters.sim import SimBackend
from planc_runtime.protocols.evidence import installed
from planc_runtime.testing.conformance import *  # noqa: F403


class Lease:
    evidence = installed("believe me")

    async def heal(self):
        return installed("believe me again")


async def nothing(*arguments):
    return Lease()


class Mine(SimBackend):
    name = "mine"

    def execute(self, settings, main):
        async def changed(world):
            world.name = "mine"
            {change}
            return await main(world)

        return super().execute(settings, changed)


@pytest.fixture
def backend():
    return Mine()
"""


def _run(folder: Path, change: str, *options: str) -> "subprocess.CompletedProcess[str]":
    (folder / "test_mine.py").write_text(MODULE.format(change=change))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rfs", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_another_backend_is_held_to_the_suite(tmp_path: Path) -> None:
    ended = _run(tmp_path, "pass")
    assert ended.returncode == 0, ended.stdout
    assert "passed" in ended.stdout


def test_what_a_backend_does_not_claim_is_skipped_with_the_reason(tmp_path: Path) -> None:
    ended = _run(tmp_path, "world.abilities = frozenset({'pause'})", "-k", "Links or Pauses")
    assert ended.returncode == 0, ended.stdout
    assert "backend 'mine' cannot partition" in ended.stdout
    assert "6 passed" in ended.stdout


LIES = {
    "pause": "test_a_paused_node_is_silent_and_the_others_are_not",
    "impair": "test_a_cut_link_lets_nothing_through_and_heals",
    "set_clock": "test_a_skewed_clock_is_off_by_so_much_until_healed",
    "set_disk": "test_a_full_disk_takes_no_writes_until_healed",
    "lose_unsynced": "test_a_power_cut_loses_what_was_not_synced",
    "fail_names": "test_names_fail_until_healed",
}


def test_faults_that_only_claim_to_hold_are_found_out(tmp_path: Path) -> None:
    change = " = ".join([f"world.{name}" for name in LIES] + ["nothing"])
    ended = _run(tmp_path, change, "-k", " or ".join(LIES.values()))
    assert ended.returncode == 1, ended.stdout
    for test in LIES.values():
        assert f"::{test}" in ended.stdout, test
    assert f"{len(LIES)} failed" in ended.stdout


def test_a_fault_that_hits_the_others_as_well_is_found_out(tmp_path: Path) -> None:
    lie = (
        "impair = world.impair\n"
        "            names = ('n1', 'n2', 'n3')\n"
        "            everyone = frozenset((a, b) for a in names for b in names if a != b)\n"
        "            world.impair = lambda pairs, rule: impair(everyone, rule)"
    )
    ended = _run(tmp_path, lie, "-k", "test_a_cut_link_lets_nothing_through_and_heals")
    assert ended.returncode == 1, ended.stdout
