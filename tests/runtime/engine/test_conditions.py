"""eventually, stays, always, never, wait until: over observations, with evidence."""

from __future__ import annotations

from typing import Any

from planc_runtime.history.summary import ScenarioVerdict

LEADERS = "planc.count(planc.leaders(store))"


def test_always_fails_at_the_first_violation_with_what_was_seen(play: Any) -> None:
    summary = play(
        f"""
        async with s.over(3.0) as run:
            run.at(1.0, planc.crash(planc.node(store, "n1"), seconds=0.5))
            run.always({LEADERS} == 1)
            run.never({LEADERS} == 0)
        """
    )
    assert summary.verdict is ScenarioVerdict.FAILED
    always, never = summary.expectations
    assert always.line == "tiny.plan:13"
    assert always.measured.startswith("it did not hold at 1.0")
    assert always.evidence == ["count(leaders(store)) was 0: no node"]
    assert never.measured.startswith("it held at 1.0")


def test_always_outside_a_block_holds_until_the_scenario_ends(play: Any) -> None:
    body = f"""
        s.always({LEADERS} == 1)
        s.never({LEADERS} == 2)
        await s.wait(1.0)
        await s.do(planc.crash(planc.node(store, "{{}}"), seconds=0.5))
        await s.wait(1.0)
        """
    assert play(body.format("n2")).verdict is ScenarioVerdict.PASSED
    summary = play(body.format("n1"))
    assert [e.result.value for e in summary.expectations] == ["failed", "passed"]


def test_eventually_waits_and_says_how_long(play: Any) -> None:
    summary = play(
        f"""
        async with s.over(1.0) as run:
            run.at(0.5, planc.crash(planc.node(store, "n1")))
        await s.eventually({LEADERS} == 1, within=2.0)
        await s.eventually({LEADERS} == 2, within=0.5)
        """
    )
    passed, failed = summary.expectations
    assert passed.measured.startswith("true after 0.0")
    assert failed.measured == "not true after 0.5 s"
    assert failed.evidence == ["count(leaders(store)) was 1: n1"]


def test_stays_ends_with_the_first_violation(play: Any) -> None:
    summary = play(
        f"""
        await s.stays({LEADERS} == 1, seconds=1.0)
        await s.stays({LEADERS} == 2, seconds=1.0)
        """
    )
    assert [e.result.value for e in summary.expectations] == ["passed", "failed"]


def test_what_can_never_be_looked_at_proves_nothing(play: Any) -> None:
    summary = play("await s.stays(planc.node(store, 'n1')['status']['nothing'] == 1, seconds=1.0)")
    assert summary.verdict is ScenarioVerdict.INCONCLUSIVE
    assert "it could never be looked at" in summary.because


def test_wait_until_goes_on_as_soon_as_it_holds(play: Any) -> None:
    summary = play(f"await s.wait_until({LEADERS} == 1, within=5.0)\ns.mark('now')")
    assert summary.verdict is ScenarioVerdict.PASSED
    assert summary.duration < 1.0


def test_soft_expectations_are_all_judged(play: Any) -> None:
    summary = play(
        f"""
        await s.expect({LEADERS} == 2)
        await s.expect(planc.both({LEADERS} == 1, planc.role(planc.node(store, "n2")) == "leader"))
        await s.expect({LEADERS} == 1)
        """
    )
    assert [e.result.value for e in summary.expectations] == ["failed", "failed", "passed"]
    assert summary.expectations[1].evidence == [
        "count(leaders(store)) was 1: n1",
        'role(n2) was "follower": n2',
    ]
    assert summary.because.endswith("(and 1 more)")
