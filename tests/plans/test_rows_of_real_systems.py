"""The rows of the catalogue that plans on real systems must cover."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PLANS = Path(__file__).parents[2] / "plans"
ROWS = {
    "haproxy": [
        "lb-round-robin",
        "lb-weighted",
        "lb-least-conn",
        "lb-weighted-least",
        "lb-ip-hash",
        "lb-consistent-hash",
        "lb-resource",
        "lb-adaptive",
        "lb-health",
        "lb-exclusion",
        "lb-recovery",
        "lb-failover",
        "lb-concurrent",
    ],
    "serf": ["p2p-connect", "p2p-failure", "p2p-broadcast", "p2p-partition", "p2p-survive-30"],
    "kademlia": ["p2p-connect", "p2p-partition", "p2p-reliability", "p2p-survive-30"],
}
REQUIRED = [(system, row) for system, rows in ROWS.items() for row in rows]


@pytest.mark.parametrize(("system", "row"), REQUIRED)
def test_a_row_is_covered_by_a_scenario_that_catches_a_planted_bug(system: str, row: str) -> None:
    """A scenario that catches nothing has not shown that it can fail."""
    assert any(row in covers and catches for covers, catches in claims(system))


def claims(system: str) -> list[tuple[set[str], set[str]]]:
    """Return what each scenario of a suite covers and catches."""
    texts = "\n".join(path.read_text() for path in sorted((PLANS / system).glob("*.plan")))
    scenarios = re.split(r"^scenario ", texts, flags=re.MULTILINE)[1:]
    return [(words_after("covers", text), words_after("catches", text)) for text in scenarios]


def words_after(keyword: str, text: str) -> set[str]:
    lines = re.findall(rf"^\s*{keyword}\s+(.*)$", text, re.MULTILINE)
    return {word.strip() for line in lines for word in line.split(",")}
