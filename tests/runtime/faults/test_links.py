"""Which links a trouble lies on, and the network that a plan calls normal."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.clusters.sim.link import RTO_MAX, next_attempt
from planc_runtime.clusters.sim.network import Network
from planc_runtime.faults.links import both_ways, one_way
from planc_runtime.protocols.rules import LinkRule

names = st.lists(st.sampled_from("abcdef"), unique=True)


@given(names, names)
def test_ways_between_machines(left: list[str], right: list[str]) -> None:
    there = one_way(left, right)
    assert there == {(a, b) for a in left for b in right} - {(a, a) for a in left}
    assert both_ways(left, right) == there | {(b, a) for a, b in there}


@given(st.floats(0.0, 20.0), st.floats(0.0, 20.0), st.floats(0.01, 2.0))
def test_a_limited_back_off_never_waits_longer(since: float, cut: float, longest: float) -> None:
    healed = since + cut
    attempt = next_attempt(since, healed, longest)
    assert healed <= attempt <= healed + longest + 1e-9
    assert next_attempt(since, healed) <= healed + RTO_MAX + 1e-9


def test_a_cluster_has_the_links_that_its_plan_gives_it(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid: list[tuple[list[tuple[str, str]], LinkRule]] = []
    impair = Network.impair

    def spy(self: Network, pairs: Any, rule: LinkRule) -> Any:
        laid.append((sorted(pairs), rule))
        return impair(self, pairs, rule)

    monkeypatch.setattr(Network, "impair", spy)
    path = project.scenario("await s.wait(0.1)")
    text = path.read_text()
    more = "planc.nodes(2, tiny), links=planc.links(0.02, 0.005, 0.01, 1e6), retransmit=0.5"
    path.write_text(text.replace("planc.nodes(3, tiny)", more))
    assert project.run(path).verdict.value == "passed"
    rule = LinkRule(delay=0.02, jitter=0.005, loss=0.01, rate=1e6, retransmit=0.5)
    assert laid == [([("n1", "n2"), ("n2", "n1")], rule)]
