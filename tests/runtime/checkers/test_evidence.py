"""Evidence as data: the shape that reports draw."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.checkers.evidence import MOST
from planc_runtime.history import Operation, Result
from support.histories import history, op, unknown

BAR = {
    "id", "process", "start", "end", "outcome", "text", "node", "workload", "culprit", "label",
}  # fmt: skip


def evidence(name: str, *operations: Operation) -> dict[str, Any]:
    verdict = HISTORY_CHECKS[name](history(*operations), options={}, budget=Budget())
    assert verdict.result is Result.FAILED
    found: dict[str, Any] = json.loads(json.dumps(verdict.data["evidence"]))
    assert set(found) == {"kind", "operations", "edges", "against", "mark", "omitted"}
    assert all(set(bar) == BAR for bar in found["operations"])
    if not found["omitted"]:
        assert sorted(bar["id"] for bar in found["operations"]) == verdict.data["operations"]
    return found


def test_a_stale_read_is_the_culprit_among_bars() -> None:
    found = evidence(
        "linearizable",
        op(1, "write", "x", 7, at=(1.0, 2.0)),
        op(2, "write", "x", 9, at=(3.0, 3.9)),
        op(3, "read", "x", at=(4.0, 5.0), value=7, node="n2"),
    )
    assert found["kind"] == "operations"
    assert found["edges"] == []
    assert found["against"] == 1
    assert [bar["culprit"] for bar in found["operations"]] == [False, False, True]
    assert found["operations"][2] == {
        "id": 2, "process": 3, "start": 4.0, "end": 5.0, "outcome": "ok", "text": "read x = 7",
        "node": "n2", "workload": "load", "culprit": True, "label": "",
    }  # fmt: skip


def test_an_unknown_outcome_has_no_end() -> None:
    found = evidence(
        "linearizable",
        op(2, "write", "x", 2, at=(0, 1)),
        unknown(1, "write", "x", 1, at=2, until=3),
        op(3, "read", "x", at=(20, 21), value=1),
        op(4, "read", "x", at=(30, 31), value=2),
    )
    bar = next(bar for bar in found["operations"] if bar["process"] == 1)
    assert (bar["end"], bar["outcome"]) == (None, "unknown")


def test_a_cycle_comes_with_its_edges_in_order() -> None:
    found = evidence(
        "serializable",
        op(1, "txn", [["append", "x", 1], ["r", "y", None]], at=(0, 9),
           value=[["append", "x", 1], ["r", "y", [1]]]),
        op(2, "txn", [["append", "y", 1], ["r", "x", None]], at=(0, 9),
           value=[["append", "y", 1], ["r", "x", [1]]]),
    )  # fmt: skip
    ids = [bar["id"] for bar in found["operations"]]
    assert found["kind"] == "cycle"
    assert [bar["label"] for bar in found["operations"]] == ["T1", "T2"]
    assert [(edge["source"], edge["target"]) for edge in found["edges"]] == [
        (ids[0], ids[1]),
        (ids[1], ids[0]),
    ]
    assert {edge["kind"] for edge in found["edges"]} == {"wr"}
    assert all(edge["text"] for edge in found["edges"])


def test_a_picture_is_bounded_and_counts_what_it_leaves_out() -> None:
    lost = [op(1, "add", "s", n, at=(n, n + 0.5)) for n in range(MOST + 20)]
    found = evidence("set-total", *lost, op(2, "final_read", "s", at=(999, 1000), value=[]))
    assert len(found["operations"]) == MOST
    assert found["omitted"] == 21
    # What they are missing from is seen beside them.
    assert [bar["culprit"] for bar in found["operations"]] == [True] * (MOST - 1) + [False]
    assert found["mark"] == "lost"


@pytest.mark.parametrize(
    ("name", "operations", "mark"),
    [
        ("unique-ids", [op(n, "next", at=(n, n + 1), value=7) for n in range(2)], "again"),
        (
            "replicas-equal",
            [op(9, "final_read", "x", at=(n, n + 1), value=n, node=f"n{n}") for n in range(2)],
            "differs",
        ),
        (
            "exactly-once",
            [
                op(1, "send", "q", 1, at=(0, 1)),
                *(op(2, "poll", "q", at=(n, n + 1), value=1) for n in (2, 4)),
            ],
            "again",
        ),
        (
            "no-acknowledged-write-lost",
            [op(1, "write", "x", 1, at=(0, 1)), op(9, "final_read", "x", at=(5, 6))],
            "lost",
        ),
    ],
)
def test_what_is_to_blame_is_marked_with_what_is_wrong(
    name: str, operations: list[Operation], mark: str
) -> None:
    assert evidence(name, *operations)["mark"] == mark
