"""Answers that are no text break no record of the run: bytes of a damaged store, half a character.

The client of Redis hands such bytes on as lone surrogates, and JSON can name them. UTF-8 cannot.
"""

from __future__ import annotations

import json
from pathlib import Path

from planc_runtime.checkers import HISTORY_CHECKS, Budget
from planc_runtime.engine.events import EventLog
from planc_runtime.history import History, Result
from planc_runtime.history.summary import ExpectationSummary, ScenarioSummary, ScenarioVerdict
from support.histories import history, op

HALF = "w\udcffrong"


def test_a_history_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    made = history(op(0, "read", "x", at=(0, 1), value=[HALF, {HALF: "\ud800"}]))
    made.write_jsonl(path)
    assert path.read_bytes().isascii()
    assert History.read_jsonl(path).operations == made.operations


def test_events_keep_them(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.jsonl", lambda: 1.0)
    log.add("mark", name=HALF)
    log.close()
    [line] = (tmp_path / "events.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == {"t": 1.0, "kind": "mark", "name": HALF}


def test_a_summary_shows_them_escaped_wherever_they_stand(tmp_path: Path) -> None:
    judged = ExpectationSummary(
        line="x.plan:1",
        text="expect reply == 1",
        result=Result.FAILED,
        measured=HALF,
        evidence=[HALF],
        data={HALF: [(HALF,)]},
    )
    summary = ScenarioSummary(
        plan="x", source="x.plan", title="t", test="test_t", expectations=[judged]
    )
    summary.because = f"reply was {HALF}"
    summary.verdict = ScenarioVerdict.FAILED
    summary.write(tmp_path)
    read = ScenarioSummary.read(tmp_path)
    escaped = "w\\udcffrong"
    assert read.because == f"reply was {escaped}"
    [found] = read.expectations
    assert (found.measured, found.evidence) == (escaped, [escaped])
    assert found.data == {escaped: [[escaped]]}


def test_a_verdict_can_be_printed() -> None:
    made = history(
        op(0, "write", "x", 1, at=(0, 1)), op(0, "read", "x", at=(2, 3), value=[HALF, {HALF}])
    )
    for name in ("linearizable", "serializable", "no-acknowledged-write-lost"):
        verdict = HISTORY_CHECKS[name](made, options={}, budget=Budget(10_000))
        "\n".join([verdict.measured, *verdict.evidence]).encode("utf-8")
