"""`use` never leads out of the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from planc.analysis.paths import Found, Refused, resolve


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "plans" / "systems").mkdir(parents=True)
    (root / "plans" / "systems" / "raft.plan").write_text('library "raft"\n')
    (root / "shared.plan").write_text('library "shared"\n')
    (tmp_path / "outside.plan").write_text('library "outside"\n')
    return root


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("systems/raft.plan", "plans/systems/raft.plan"),
        ("./systems/../systems/raft.plan", "plans/systems/raft.plan"),
        ("plans/systems/raft.plan", "plans/systems/raft.plan"),
        ("../shared.plan", "shared.plan"),
        ("shared.plan", "shared.plan"),
    ],
)
def test_paths_inside(root: Path, text: str, path: str) -> None:
    found = resolve(root, "plans/first.plan", text)

    assert isinstance(found, Found)
    assert found.path == path


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("/etc/passwd", "absolute-use"),
        ("C:/raft.plan", "absolute-use"),
        ("\\\\server\\raft.plan", "absolute-use"),
        ("~/raft.plan", "absolute-use"),
        ("../../outside.plan", "use-outside-project"),
        ("systems/../../../outside.plan", "use-outside-project"),
        ("missing.plan", "missing-library"),
        ("systems", "missing-library"),
        ("", "missing-library"),
        ("a\0b", "missing-library"),
        ("x" * 5000, "missing-library"),
    ],
)
def test_paths_that_are_refused(root: Path, text: str, problem: str) -> None:
    found = resolve(root, "plans/first.plan", text)

    assert isinstance(found, Refused)
    assert found.problem == problem


def test_a_link_out_of_the_project_is_refused(root: Path) -> None:
    (root / "plans" / "link.plan").symlink_to(root.parent / "outside.plan")
    (root / "plans" / "folder").symlink_to(root.parent)

    for text in ("link.plan", "folder/outside.plan"):
        found = resolve(root, "plans/first.plan", text)
        assert isinstance(found, Refused)
        assert found.problem == "link-outside-project"


def test_a_link_inside_the_project_is_the_file_it_leads_to(root: Path) -> None:
    (root / "plans" / "link.plan").symlink_to(root / "shared.plan")

    found = resolve(root, "plans/first.plan", "link.plan")

    assert isinstance(found, Found)
    assert found.path == "shared.plan"


def test_a_misspelt_path_is_guessed(root: Path) -> None:
    found = resolve(root, "plans/first.plan", "systems/rafft.plan")

    assert isinstance(found, Refused)
    assert "plans/systems/raft.plan" in found.help
    assert found.tried == ("plans/systems/rafft.plan", "systems/rafft.plan")
