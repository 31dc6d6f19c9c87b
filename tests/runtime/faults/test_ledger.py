"""What is known of a trouble when it is over counts for what it was."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from planc_runtime.faults.lease import Mendable
from planc_runtime.faults.ledger import Ledger
from planc_runtime.protocols.evidence import Evidence, Hold, indeterminate, installed, skipped

MET, UNMET, GONE = installed("3 met it"), indeterminate("none met it"), skipped("it was gone")


def lease(end: Evidence) -> Mendable:
    async def mend() -> Evidence:
        return end

    return Mendable(installed("laid"), mend)


@pytest.mark.parametrize(
    ("ends", "hold"),
    [
        ([MET], Hold.INSTALLED),
        ([UNMET], Hold.INDETERMINATE),
        ([UNMET, UNMET], Hold.INDETERMINATE),
        ([UNMET, MET], Hold.INSTALLED),
        ([GONE], Hold.INSTALLED),
        ([GONE, UNMET], Hold.INSTALLED),
    ],
)
def test_a_trouble_that_nobody_met_is_not_known_to_have_been(
    ends: list[Evidence], hold: Hold
) -> None:
    fault: Any = SimpleNamespace(kind="slow_disk", spot=None, describe=lambda: "slow disk")
    site: Any = SimpleNamespace(
        world=SimpleNamespace(now=lambda: 1.0),
        line=lambda spot: "a.plan:1",
        tell=lambda kind, **words: None,
    )
    ledger = Ledger(site)
    trouble = ledger.enter(fault, [], [lease(end) for end in ends], 0.0)
    asyncio.run(ledger.heal(trouble))

    assert trouble.record.hold is hold
    assert (trouble.record.proof == "none met it") is (hold is Hold.INDETERMINATE)
