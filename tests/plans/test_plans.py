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
    assert planted - words_after("catches", text) == set()


def silent_scenarios(plan: Path) -> list[str]:
    """Return the scenarios that nothing shows to be able to fail.

    Not those that catch a bug, nor those that pass because they find a weakness, nor their
    controls, nor those of a plan that says why it has no bug to catch.
    """
    head, *scenarios = re.split(r"^scenario ", plan.read_text(), flags=re.MULTILINE)
    weakness = r"expect .*( is not |some acknowledged write is lost)"
    shown = rf'^\s*(catches |allow covers-nothing |{weakness})|^"control: '
    return [
        scenario.splitlines()[0]
        for scenario in scenarios
        if not re.search(shown, scenario, re.MULTILINE) and "allow covers-nothing" not in head
    ]


SILENT = {
    # Systems as they are: no setting of theirs breaks just this.
    "redis/durability": 1,
    "redis/waiting": 1,
    # Ours, whose bugs are caught by the scenarios beside these.
    "faults/byzantine": 1,
    "machines/vm": 1,
    "quickstart/first": 1,
    "shop/shop": 1,
}
"""By plan, how many scenarios catch nothing. A number here may only become smaller."""


def test_no_other_scenario_catches_nothing() -> None:
    found = {plan: len(silent_scenarios(plan)) for plan in sorted(PLANS.rglob("*.plan"))}
    keys = {plan.relative_to(PLANS).with_suffix("").as_posix(): n for plan, n in found.items() if n}
    assert keys == SILENT


def test_what_counts_as_silent(tmp_path: Path) -> None:
    plan = tmp_path / "a.plan"
    plan.write_text(
        'plan "p"\nscenario "silent" {\n  expect a == 1\n}\n'
        'scenario "loud" {\n  catches bug\n}\n'
        'scenario "weak" {\n  expect history is not linearizable\n}\n'
        'scenario "control: strong" {\n}\n'
        'scenario "a table" {\n  allow covers-nothing "of calls"\n}\n'
    )
    assert silent_scenarios(plan) == ['"silent" {']
