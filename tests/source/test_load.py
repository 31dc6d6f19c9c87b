"""Loading a file: what is accepted, what is refused before a word of it is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from planc.source import MAX_BYTES, SourceFile, load
from planc.source.load import from_text
from planc.syntax import parse

GOOD = 'plan "x"\nlet a = 1\n'


def loaded(tmp_path: Path, data: bytes) -> SourceFile:
    path = tmp_path / "some.plan"
    path.write_bytes(data)
    return load(path, tmp_path)


def only_code(source: SourceFile) -> str:
    tree, found = parse(source)
    assert tree.declarations == ()
    assert len(found) == 1
    return found[0].code


def test_path_is_shown_relative_to_the_root(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.plan").write_text(GOOD)

    assert load(tmp_path / "sub" / "a.plan", tmp_path).path == "sub/a.plan"


@pytest.mark.parametrize(
    "data",
    [GOOD.encode(), b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode()],
    ids=["plain", "byte-order-mark", "crlf"],
)
def test_accepted_forms_mean_the_same(tmp_path: Path, data: bytes) -> None:
    source = loaded(tmp_path, data)

    assert source.text == GOOD
    assert parse(source)[1] == []


def test_missing_file_and_folder_are_reported(tmp_path: Path) -> None:
    assert only_code(load(tmp_path / "nothing.plan", tmp_path)) == "PLC0001"
    assert only_code(load(tmp_path, tmp_path)) == "PLC0001"


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.plan")

    assert only_code(load(tmp_path / "pipe.plan", tmp_path)) == "PLC0001"
    assert only_code(load(Path("/dev/zero"), tmp_path)) == "PLC0001"
    assert only_code(load(tmp_path / "nul\0.plan", tmp_path)) == "PLC0001"


@pytest.mark.parametrize("data", [b"", b" \n\t\n"], ids=["nothing", "blanks"])
def test_empty_file_is_reported(tmp_path: Path, data: bytes) -> None:
    assert only_code(loaded(tmp_path, data)) == "PLC0002"


def test_binary_file_is_reported(tmp_path: Path) -> None:
    assert only_code(loaded(tmp_path, b"\x7fELF\0\0\1")) == "PLC0003"


def test_wrong_encoding_names_byte_and_line(tmp_path: Path) -> None:
    source = loaded(tmp_path, 'plan "x"\r\n# größe\r\n'.encode("latin-1"))

    _, found = parse(source)

    assert [each.code for each in found] == ["PLC0004"]
    assert (found[0].span.line, found[0].span.column) == (2, 5)
    assert "byte 14 (0xf6) in line 2" in found[0].message


def test_utf16_is_named(tmp_path: Path) -> None:
    assert only_code(loaded(tmp_path, GOOD.encode("utf-16"))) == "PLC0004"


def test_ten_megabytes_are_refused(tmp_path: Path) -> None:
    assert only_code(loaded(tmp_path, b"#" * (10 * 1024 * 1024))) == "PLC0005"


def test_the_largest_plan_is_accepted() -> None:
    text = GOOD + "#" * (MAX_BYTES - len(GOOD))

    assert parse(from_text(text))[1] == []


@pytest.mark.parametrize(
    ("character", "code"),
    [("\u202e", "PLC0006"), ("\u2066", "PLC0006"), ("\u200b", "PLC0007"), ("\x1b", "PLC0007")],
)
def test_hidden_characters_are_reported_where_they_stand(character: str, code: str) -> None:
    _, found = parse(from_text(f'plan "x"\n# a{character}b\n'))

    assert [(each.code, each.span.line, each.span.column) for each in found] == [(code, 2, 4)]


def test_lines_and_columns_count_from_one() -> None:
    source = from_text("ab\n\ncd")

    assert source.line_and_column(0) == (1, 1)
    assert source.line_and_column(2) == (1, 3)
    assert source.line_and_column(3) == (2, 1)
    assert source.line_and_column(5) == (3, 2)
    assert [source.line(number) for number in range(5)] == ["", "ab", "", "cd", ""]
