import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.engine.nodes.logs import last_lines

LINES = st.lists(st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), max_size=30))


@given(LINES, st.integers(min_value=1, max_value=10))
def test_the_last_lines_are_the_last_lines(lines: list[str], count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        log.write_text("".join(f"{line}\n" for line in lines))
        assert last_lines(log, count) == lines[-count:]


def test_a_huge_log_is_not_read_from_its_beginning(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file:
        file.truncate(1 << 40)
        file.seek(0, 2)
        file.write(b"\nlast words\n")
    assert last_lines(log, 1) == ["last words"]


def test_a_line_that_is_not_text_is_shown_all_the_same(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"\xff\xfe panic\n")
    assert last_lines(log) == ["\ufffd\ufffd panic"]


def test_no_log_has_no_lines(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "missing") == []
