"""The plans that users copy: all pass on healthy systems, and find what is planted.

A few bugs stand for the rest; all of them: `planc mutate plans/guarantees`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from planc_runtime.checkers import HISTORY_CHECKS

ROOT = Path(__file__).parents[2]
SUITE = ROOT / "plans" / "guarantees"
ELSEWHERE = {
    "linearizable",
    "no-acknowledged-write-lost",
    *("queue-total", "at-least-once", "exactly-once", "ordered-per-sender"),
}
"""Properties that other suites show: consensus, quickstart, queue."""
WEAKER = {"read-uncommitted", "read-committed", "read-atomic", "repeatable-read", "serializable",
          "session-serializable", "strong-snapshot-isolated"}  # fmt: skip
"""Levels of isolation beside the two that promise most in practice."""


def run(reports: Path, *what: str) -> dict[str, str]:
    """Run plans on the simulator; return the verdict of each scenario."""
    command = [sys.executable, "-m", "planc", "run", *what, "--on", "sim", "--no-coverage"]
    done = subprocess.run(
        [*command, "--reports", str(reports)], cwd=ROOT, capture_output=True, text=True, timeout=200
    )
    found = [json.loads(path.read_text()) for path in reports.glob("**/scenarios/*/summary.json")]
    assert found, done.stdout + done.stderr
    return {each["title"]: each["verdict"] + each["because"] for each in found}


def test_healthy_systems_pass(tmp_path: Path) -> None:
    verdicts = run(tmp_path, "plans/guarantees")
    assert len(verdicts) == len(re.findall("^scenario ", _text(), re.MULTILINE))
    # Leaks are found on real processes only.
    assert sum(told.startswith("skipped") for told in verdicts.values()) == 1
    assert {v for v in verdicts.values() if not v.startswith("skipped")} == {"passed"}, verdicts


@pytest.mark.parametrize(
    ("plan", "bug"),
    [
        ("permits.plan", "looks_then_takes"),
        ("replicas.plan", "answers_early"),
    ],
)
def test_a_planted_bug_is_found(plan: str, bug: str, tmp_path: Path) -> None:
    verdicts = run(tmp_path, f"plans/guarantees/{plan}", "--plant", bug)
    assert all(told.startswith("failed") for told in verdicts.values()), verdicts


def test_every_property_of_a_history_is_shown_by_some_plan() -> None:
    shown = set(re.findall(r"history(?: of \w+)? is (?:not )?([\w-]+)", _text()))
    assert set(HISTORY_CHECKS) - shown - ELSEWHERE - WEAKER == set()


def test_every_plan_is_short_enough_to_be_read_at_once() -> None:
    assert {p.name for p in SUITE.glob("*.plan") if len(p.read_text().splitlines()) > 60} == set()


def _text() -> str:
    return "\n".join(path.read_text() for path in sorted(SUITE.glob("*.plan")))
