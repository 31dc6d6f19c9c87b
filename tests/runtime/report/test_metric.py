"""Metrics that were judged, as charts: a line per node, broken where it showed nothing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from planc_runtime.report import assemble

Leave = Callable[..., Path]
JUDGED = {
    "value": 5, "unit": "", "samples": 36, "metric": "elections_total", "stat": "increase",
    "nodes": {"n1": 5, "n2": 0},
    "series": {
        "n1": [[0.0, 2], [1.0, 2], [1.5, None], [2.0, 7], [30, 7]],
        "n2": [[0.0, 0], [2.0, 0]],
    },
}  # fmt: skip


def svg(leave: Leave, reports: Path, data: Any, result: str = "failed") -> Any:
    expectation = {
        "line": "first.plan:34",
        "text": 'expect increase of metric "elections_total" of store <= 3',
        "result": result,
        "measured": "it was 5 on n1",
        "data": data,
    }
    leave(verdict=result, expectations=[expectation])
    assemble(reports)
    document = html.parse(str(reports / "consensus/first/index.html"))
    return document.xpath("//figure[@class='metric']/svg")


def test_a_line_per_node_and_the_one_to_blame(leave: Leave, reports: Path) -> None:
    [chart] = svg(leave, reports, JUDGED)
    curves = {
        each.xpath("string(text)"): each for each in chart.xpath("g[contains(@class, 'curve')]")
    }
    assert set(curves) == {"n1", "n2"}
    assert "broke" in curves["n1"].get("class")
    assert "broke" not in curves["n2"].get("class")
    assert curves["n1"].xpath("string(path/@d)").count("M") == 2, "broken where nothing was shown"
    assert curves["n1"].xpath("string(title)") == "n1: 2 to 7"
    times = chart.xpath("text[@class='time']/text()")
    assert times == ["0 s", "5 s", "10 s", "15 s", "20 s", "25 s", "30 s"]


def test_nobody_is_to_blame_for_what_held(leave: Leave, reports: Path) -> None:
    [chart] = svg(leave, reports, JUDGED, "passed")
    assert not chart.xpath("g[contains(@class, 'broke')]")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"metric": "x"},
        {"metric": "x", "series": {}},
        {"metric": "x", "series": {"n1": [[0, None]]}},
    ],
)
def test_nothing_to_draw_is_no_chart(leave: Leave, reports: Path, data: Any) -> None:
    assert svg(leave, reports, data) == []


def test_many_nodes_of_one_value_keep_their_names_apart(leave: Leave, reports: Path) -> None:
    series = {f"n{number}": [[0, 1], [30, 1]] for number in range(7)}
    [chart] = svg(leave, reports, {"metric": "x", "series": series})
    places = sorted(float(y) for y in chart.xpath("g/text/@y"))
    assert len(places) == 7
    assert all(b - a >= 12.9 for a, b in pairwise(places))
