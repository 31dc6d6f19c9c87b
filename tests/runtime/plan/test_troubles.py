"""Troubles read as they stand in a plan."""

from __future__ import annotations

from typing import Any

import pytest

from planc_runtime import api as planc
from planc_runtime.plan.actions import Action

store = planc.cluster("store", planc.nodes(3, planc.service("s", folder=".", command="x")))
n1, n2 = planc.node(store, "n1"), planc.node(store, "n2")
link = planc.links_of(n1)


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (planc.crash(planc.leader(store), seconds=5.0), "crash leader(store) for 5s"),
        (planc.restart(planc.each(store), every=2.0), "restart each of store every 2s"),
        (planc.partition(n1, planc.others()), "partition {n1} | others"),
        (planc.partition_one_way(n1, n2, seconds=0.5), "partition {n1} -> {n2} for 500ms"),
        (planc.bridge(n1), "bridge through {n1}"),
        (planc.slow(link, 0.08, jitter=0.02), "slow links of {n1} by 80ms +/- 20ms"),
        (planc.drop(link, 0.1, seconds=90.0), "drop 10% on links of {n1} for 1.5min"),
        (planc.limit(planc.links_to(n1, n2), 1e6), "limit links {n1} -> {n2} to 1Mbit/s"),
        (planc.flap(planc.links_between(n1, n2), 1.0), "flap links between {n1} and {n2} every 1s"),
        (planc.refuse(n1, n2), "refuse connections to {n1} from {n2}"),
        (planc.refuse(n1), "refuse connections to {n1}"),
        (planc.cut(n1), "cut connections of {n1}"),
        (planc.skew(n1, -5.0), "skew {n1} by -5s"),
        (planc.drift(n1, 0.02), "drift {n1} by 2%"),
        (planc.slow_disk(n1, 0.05), "slow disk of {n1} by 50ms"),
        (planc.lose_unsynced(n1), "lose unsynced writes of {n1}"),
        (planc.flip_bits("wal/*", n1, count=3), 'flip 3 bits in "wal/*" of {n1}'),
        (planc.limit_memory(n1, 64 * 1024), "limit memory of {n1} to 64KiB"),
        (planc.throttle_cpu(n1, 0.2), "throttle cpu of {n1} to 20%"),
        (planc.lie(n1), "make {n1} lie"),
        (planc.silence(n1), "silence {n1}"),
        (planc.slow(link, 0.0123456), "slow links of {n1} by 12345.6us"),
        (planc.slow(link, planc.let("lag", 0.1)), "slow links of {n1} by lag"),
    ],
)
def test_in_the_words_of_the_language(action: Action, text: str) -> None:
    names: dict[str, Any] = {"n1": n1.describe(), "n2": n2.describe()}
    assert action.describe() == text.format(**names)
