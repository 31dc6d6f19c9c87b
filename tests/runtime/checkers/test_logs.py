"""Forbidden log lines: which lines count, what is told of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planc_runtime.checkers.logs import Log, no_line_matches
from planc_runtime.history.arrivals import Noted, read_arrivals
from planc_runtime.history.verdict import Result, Verdict
from planc_runtime.history.windows import Intervals

LINES = [(1.0, "started"), (2.0, "PANIC: lost"), (5.0, "\x1b[31mpanic\x1b[0m again"), (9.0, "bye")]


def log(folder: Path, node: str = "n1", lines: list[tuple[float, str]] = LINES) -> Log:
    path = folder / f"{node}.log"
    noted, data = Noted(), b""
    for moment, text in lines:
        data += f"{text}\n".encode()
        noted.sizes.append(len(data))
        noted.times.append(moment)
    path.write_bytes(data)
    return Log(node, path, noted)


def judged(folder: Path, pattern: str, **options: Any) -> Verdict:
    return no_line_matches(pattern, [log(folder), log(folder, "n2", [(1, "fine")])], **options)


def test_a_line_that_matches_is_shown_with_its_node_and_time(tmp_path: Path) -> None:
    verdict = judged(tmp_path, "panic|race", wanted="no log line matches")
    assert verdict.result is Result.FAILED
    assert verdict.evidence == ["n1, line 3 at 5.000 s: panic again"]
    assert verdict.measured.startswith(
        "1 of 5 lines of 2 logs matches, of n1; the first: n1, line 3"
    )
    assert verdict.data["lines"] == [{"node": "n1", "line": 3, "t": 5.0, "text": "panic again"}]


def test_without_one_the_number_of_lines_says_what_was_looked_at(tmp_path: Path) -> None:
    verdict = judged(tmp_path, "deadlock")
    assert (verdict.result, verdict.measured) == (
        Result.PASSED,
        "none of 5 lines of 2 logs matches",
    )


def test_case_is_ignored_on_demand(tmp_path: Path) -> None:
    verdict = judged(tmp_path, "panic", ignoring_case=True)
    assert [line["line"] for line in verdict.data["lines"]] == [2, 3]


@pytest.mark.parametrize(
    ("window", "excepted", "found"),
    [
        (None, [], [2, 3]),
        ((4.0, 6.0), [], [3]),
        (None, [(4.0, 4.5)], [2]),
        (None, [(2.0, 2.1), (4.9, 6.0)], []),
        ((0.0, 6.0), [(0.5, 1.5)], [3]),
    ],
)
def test_windows_and_exceptions(
    tmp_path: Path,
    window: tuple[float, float] | None,
    excepted: list[tuple[float, float]],
    found: list[int],
) -> None:
    verdict = judged(
        tmp_path,
        "panic",
        ignoring_case=True,
        window=window and Intervals((window,)),
        excepted=[Intervals((span,)) for span in excepted],
    )
    assert [line["line"] for line in verdict.data.get("lines", [])] == found


def test_many_lines_are_counted_and_twenty_shown(tmp_path: Path) -> None:
    many = log(tmp_path, "n1", [(float(t), "panic") for t in range(100)])
    verdict = no_line_matches("panic", [many])
    assert verdict.data["count"] == 100
    assert len(verdict.evidence) == 21
    assert verdict.evidence[-1] == "and 80 more lines"


def test_of_a_long_line_the_part_that_matches_is_shown(tmp_path: Path) -> None:
    text = "a" * 5_000 + " panic: lost " + "b" * 5_000
    shown = no_line_matches("panic", [log(tmp_path, "n1", [(1.0, text)])]).data["lines"][0]["text"]
    assert " panic: lost b" in shown
    assert (len(shown), shown[0], shown[-1]) == (302, "…", "…")
    short = no_line_matches("^a", [log(tmp_path, "n1", [(1.0, text)])]).data["lines"][0]["text"]
    assert (len(short), short[0]) == (301, "a")


def test_logs_that_are_empty_or_not_there_say_so(tmp_path: Path) -> None:
    silent = no_line_matches("panic", [log(tmp_path, "n1", [])])
    assert (silent.result, silent.measured) == (Result.PASSED, "no line was written to 1 log")
    none = no_line_matches("panic", [])
    assert (none.result, none.measured) == (Result.INCONCLUSIVE, "there is no log to be read")


def test_a_line_of_an_unknown_time_may_lie_in_the_window(tmp_path: Path) -> None:
    path = tmp_path / "n1.log"
    path.write_text("panic\n")
    part = Intervals(((1.0, 2.0),))
    verdict = no_line_matches("panic", [Log("n1", path, Noted())], window=part)
    assert verdict.result is Result.INCONCLUSIVE
    assert verdict.measured == "nobody knows when this line came: n1, line 1: panic"
    other = no_line_matches("fatal", [Log("n1", path, Noted())], window=part)
    assert other.result is Result.PASSED


def test_an_endless_line_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "n1.log"
    path.write_bytes(b"x" * 3_000_000 + b"panic\nshort panic\nno end")
    verdict = no_line_matches("panic", [Log("n1", path, Noted())])
    assert [line["line"] for line in verdict.data["lines"]] == [2]
    assert verdict.measured.startswith("1 of 3 lines of 1 log")


def test_a_log_that_cannot_be_read_leaves_it_open(tmp_path: Path) -> None:
    gone = Log("n3", tmp_path / "gone.log", Noted())
    verdict = no_line_matches("nothing", [log(tmp_path), gone])
    assert verdict.result is Result.INCONCLUSIVE
    assert "the log of n3 could not be read" in verdict.measured
    assert no_line_matches("started", [log(tmp_path), gone]).result is Result.FAILED
    broken = no_line_matches("(", [log(tmp_path)])
    assert broken.result is Result.INCONCLUSIVE


def test_notes_of_a_log_that_was_cut_are_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "arrivals.jsonl"
    rows = ['{"log":"a","size":10,"t":1}', '{"log":"a","size":4,"t":2}', "{", '{"log":"a"}', "[1]"]
    path.write_text("\n".join(rows))
    noted = read_arrivals(path)["a"]
    assert (noted.sizes, noted.times) == ([4], [2.0])
    assert noted.when(4) == 2.0
    assert noted.when(5) is None
    assert read_arrivals(tmp_path / "none") == {}
