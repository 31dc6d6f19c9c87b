"""What is read while a run lasts is written whole or not at all."""

import os
from pathlib import Path

import pytest

from planc_runtime.files import replacing, write_whole
from planc_runtime.history.summary import ScenarioSummary


def test_a_file_is_made_with_its_folders_or_replaced(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "index.html"
    write_whole(path, "one\n")
    write_whole(path, "two\r\n")

    assert path.read_bytes() == b"two\r\n"
    assert path.stat().st_mode & 0o777 == 0o644
    assert os.listdir(path.parent) == ["index.html"]


def test_whoever_is_interrupted_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    write_whole(path, "old")

    def interrupted() -> None:
        with replacing(path) as file:
            file.write("half")
            file.flush()
            assert path.read_text() == "old"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["index.html"]


def test_a_summary_that_cannot_be_written_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ScenarioSummary(plan="a", source="plans/a.plan", title="t", test="test_t")
    first.write(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        first.model_copy(update={"because": "later"}).write(tmp_path)
    assert ScenarioSummary.read(tmp_path) == first
    assert os.listdir(tmp_path) == ["summary.json"]
