"""Verdicts of the checkers, drawn: who is blamed is marked, what speaks against it points there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.history import Operation, Result
from planc_runtime.report import assemble
from planc_runtime.report.properties import MEANING, meaning
from support.histories import history, op

Leave = Callable[..., Path]


def txn(process: int, steps: list[list[Any]], at: tuple[float, float]) -> Operation:
    asked = [[f, key, None if f == "r" else value] for f, key, value in steps]
    return op(process, "txn", asked, at=at, value=steps, node="n1")


STALE = [
    op(1, "write", "x", 7, at=(1.0, 2.0), node="n1"),
    op(2, "write", "x", 9, at=(3.0, 3.9), node="n2"),
    op(3, "read", "x", at=(4.12, 4.125), value=7, node="n3"),
]
LOST_UPDATE = [
    txn(0, [["w", "x", 1]], (0, 1)),
    txn(1, [["r", "x", 1], ["w", "x", 2]], (2, 3)),
    txn(2, [["r", "x", 1], ["w", "x", 3]], (2, 3)),
]
READ_SKEW = [
    txn(1, [["append", "x", 1]], (0, 9)),
    txn(2, [["r", "x", [1]], ["append", "y", 1]], (0, 9)),
    txn(3, [["r", "x", []], ["r", "y", [1]]], (0, 9)),
]


@pytest.fixture
def page(leave: Leave, reports: Path) -> Callable[..., Any]:
    def make(name: str, operations: list[Operation]) -> Any:
        verdict = HISTORY_CHECKS[name](history(*operations), options={}, budget=Budget())
        assert verdict.result is Result.FAILED
        expectation = {
            "line": "first.plan:34",
            "text": f"expect history is {name}",
            "result": "failed",
            "measured": verdict.measured,
            "wanted": verdict.wanted,
            "evidence": list(verdict.evidence),
            "data": dict(verdict.data),
        }
        leave(verdict="failed", because="first.plan:34", expectations=[expectation])
        assemble(reports)
        return html.parse(str(reports / "consensus/first/index.html"))

    return make


def said(document: Any) -> dict[str, str]:
    """Return the verdict's sentences by their names."""
    [box] = document.xpath("//dl[contains(@class, 'sentences')]")
    names = [each.text_content() for each in box.xpath("dt")]
    return dict(
        zip(
            names,
            (" ".join(each.text_content().split()) for each in box.xpath("dd")),
            strict=True,
        )
    )


def test_every_property_says_what_it_demands() -> None:
    named = set(HISTORY_CHECKS) - {"no-acknowledged-write-lost"}
    assert set(MEANING) == named
    assert meaning("expect history of postings is serializable") == MEANING["serializable"]
    assert meaning("expect history is set-total as set") == MEANING["set-total"]
    assert meaning("expect history is not linearizable") == ""
    assert meaning("expect availability >= 95%") == ""


def test_a_stale_read_is_pointed_at_by_what_it_missed(page: Callable[..., Any]) -> None:
    document = page("linearizable", STALE)
    [culprit] = document.xpath("//g[contains(@class, 'culprit')]/@data-operation")
    assert culprit == "2"
    assert len(document.xpath("//path[@class='before']")) == 1
    [accuser] = document.xpath("//g[contains(@aria-label, 'this speaks against it')]/@aria-label")
    assert "wrote x = 9" in accuser
    words = said(document)
    assert words["Expected"] == (
        "history is linearizable: every operation takes effect at one moment between its call"
        " and its answer first.plan:34"
    )
    assert words["Measured"] == (
        "client 3 read x = 7 although client 2 had written x = 9, "
        "acknowledged 220 ms before the read began"
    )
    assert words["Because"].startswith("client 3 asked n3 at 4.120 s")


@pytest.mark.parametrize(
    ("name", "operations", "labels"),
    [
        ("snapshot-isolated", LOST_UPDATE, ["rw x", "rw x"]),
        ("serializable", READ_SKEW, ["rw x", "wr x", "wr y"]),
    ],
)
def test_a_cycle_is_a_graph_whose_arrows_say_what_they_are_about(
    page: Callable[..., Any], name: str, operations: list[Operation], labels: list[str]
) -> None:
    document = page(name, operations)
    assert sorted(document.xpath("//g[contains(@class, 'edge')]/text/text()")) == labels
    boxes = document.xpath("//g[contains(@class, 'box')]")
    assert len(boxes) == len(labels)
    tips = document.xpath("//marker/@id")
    assert len(tips) == len(set(tips)) == 1
    assert f"url(#{tips[0]})" in document.xpath("//g[contains(@class, 'edge')]/path/@marker-end")
    assert "T1 before T2: it " in said(document)["Because"]
    assert "the next one" not in document.xpath("string(//ol[@class='why-order'])")
