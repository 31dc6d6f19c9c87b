"""planc.yaml is optional; what it says is checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.pipeline.conftest import Files

from planc.config import ConfigError, find_root, load_config
from planc.pipeline import compile


def test_without_a_file_everything_has_a_default(tmp_path: Path) -> None:
    config = load_config(tmp_path)

    assert (config.plans, config.generated, config.reports) == ("plans", "generated", "reports")
    assert config.backend == "sim"


def test_folders_can_be_moved(project: Files) -> None:
    project.write("planc.yaml", "plans: plans/store\ngenerated: ./out/tests/\nbackend: local\n")

    result = compile(root=project.root)

    assert result.config.backend == "local"
    assert [each.output for each in result.plans if each.index] == ["out/tests/test_first.py"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("plans: /etc", "below the project"),
        ("generated: ../x", "below the project"),
        ("bakend: sim", "bakend"),
        ("backend: 3", "backend"),
        ("- a", "must hold settings"),
        ("a: [", "not YAML"),
    ],
)
def test_a_wrong_file_is_explained(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "planc.yaml").write_text(text)

    with pytest.raises(ConfigError, match=message):
        load_config(tmp_path)


@pytest.mark.parametrize("marker", ["planc.yaml", "pyproject.toml", ".git"])
def test_the_root_is_the_nearest_folder_with_a_marker(tmp_path: Path, marker: str) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / marker).touch()

    assert find_root(inner) == str(tmp_path / "a")
    assert find_root(inner / "x.plan") == str(tmp_path / "a")
