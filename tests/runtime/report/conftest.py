"""Folders of scenarios as the engine leaves them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.history.summary import (
    ExpectationSummary,
    FaultSummary,
    NodeSummary,
    ScenarioSummary,
    ScenarioVerdict,
    StatementSummary,
    WorkloadSummary,
)
from planc_runtime.history.verdict import Result
from planc_runtime.protocols.evidence import Hold

Leave = Callable[..., Path]


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return tmp_path / "reports"


@pytest.fixture
def leave(reports: Path) -> Leave:
    """Write a scenario's folder; keyword arguments replace fields of its summary."""

    def write(plan: str = "consensus/first", test: str = "test_kept", **fields: Any) -> Path:
        folder = reports / plan / "scenarios" / test
        (folder / "logs").mkdir(parents=True)
        (folder / "logs" / "n1.log").write_text("ready\n")
        operation = {"index": 0, "f": "read", "args": ["k1"]}
        (folder / "history.jsonl").write_text(json.dumps(operation) + "\n")
        event = {"kind": "fault", "t": 5.0, "name": "crash"}
        (folder / "events.jsonl").write_text(json.dumps(event) + "\n")
        summary(plan=plan, test=test, **fields).write(folder)
        return folder

    return write


def summary(**fields: Any) -> ScenarioSummary:
    plan = fields.setdefault("plan", "consensus/first")
    known: dict[str, Any] = {
        "plan_title": "The store survives the loss of its leader",
        "source": f"plans/{plan}.plan",
        "title": "an acknowledged write is never lost",
        "test": "test_kept",
        "line": "first.plan:22",
        "backend": "sim",
        "seed": 7,
        "verdict": ScenarioVerdict.PASSED,
        "duration": 32.5,
        "wall": 0.84,
        "owner": "storage team",
        "severity": "critical",
        "covers": ["con-failover", "con-linear"],
        "catches": ["stale_read"],
        "replay": "planc run plans/consensus/first.plan --on sim --seed 7 -k test_kept",
        "nodes": [NodeSummary(name="n1", service="raft_kv", address="10.0.0.1", log="logs/n1.log")],
    }
    return ScenarioSummary(**(known | fields))


def failed(**fields: Any) -> dict[str, Any]:
    """Return the fields of a scenario that failed in every way there is."""
    return {
        "verdict": ScenarioVerdict.FAILED,
        "because": "the history of registers is not linearizable: key k3, 4 operations",
        "expectations": [
            ExpectationSummary(
                line="first.plan:34",
                text="expect history is linearizable",
                result=Result.FAILED,
                measured="4 operations on key k3 have no order",
                wanted="linearizable",
                evidence=[
                    "12.031 s  client 3  write(k3, 41)  ok",
                    "12.410 s  client 1  read(k3) -> 17  ok",
                ],
            ),
            ExpectationSummary(
                line="first.plan:36",
                text="expect availability >= 95%",
                result=Result.PASSED,
                measured="97.2 % of 2,913 operations",
                wanted=">= 95 %",
            ),
        ],
        "faults": [
            FaultSummary(
                name="crash leader(store) for 5s",
                line="first.plan:27",
                targets=["n2"],
                start=5.0,
                end=10.0,
                hold=Hold.INSTALLED,
                proof="n2 gone after 3 ms",
                healed="n2 ready after 210 ms",
            ),
            FaultSummary(
                name="slow links of any 2 of store by 80ms",
                line="first.plan:29",
                start=22.0,
                hold=Hold.INDETERMINATE,
                proof="no packet passed",
            ),
        ],
        "workloads": [
            WorkloadSummary(
                name="registers",
                offered=100.0,
                reached=99.7,
                operations=2913,
                ok=2801,
                fail=4,
                unknown=108,
                send_lag_p99=0.0004,
            )
        ],
        "not_reached": [StatementSummary(line="first.plan:40", text="expect recovery < 3s")],
        **fields,
    }
