"""What the nodes were, and when, from the event log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.runtime.report.conftest import summary

from planc_runtime.history.summary import FaultSummary, NodeSummary
from planc_runtime.protocols.evidence import Hold
from planc_runtime.report.exposure import hits
from planc_runtime.report.lanes import Scene, read_scene

DIED = 8.351180117904873
"""As a summary has it; the event log has six digits of it, and so an earlier moment."""


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    events = [
        {"kind": "node", "t": 0.1, "node": "n1", "state": "running"},
        {"kind": "status", "t": 0.2, "node": "n1", "role": "follower", "fields": {"term": 1}},
        {"kind": "status", "t": 0.5, "node": "n1", "role": "leader", "fields": {"term": 2}},
        {"kind": "node", "t": round(DIED, 6), "node": "n1", "state": "dead"},
        {"kind": "node", "t": 9.0, "node": "n1", "state": "running"},
    ]
    text = "".join(json.dumps(event) + "\n" for event in events)
    (tmp_path / "events.jsonl").write_text(text)
    return read_scene(tmp_path, SUMMARY)


PAUSED = FaultSummary(
    name="pause n1", kind="pause", targets=["n1"], start=2.0, end=3.0, hold=Hold.INSTALLED
)
CRASHED = FaultSummary(
    name="crash n1", kind="crash", targets=["n1"], start=DIED, end=9.0, hold=Hold.INSTALLED
)
SUMMARY = summary(nodes=[NodeSummary(name="n1")], faults=[PAUSED, CRASHED], duration=10.0)


def test_a_lane_has_no_gaps_and_a_pause_lies_over_the_role(scene: Scene) -> None:
    [lane] = scene.lanes
    roles = [segment.role for segment in lane.segments]
    assert roles == [
        "down", "unknown", "follower", "leader", "paused", "leader", "down", "unknown",
    ]  # fmt: skip
    for before, after in zip(lane.segments, lane.segments[1:], strict=False):
        assert before.end == after.start
    assert (lane.segments[0].start, lane.segments[-1].end) == (0.0, 10.0)


def test_who_was_hit_is_what_it_was_before_the_fault(scene: Scene) -> None:
    assert [(hit.kind, hit.role) for hit in hits(SUMMARY, scene)] == [
        ("pause", "leader"),
        ("crash", "leader"),
    ]
