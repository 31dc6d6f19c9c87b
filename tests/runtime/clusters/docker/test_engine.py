"""Without an engine there is a sentence and a way to one, before anything is started."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from planc_runtime import doctor
from planc_runtime.clusters.docker import finding
from planc_runtime.clusters.docker.backend import DockerBackend
from planc_runtime.clusters.docker.engine import VARIABLE, Engine
from planc_runtime.clusters.docker.options import Options
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.backend import Settings
from support.docker import require_engine


async def _nothing(world: Any) -> None:
    raise AssertionError("there is no world")


def test_no_engine_is_told_with_the_way_to_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f"unix://{tmp_path}/none.sock")
    with pytest.raises(CannotRun, match="No such file or directory") as trouble:
        DockerBackend(Options()).execute(Settings(1, tmp_path / "run"), _nothing)
    assert "tests/docker/engine start" in trouble.value.help
    assert not (tmp_path / "run").exists()


def test_an_engine_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "tcp://192.0.2.1:2375")
    with pytest.raises(CannotRun, match="is not on this machine"):
        Engine.connect()


def test_without_the_sdk_the_command_that_installs_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = builtins.__import__

    def without(name: str, *arguments: Any, **named: Any) -> Any:
        if name == "docker":
            raise ImportError(name)
        return found(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CannotRun, match="SDK is not installed") as trouble:
        Engine.connect()
    assert "pip install 'planc[docker]'" in trouble.value.help


def test_the_doctor_tells_why_there_are_no_containers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, f"unix://{tmp_path}/none.sock")
    found = doctor.examine()["docker"]
    assert not found["carries"]
    assert found["remedy"]
    doctor.main([])
    said = capsys.readouterr().out
    assert "no containers: no engine of containers answers" in said
    assert f"what would help: {found['remedy']}" in said


def test_the_doctor_names_the_engine() -> None:
    require_engine()
    found = finding.examine()
    assert found["carries"]
    assert found["version"]
