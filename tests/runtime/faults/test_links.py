"""Which links a trouble lies on, and the network that a plan calls normal."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.clusters.sim.link import RTO_MAX, next_attempt
from planc_runtime.clusters.sim.network import Network
from planc_runtime.faults.lease import Mendable
from planc_runtime.faults.links import both_ways, one_way
from planc_runtime.faults.reaching import Reaching
from planc_runtime.protocols.evidence import Evidence, installed
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


@pytest.mark.parametrize(
    ("trouble", "reached"),
    [
        ('planc.isolate(planc.node(store, "n1"))', False),
        ('planc.refuse(planc.node(store, "n1"))', False),
        ('planc.partition(planc.node(store, "n1"), planc.others())', True),
    ],
)
def test_clients_that_come_later_meet_what_is_wrong_with_a_nodes_links(
    project: Any, trouble: str, reached: bool
) -> None:
    """n1 alone answers; a partition is between the nodes it names, and no client is one."""
    path = project.scenario(
        f"""
        await s.do({trouble})
        async with s.run(load, seconds=3.0) as run:
            pass
        """
    )
    summary = project.run(path)
    events = (project.folder / "events.jsonl").read_text().splitlines()
    told = [event for event in map(json.loads, events) if event["kind"] == "fault"]
    assert [event["phase"] for event in told] == ["start", *([] if reached else ["reach"]), "end"]
    assert summary.faults[0].healed
    history = (project.folder / "history.jsonl").read_text()
    assert ('"ok"' in history) == reached
    assert ("; later: " in summary.faults[0].proof) != reached


def test_a_step_from_outside_meets_what_was_wrong_before_it(project: Any) -> None:
    path = project.scenario(
        """
        n1 = planc.node(store, "n1")
        await s.do(planc.slow(planc.links_of(n1), 0.2))
        reply = await s.http("GET", planc.text(planc.url(n1, "http"), "/health"))
        await s.expect(reply["latency"] >= 0.4)
        await s.do(planc.heal())
        reply = await s.http("GET", planc.text(planc.url(n1, "http"), "/health"))
        await s.expect(reply["latency"] < 0.1)
        """
    )
    summary = project.run(path)
    assert summary.verdict.value == "passed", summary.because


def test_what_is_mended_while_it_reaches_somebody_is_mended_there_too() -> None:
    laid, healed = [], []

    def lease(name: str) -> Mendable:
        async def mend() -> Evidence:
            healed.append(name)
            return installed(f"{name} is free")

        return Mendable(installed(name), mend)

    async def lay(pairs: Any) -> Mendable:
        laid.append(sorted(pairs))
        await asyncio.sleep(0)
        return lease("late")

    async def play() -> None:
        links = Reaching(
            lease("early"), ["old"], lambda new: frozenset(("n1", n) for n in new), lay
        )
        assert not links.misses(["old"])
        _, healing = await asyncio.gather(links.reach(["old", "new"]), links.heal())
        assert healing.proof == "early is free"
        assert await links.reach(["newer"]) is None

    asyncio.run(play())
    assert laid == [[("n1", "new")]]
    assert healed == ["early", "late"]


def test_silence_is_not_called_a_refusal(project: Any) -> None:
    path = project.scenario(
        """
        n1 = planc.node(store, "n1")
        await s.do(planc.isolate(n1))
        reply = await s.call(kv, "read", "a", on=n1)
        await s.expect(reply["outcome"] == "fail")
        await s.expect(reply["error"] == "no connection")
        await s.do(planc.heal())
        await s.do(planc.refuse(n1))
        reply = await s.call(kv, "read", "a", on=n1)
        await s.expect(reply["outcome"] == "fail")
        await s.expect(reply["error"] == "connection refused")
        """
    )
    summary = project.run(path)
    assert summary.verdict.value == "passed", summary.because
