"""Paths as users type them."""

from __future__ import annotations

from pathlib import Path

import pytest

from planc.cli.errors import UsageError
from planc.cli.paths import plan_files


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("plans/b.plan", "plans/a.plan", "plans/web/c.plan", "plans/.hidden/d.plan"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (tmp_path / "plans/notes.txt").write_text("")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)


def names(*arguments: str) -> list[str]:
    return [path.as_posix() for path in plan_files(arguments)]


def test_the_default_is_the_folder_plans() -> None:
    assert names() == ["plans/a.plan", "plans/b.plan", "plans/web/c.plan"]


def test_a_file_named_twice_is_read_once() -> None:
    assert names("plans/b.plan", "plans") == ["plans/b.plan", "plans/a.plan", "plans/web/c.plan"]


@pytest.mark.parametrize(
    ("argument", "help"),
    [
        ("plans/a.paln", "did you mean `plans/a.plan`?"),
        ("plan", "did you mean `plans`?"),
        ("plans/wbe", "did you mean `plans/web`?"),
        ("c.plan", "did you mean `plans/web/c.plan`?"),
        ("something/else", ""),
    ],
)
def test_a_path_that_is_not_there(argument: str, help: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan_files([argument])
    assert caught.value.message == f"there is no `{argument}`"
    assert caught.value.help == help


@pytest.mark.parametrize("argument", ["empty", "plans/notes.txt"])
def test_what_is_no_plan(argument: str) -> None:
    with pytest.raises(UsageError, match=r"plan") as caught:
        plan_files([argument])
    assert "*.plan" in caught.value.help


def test_without_plans_there_is_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(UsageError) as caught:
        plan_files([])
    assert "planc init" in caught.value.help
