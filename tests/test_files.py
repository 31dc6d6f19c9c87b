"""A file is written whole or not at all, through links, and keeps its permissions."""

import os
from pathlib import Path

import pytest

from planc.files import write_whole


def test_a_file_is_made_or_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.plan"
    write_whole(path, "one\n")
    write_whole(path, "two\r\n")

    assert path.read_bytes() == b"two\r\n"
    assert os.listdir(tmp_path) == ["a.plan"]


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    target = tmp_path / "shared.plan"
    target.write_text("old")
    target.chmod(0o640)
    link = tmp_path / "link.plan"
    link.symlink_to(target)
    write_whole(link, "new")

    assert link.is_symlink()
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o7777 == 0o640


def test_what_cannot_be_written_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.plan"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "\ud800")

    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.plan"]


def test_a_name_of_any_length_the_disk_allows(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250 + ".plan")
    write_whole(path, "text")

    assert path.read_text() == "text"


def test_a_folder_in_its_place_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path, "text")
    assert os.listdir(tmp_path) == []
    assert not list(tmp_path.parent.glob(".planc-*"))
