"""Troubles made of troubles: in order, together, by weight, again and again."""

from __future__ import annotations

from typing import Any

from planc_runtime.history.summary import ScenarioVerdict

CHAOS = """
def chaos(target: planc.Expr) -> planc.Action:  # chaos.plan:1
    return planc.fault(
        "chaos",
        planc.repeat_every(
            planc.between(0.4, 0.8),
            planc.pick(
                1,
                planc.weight(3, planc.crash(planc.any_of(1, target), seconds=0.2)),
                planc.weight(
                    2, planc.partition(planc.minority(target), planc.others(), seconds=0.3)
                ),
                planc.weight(1, planc.skew(planc.any_of(1, target), by=10.0, seconds=0.2)),
            ),
        ),
    )


@planc.scenario(PLAN, "chaos", clusters=[store])  # tiny.plan:10
async def test_it_works(s: planc.Scenario) -> None:
    async with s.run(load, seconds=10.0) as run:  # tiny.plan:11
        run.do(chaos(store))  # tiny.plan:12
"""


def test_chaos_goes_on_until_its_block_ends_and_depends_on_the_seed_alone(project: Any) -> None:
    path = project.module(CHAOS)
    runs = [project.run(path, seed=seed) for seed in (1, 1, 2)]
    assert all(run.verdict is ScenarioVerdict.PASSED for run in runs), runs[0].because
    told = [[(f.name, f.targets, f.start) for f in run.faults] for run in runs]
    assert told[0] == told[1]
    assert told[0] != told[2]
    assert 10 <= len(told[0]) <= 25
    assert len({name.split()[0] for name, _, _ in told[0]}) == 3


def test_a_statement_more_does_not_shift_the_draws_of_the_others(play: Any) -> None:
    one = "run.at(0.5, planc.crash(planc.any_of(1, store), seconds=0.1))"
    other = "run.at(1.5, planc.pause(planc.any_of(2, store), seconds=0.1))"
    block = "async with s.run(load, seconds=3.0) as run:\n    {}\n    {}"
    alone = play(block.format(other, "run.always(True)"))
    with_more = play(block.format(one, other))
    assert alone.faults[0].targets == with_more.faults[1].targets


def test_a_sequence_takes_the_time_of_its_parts_outside_a_block(play: Any) -> None:
    summary = play(
        """
        await s.do(planc.sequence(
            planc.crash(planc.node(store, "n2"), seconds=1.0),
            planc.do_wait(0.5),
            planc.crash(planc.node(store, "n3"), seconds=1.0),
        ))
        """
    )
    first, second = summary.faults
    assert second.start - first.start == 1.5


def test_together_begins_at_the_same_moment(play: Any) -> None:
    summary = play(
        """
        await s.do(planc.together(
            planc.crash(planc.node(store, "n2"), seconds=1.0),
            planc.pause(planc.node(store, "n3"), seconds=2.0),
        ))
        """
    )
    first, second = summary.faults
    assert first.start == second.start
    assert summary.duration >= 2.0


def test_when_repeat_and_for_each(play: Any) -> None:
    summary = play(
        """
        pause = lambda n: planc.pause(n, seconds=0.1)
        leads = planc.count(planc.leaders(store)) == 1
        async with s.over(4.0) as run:
            run.do(planc.when(leads, [planc.do_mark("led")], [planc.do_mark("alone")]))
            run.at(1.0, planc.repeat(2, planc.crash(planc.node(store, "n2")), planc.heal()))
            run.at(2.0, planc.for_each("n", planc.followers(store), pause))
        """
    )
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because
    assert [f.targets for f in summary.faults] == [["n2"], ["n2"], ["n2"], ["n3"]]


def test_steps_among_actions_are_taken(play: Any, project: Any) -> None:
    summary = play(
        """
        async with s.over(2.0) as run:
            run.at(0.5, planc.do_call(kv, "write", "a", "1"), planc.do_mark("written"))
            run.at(1.0, planc.do_expect(planc.role(planc.node(store, "n1")) == "leader"))
            run.at(1.0, planc.do_eventually(planc.count(planc.running(store)) == 3, within=1.0))
        reply = await s.call(kv, "read", "a")
        await s.expect(reply == "1")
        """
    )
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because
    assert [e.result.value for e in summary.expectations] == ["passed"] * 3
    assert '"name": "written"' in (project.folder / "events.jsonl").read_text()


def test_nothing_is_begun_again_at_the_moment_its_block_ends(play: Any) -> None:
    # Three times 0.3 is a little less than 0.9 where it is added up.
    every = "run.do(planc.repeat_every(0.3, planc.crash(planc.node(store, 'n2'), seconds=0.1)))"
    summary = play(f"async with s.run(load, seconds=0.9) as run:\n    {every}")
    first = summary.faults[0].start
    assert [round(fault.start - first, 3) for fault in summary.faults] == [0.0, 0.3, 0.6]
