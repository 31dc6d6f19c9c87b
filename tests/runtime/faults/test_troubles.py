"""Every trouble of the language on sim: it takes hold, it is proven, it is mended."""

from __future__ import annotations

from typing import Any

import pytest

from planc_runtime.history.summary import ScenarioVerdict

N2 = 'planc.node(store, "n2")'
NODES = {
    "crash": f"planc.crash({N2}, seconds=0.5)",
    "stop": f"planc.stop({N2}, seconds=0.5)",
    "restart": f"planc.restart({N2})",
    "restart with a pause": f"planc.restart({N2}, seconds=0.5)",
    "pause": f"planc.pause({N2}, seconds=0.5)",
    "crash all": "planc.crash(planc.all_of(store), seconds=0.5)",
    "rolling": "planc.restart(planc.each(store), every=0.5)",
    "rolling crash": "planc.crash(planc.each(store), seconds=0.3, every=0.5)",
}
LINKS = {
    "partition": f"planc.partition({N2}, planc.others(), seconds=0.5)",
    "three sides": (
        'planc.partition(*[planc.node(store, f"n{i}") for i in (1, 2, 3)], seconds=0.5)'
    ),
    "minority": "planc.partition(planc.minority(store), planc.others(), seconds=0.5)",
    "one way": f"planc.partition_one_way({N2}, planc.others(), seconds=0.5)",
    "bridge": f"planc.bridge({N2}, seconds=0.5)",
    "isolate": f"planc.isolate({N2}, seconds=0.5)",
    "slow": f"planc.slow(planc.links_of({N2}), 0.01, 0.005, seconds=0.5)",
    "slow between": (
        f"planc.slow(planc.links_between({N2}, planc.followers(store)), 0.01, seconds=0.5)"
    ),
    "drop": f"planc.drop(planc.links_of({N2}), 0.1, seconds=0.5)",
    "duplicate": f"planc.duplicate(planc.links_of({N2}), 0.1, seconds=0.5)",
    "reorder": f"planc.reorder(planc.links_of({N2}), 0.1, seconds=0.5)",
    "corrupt": f"planc.corrupt(planc.links_of({N2}), 0.1, seconds=0.5)",
    "limit": f"planc.limit(planc.links_of({N2}), 1e6, seconds=0.5)",
    "flap": f"planc.flap(planc.links_of({N2}), 0.2, seconds=0.5)",
    "refuse": f"planc.refuse({N2}, seconds=0.5)",
    "refuse from": f'planc.refuse({N2}, planc.node(store, "n1"), seconds=0.5)',
    "cut": f"planc.cut({N2})",
}
MACHINES = {
    "skew": f"planc.skew({N2}, by=-5.0, seconds=0.5)",
    "jump": f"planc.jump({N2}, by=5.0, seconds=0.5)",
    "drift": f"planc.drift({N2}, by=0.02, seconds=0.5)",
    "fill disk": f"planc.fill_disk({N2}, seconds=0.5)",
    "slow disk": f"planc.slow_disk({N2}, by=0.05, seconds=0.5)",
    "fail fsync": f"planc.fail_fsync({N2}, seconds=0.5)",
    "lose unsynced": f"planc.lose_unsynced({N2}, seconds=0.5)",
    "lie": f"planc.lie({N2}, seconds=0.5)",
    "silence": f"planc.silence({N2}, seconds=0.5)",
    "throttle": f"planc.throttle_cpu({N2}, 0.5, seconds=0.5)",
    "fail names": f"planc.fail_names({N2}, seconds=0.5)",
}
EVERY = {**NODES, **LINKS, **MACHINES}


@pytest.mark.parametrize("action", EVERY.values(), ids=EVERY.keys())
def test_it_takes_hold_under_load_and_is_mended(play: Any, action: str) -> None:
    summary = play(
        f"""
        async with s.run(load, seconds=3.0) as run:
            run.at(0.5, {action})
        await s.eventually(planc.count(planc.running(store)) == 3, within=1.0)
        """
    )
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because
    assert summary.faults
    for fault in summary.faults:
        assert fault.hold.value == "installed"
        assert fault.proof
        assert fault.healed
        assert fault.end is not None
        assert fault.end <= 3.1


@pytest.mark.parametrize("action", EVERY.values(), ids=EVERY.keys())
def test_outside_a_block_it_takes_its_time(play: Any, action: str) -> None:
    summary = play(f"await s.do({action})\nawait s.wait(0.1)")
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because
    assert all(fault.end is not None for fault in summary.faults)


def test_what_lasts_is_mended_when_its_block_ends(play: Any) -> None:
    summary = play(
        f"""
        async with s.run(load, seconds=2.0) as run:
            run.at(0.5, planc.crash({N2}), planc.partition({N2}, planc.others()))
        await s.expect(planc.count(planc.running(store)) == 3)
        """
    )
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because
    assert [f.end for f in summary.faults] == [summary.faults[0].start + 1.5] * 2


def test_start_and_resume_and_heal_end_what_they_name(play: Any) -> None:
    summary = play(
        f"""
        await s.do(planc.crash({N2}))
        await s.do(planc.start({N2}))
        await s.expect(planc.count(planc.running(store)) == 3)
        await s.do(planc.pause({N2}))
        await s.expect(planc.count(planc.running(store)) == 2)
        await s.do(planc.resume({N2}))
        await s.expect(planc.count(planc.running(store)) == 3)
        await s.do(planc.skew({N2}, by=60.0))
        await s.do(planc.heal({N2}))
        """
    )
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because
    assert all(f.end is not None for f in summary.faults)


def test_a_skew_shows_on_the_nodes_own_clock(play: Any) -> None:
    summary = play(
        f"""
        await s.do(planc.skew({N2}, by=60.0))
        await s.wait(0.2)
        far = planc.node(store, "n2")["status"]["wall"] - planc.node(store, "n1")["status"]["wall"]
        await s.expect(far > 59.0)
        """
    )
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because


def test_spares_are_placed_and_start_when_they_are_told_to(project: Any) -> None:
    path = project.scenario(
        """
        await s.expect(planc.count(planc.running(store)) == 3)
        await s.do(planc.start(planc.spares(store)))
        await s.eventually(planc.count(planc.running(store)) == 4, within=2.0)
        """
    )
    text = path.read_text()
    members = "planc.nodes(3, tiny), planc.nodes(1, tiny, spare=True)"
    path.write_text(text.replace("planc.nodes(3, tiny)", members))
    summary = project.run(path)
    assert summary.verdict is ScenarioVerdict.PASSED, summary.because
