"""A level of isolation exchanged for another one: the diff knows which is weaker."""

from __future__ import annotations

import pytest
from tests.diff.test_properties import PLAN, resolve

from planc.diff import compare


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ("strict-serializable", "read-committed", "weaker"),
        ("snapshot-isolated", "serializable", "stronger"),
        ("strong-snapshot-isolated", "snapshot-isolated", "weaker"),
        ("strong-snapshot-isolated", "serializable", "different"),
        ("watch-complete", "watch-ordered", "weaker"),
    ],
)
def test_levels_are_compared(old: str, new: str, verdict: str) -> None:
    before, after = (resolve(PLAN.replace("is linearizable", f"is {word}")) for word in (old, new))
    found = [change.verdict.value for change in compare(before, after).changes]
    assert found == [verdict]
