"""What a machine cannot do is known, with the reason, before anything starts."""

import errno
import os
from typing import Any

import pytest
from tests.runtime.clusters.machine.conftest import Run, Stage

from planc_runtime.clusters.local.world import LocalWorld
from planc_runtime.clusters.machine import seccomp, trial, vdso
from planc_runtime.errors import NotSupported
from planc_runtime.protocols.rules import DiskRule

EVERYTHING = {
    "slow_disk", "fail_fsync", "skew", "jump", "drift", "exhaust_files", "limit_memory",
    "throttle_cpu", "flip_bits", "fill_disk", "lose_unsynced",
}  # fmt: skip


def test_every_ability_is_there_or_has_a_reason() -> None:
    found = trial.find()

    assert set(found.abilities) | set(found.missing) == EVERYTHING
    assert not set(found.abilities) & set(found.missing)
    assert all(found.missing.values())


REFUSALS = (
    "Operation not permitted", "Permission denied", "Function not implemented",
    "Invalid argument", "Device or resource busy", "is known of", "only", "no room left",
)  # fmt: skip
"""What a machine may say; that something was tried and had no effect is a fault of ours."""


def test_what_is_missing_was_refused_by_the_machine() -> None:
    missing = trial.find().missing
    for ability in missing:
        assert any(words in missing[ability] for words in REFUSALS), missing[ability]


def test_nothing_of_a_trial_is_left() -> None:
    before = os.listdir("/proc/self/fd")
    trial.find()

    assert os.listdir("/proc/self/fd") == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_an_unknown_kind_of_machine_lacks_what_needs_its_instructions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    found = trial.find()

    assert {"skew", "slow_disk"} <= set(found.missing)
    assert "riscv64" in found.missing["slow_disk"]
    assert "riscv64" in found.missing["fill_disk"]
    assert "exhaust_files" in found.abilities


def test_a_kernel_that_refuses_filters_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(watched: object) -> int:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(seccomp, "listen", refused)
    found = trial.find()

    assert found.missing["fail_fsync"].endswith("Operation not permitted")
    assert "exhaust_files" in found.abilities


def test_a_patch_without_effect_is_no_ability(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vdso.Clock, "set", lambda self, *words: None)

    assert "do not read the clock" in trial.find().missing["drift"]


def test_a_world_that_was_not_told_refuses_what_needs_preparation(run: Run) -> None:
    async def main(stage: Stage) -> None:
        world: Any = stage.world
        assert isinstance(world, LocalWorld)
        stage.place("n1")
        with pytest.raises(NotSupported) as full:
            await world.set_disk("n1", DiskRule(full=True))
        with pytest.raises(NotSupported) as lost:
            await world.lose_unsynced("n1")
        assert "Settings.troubles" in (full.value.help or "")
        assert "Settings.troubles" in (lost.value.help or "")

    run(main)
