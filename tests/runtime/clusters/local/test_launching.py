import contextlib
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.clusters.local import launching
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.node import Launch, NodeInfo, Peer, Placement

FOLDERS = st.sampled_from(["..", ".", "a", "b", "../..", "a/../.."])


def _launch(folder: Path, **fields: object) -> tuple[Launch, Placement]:
    place = Placement("n1", "127.64.0.1", {"client": 2379}, folder, folder / "log")
    info = NodeInfo("n1", place.address, place.ports, folder, "c", 1, ())
    return replace(Launch(info), **fields), place  # type: ignore[arg-type]


def test_a_program_is_looked_for_on_the_path_of_the_launch(tmp_path: Path) -> None:
    program = tmp_path / "planc-test-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    launch, place = _launch(
        tmp_path, argv=("planc-test-server", "--flag"), env={"PATH": str(tmp_path)}
    )
    assert launching.command(launch, place) == [str(program), "--flag"]


def test_an_entry_runs_in_this_interpreter(tmp_path: Path) -> None:
    launch, place = _launch(tmp_path, entry="service:main")
    command = launching.command(launch, place)
    assert command[0] == sys.executable
    assert command[-1] == "service:main"


def test_neither_command_nor_entry_is_said(tmp_path: Path) -> None:
    launch, place = _launch(tmp_path)
    with pytest.raises(CannotRun, match="'n1' has neither"):
        launching.command(launch, place)


def test_the_launchs_folders_come_first_on_the_import_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/inherited")
    launch, _ = _launch(tmp_path, entry="s:main", path=(tmp_path / "a", tmp_path / "b"))
    path = launching.environment(launch, tmp_path)["PYTHONPATH"].split(os.pathsep)
    assert path[:2] == [str(tmp_path / "a"), str(tmp_path / "b")]
    assert path[-1] == "/inherited"


def test_the_environment_of_the_launch_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SETTING", "ours")
    monkeypatch.setenv("OTHER", "kept")
    launch, _ = _launch(tmp_path, env={"SETTING": "theirs"})
    env = launching.environment(launch, tmp_path)
    assert (env["SETTING"], env["OTHER"]) == ("theirs", "kept")


def test_a_node_does_not_know_that_it_is_under_test(tmp_path: Path) -> None:
    assert "PYTEST_CURRENT_TEST" in os.environ
    launch, _ = _launch(tmp_path, argv=("server",))
    env = launching.environment(launch, tmp_path)
    assert not [name for name in env if name.startswith("PYTEST_")]


def test_the_nodes_own_description_reaches_it_whole(tmp_path: Path) -> None:
    peers = (Peer("n1", "127.64.0.1", {"a": 1}), Peer("n2", "127.64.0.2", {"a": 1}, "east"))
    info = NodeInfo(
        "n1", "127.64.0.1", {"a": 1}, tmp_path, "c", 1, peers,
        {"text": "it's \"quoted\"\nand {braced}"}, frozenset({"stale_read"}), 42,
    )  # fmt: skip
    env = launching.environment(Launch(info, entry="s:main"), tmp_path)
    assert NodeInfo.from_json(env["PLANC_NODE"]) == info


@given(st.lists(FOLDERS, min_size=1, max_size=4).map("/".join))
def test_no_file_of_a_launch_leaves_the_nodes_folder(name: str) -> None:
    with tempfile.TemporaryDirectory() as root:
        outer = Path(root)
        data = outer / "x" / "y" / "data"
        data.mkdir(parents=True)
        launch, place = _launch(data, files={f"{name}/file": "text"})
        with contextlib.suppress(CannotRun):
            launching.write_files(launch, place)
        written = [path for path in outer.rglob("file") if path.is_file()]
        assert all(path.is_relative_to(data) for path in written)


def test_an_absolute_file_or_a_link_out_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "link").symlink_to(tmp_path)
    for name in (str(tmp_path / "absolute"), "link/through"):
        launch, place = _launch(data, files={name: "text"})
        with pytest.raises(CannotRun, match="outside its folder"):
            launching.write_files(launch, place)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    launch, place = _launch(tmp_path, files={"file/below": "text"})
    with pytest.raises(CannotRun, match="'file/below' of node 'n1'"):
        launching.write_files(launch, place)
