"""`planc init` writes a project that works and never touches what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from planc.cli.main import main
from planc.cli.verbs.init import starter_files


def test_the_project_is_written(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "a/b")]) == 0
    for name, data in starter_files():
        assert (tmp_path / "a/b" / name).read_bytes() == data
    assert (tmp_path / "a/b/plans/first.plan").exists()


def test_here_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    assert (tmp_path / "plans/systems/register.py").exists()


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plans/systems").mkdir(parents=True)
    (tmp_path / "plans/systems/register.py").write_text("mine")
    assert main(["init", str(tmp_path)]) == 2
    assert "register.py` is there already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["register.py"]


def test_a_gitignore_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine")
    assert main(["init", str(tmp_path)]) == 0
    assert (tmp_path / ".gitignore").read_text() == "mine"
    assert (tmp_path / "planc.yaml").exists()


def test_a_file_is_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x").write_text("")
    assert main(["init", str(tmp_path / "x")]) == 2
    assert "is a file" in capsys.readouterr().err


def test_the_project_is_clean_formatted_and_compiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    assert main(["check"]) == 0, capsys.readouterr()
    assert main(["fmt", "--check"]) == 0, capsys.readouterr()
    assert main(["compile"]) == 0, capsys.readouterr()
    assert (tmp_path / "generated/test_first.py").exists()
