"""What the index tells of earlier runs, and what it does without them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from planc_runtime.report import assemble, begin
from planc_runtime.report.trends import FILE

Leave = Callable[..., Path]


def run(leave: Leave, reports: Path, number: int, text: str = "expect p99 latency < 1s") -> Any:
    """Leave the n-th run: every third one failed, and each took longer."""
    begin(reports, ["consensus/first"])
    bad = number % 3 == 2
    expectation = {
        "line": "first.plan:34",
        "text": text,
        "result": "failed" if bad else "passed",
        "measured": "p99 latency",
        "data": {"value": 0.1 + number / 100, "unit": "s"},
    }
    leave(verdict="failed" if bad else "passed", seed=number, expectations=[expectation])
    assemble(reports)
    return html.parse(str(reports / "index.html"))


def test_ten_runs_are_ten_bars_and_a_line(leave: Leave, reports: Path) -> None:
    for number in range(10):
        document = run(leave, reports, number)
    bars = document.xpath("//div[@class='trend']//rect/@class")
    assert bars.count("run failed") == 3
    assert bars.count("run passed") == 7
    assert "7 of the last 10 runs green" in document.xpath("string(//div[@class='trend'])")
    [line] = document.xpath("//div[@class='series']/div")
    assert line.xpath("string(span[@class='text'])") == "p99 latency < 1s"
    assert line.xpath("string(span[@class='last'])") == "190 ms"
    assert line.xpath("string(svg/path/@d)").count(",") == 10


def test_a_report_that_is_made_again_is_no_new_run(leave: Leave, reports: Path) -> None:
    run(leave, reports, 0)
    run(leave, reports, 1)
    assemble(reports)
    document = html.parse(str(reports / "index.html"))
    assert len(document.xpath("//div[@class='trend']//rect")) == 2


def test_what_is_no_longer_expected_is_not_shown(leave: Leave, reports: Path) -> None:
    for number in range(3):
        run(leave, reports, number)
    for number in range(3, 5):
        document = run(leave, reports, number, text="expect p99 latency < 2s")
    said = document.xpath("//div[@class='series']//span[@class='text']/text()")
    assert said == ["p99 latency < 2s"]


@pytest.mark.parametrize("content", [b"", b"not a database", None])
def test_a_file_that_is_damaged_or_gone_costs_the_trend_only(
    leave: Leave, reports: Path, content: bytes | None
) -> None:
    run(leave, reports, 0)
    (reports / FILE).unlink()
    if content is not None:
        (reports / FILE).write_bytes(content)
    document = run(leave, reports, 1)
    assert "The store survives" in document.xpath("string(//h2)")
    assert not document.xpath("//div[@class='trend']//rect")
