"""What the plans promise together: every row of the catalogue, every bug that the store carries."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLANS = ROOT / "plans"
CONSENSUS = [
    "con-lifecycle",
    "con-single",
    "con-size",
    "con-replicate",
    "con-consistent",
    "con-elect",
    "con-failover",
    "con-elect-load",
    "con-split-brain",
    "con-minority-loss",
    "con-majority-loss",
    "con-partition",
    "con-oneway",
    "con-leader-back",
    "con-follower-back",
    "con-reconfigure",
    "con-snapshot",
    "con-linear",
    "con-stale",
    "con-clock",
    "con-pause",
]
ONLY_IN_SCHEDULES = {"delayed_reply_accepted"}
"""Bugs that no plan provokes; tests/plans/consensus plays the schedules that do."""


def text_of(folder: Path) -> str:
    return "\n".join(path.read_text() for path in sorted(folder.rglob("*.plan")))


def words_after(keyword: str, text: str) -> set[str]:
    lines = re.findall(rf"^\s*{keyword}\s+(.*?)(?:\s*#.*)?$", text, re.MULTILINE)
    return {word.strip() for line in lines for word in line.split(",")}


@pytest.mark.parametrize("row", CONSENSUS)
def test_every_row_of_the_catalogue_is_covered(row: str) -> None:
    assert row in words_after("covers", text_of(PLANS / "consensus"))


def test_the_library_and_the_store_speak_of_the_same_bugs() -> None:
    sys.path.insert(0, str(PLANS / "consensus" / "systems"))
    from raft_kv.planted import BUGS

    library = (PLANS / "consensus" / "systems" / "raft.plan").read_text()
    assert dict(re.findall(r'^\s*plant\s+(\w+)\s+"(.*)"$', library, re.MULTILINE)) == BUGS


def test_every_bug_of_the_store_is_in_its_code() -> None:
    from raft_kv.planted import BUGS

    code = "".join(
        path.read_text()
        for path in (PLANS / "consensus" / "systems" / "raft_kv").glob("*.py")
        if path.name != "planted.py"
    )
    assert [bug for bug in BUGS if f'"{bug}"' not in code] == []


def test_every_planted_bug_is_claimed_by_a_scenario() -> None:
    text = text_of(PLANS)
    planted = set(re.findall(r"^\s*plant\s+(\w+)", text, re.MULTILINE))
    assert planted - words_after("catches", text) == ONLY_IN_SCHEDULES


def test_no_scenario_of_the_consensus_suite_catches_nothing() -> None:
    text = text_of(PLANS / "consensus")
    scenarios = re.split(r"^scenario ", text, flags=re.MULTILINE)[1:]
    assert [s.splitlines()[0] for s in scenarios if not words_after("catches", s)] == []
