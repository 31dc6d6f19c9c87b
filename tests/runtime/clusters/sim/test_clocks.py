"""Clocks of simulated machines."""

from __future__ import annotations

import asyncio
import datetime
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planc_runtime.clusters.sim.clock import EPOCH, Clock
from planc_runtime.protocols.rules import ClockRule, LinkRule

TELLING = """
    import asyncio, datetime, json, time
    from time import monotonic as ticks

    async def answer(reader, writer):
        loop = asyncio.get_running_loop()
        while await reader.readline():
            began = loop.time()
            told = {
                "time": time.time(), "ns": time.time_ns() / 1e9,
                "now": datetime.datetime.now().timestamp(),
                "utc": datetime.datetime.now(datetime.UTC).timestamp(),
                "day": str(datetime.date.today()), "gm": time.gmtime().tm_min,
                "strftime": time.strftime("%H:%M:%S"),
                "ticks": ticks(), "loop": loop.time(), "perf": time.perf_counter(),
            }
            writer.write(json.dumps(told).encode() + b"\\n")

    async def nap(reader, writer):
        await reader.readline()
        await asyncio.sleep(10)
        writer.write(b"\\n")

    async def main(node):
        await asyncio.start_server(answer, None, 7000)
        await asyncio.start_server(nap, None, 7001)
        await asyncio.Future()
"""


async def told(stage: Any, name: str) -> dict[str, Any]:
    import json

    answer: dict[str, Any] = json.loads(await stage.ask(name, "?"))
    return answer


async def nap(name: str) -> None:
    reader, writer = await asyncio.open_connection(name, 7001)
    writer.write(b"\n")
    await reader.readline()


def test_all_ways_to_ask_agree(stage: Any) -> None:
    async def scenario() -> dict[str, Any]:
        await stage.start("n1", TELLING)
        await stage.world.set_clock("n1", ClockRule(offset=3600.0))
        return await told(stage, "n1")

    answers = stage.run(scenario)
    wall = [answers[key] for key in ("time", "ns", "now", "utc")]
    assert wall == pytest.approx([EPOCH + 3600] * 4, abs=0.1)
    assert answers["day"] == "2026-01-01"
    assert answers["strftime"] == "01:00:00"
    assert answers["ticks"] == answers["loop"] == answers["perf"]


def test_a_skew_moves_one_wall_clock_and_no_timers(stage: Any) -> None:
    async def scenario() -> list[float]:
        await stage.start("n1", TELLING)
        await stage.start("n2", TELLING)
        lease = await stage.world.set_clock("n1", ClockRule(offset=-100.0))
        assert lease.evidence.data["offset"] == pytest.approx(-100.0)
        first, second = await told(stage, "n1"), await told(stage, "n2")
        began = stage.world.now()
        await nap("n1")
        napped = stage.world.now() - began
        await lease.heal()
        healed = await told(stage, "n1")
        now = EPOCH + stage.world.now()
        return [first["time"] - second["time"], napped, healed["time"] - now]

    assert stage.run(scenario) == pytest.approx([-100, 10, 0], abs=0.02)


def test_skews_add_up(stage: Any) -> None:
    async def scenario() -> list[float]:
        await stage.start("n1", TELLING)
        one = await stage.world.set_clock("n1", ClockRule(offset=10.0))
        two = await stage.world.set_clock("n1", ClockRule(offset=1.0))
        offsets = [two.evidence.data["offset"], (await one.heal()).data["offset"]]
        return [*offsets, (await two.heal()).data["offset"]]

    assert stage.run(scenario) == pytest.approx([11, 1, 0])


def test_drift_makes_timers_early_and_wall_clocks_ahead(stage: Any) -> None:
    async def scenario() -> list[float]:
        await stage.start("n1", TELLING)
        before = await told(stage, "n1")
        napping = asyncio.create_task(nap("n1"))
        await asyncio.sleep(0.1)
        began = stage.world.now()
        lease = await stage.world.set_clock("n1", ClockRule(drift=0.25))
        await napping
        napped = stage.world.now() - began
        await asyncio.sleep(40 - napped)
        during = await told(stage, "n1")
        gained = during["time"] - EPOCH - stage.world.now()
        ticked = during["ticks"] - before["ticks"] - (stage.world.now() - began)
        healed = (await lease.heal()).data["offset"]
        after = await told(stage, "n1")
        assert after["ticks"] > during["ticks"]
        return [napped, gained, ticked, healed]

    # 10 s of a clock that runs a quarter fast take 8 s; in 40 s it gains 10 s.
    assert stage.run(scenario) == pytest.approx([7.93, 10, 10, 0], abs=0.15)


def test_drift_does_not_hurry_the_network(stage: Any) -> None:
    async def scenario() -> float:
        await stage.start("n1", TELLING)
        await stage.world.impair(frozenset({("planc", "n1")}), LinkRule(delay=10.0))
        began = stage.world.now()
        asking = asyncio.create_task(told(stage, "n1"))
        await asyncio.sleep(11)
        await stage.world.set_clock("n1", ClockRule(drift=1.0))
        await asking
        return stage.world.now() - began

    assert stage.run(scenario) == pytest.approx(20.0, abs=0.01)


def test_the_clock_outlives_the_process(stage: Any) -> None:
    async def scenario() -> float:
        node = await stage.start("n1", TELLING)
        await stage.world.set_clock("n1", ClockRule(offset=50.0))
        await node.kill()
        await stage.start("n1", TELLING)
        return (await told(stage, "n1"))["time"] - EPOCH - stage.world.now()

    assert stage.run(scenario) == pytest.approx(50.0, abs=0.1)


def test_machines_have_been_up_for_different_times(stage: Any) -> None:
    async def scenario() -> set[int]:
        return {int(stage.node(f"n{i}").machine.clock.monotonic(0)) for i in range(10)}

    assert len(stage.run(scenario)) == 10


def test_the_scenario_itself_runs_on_virtual_time(stage: Any) -> None:
    async def scenario() -> list[float]:
        await asyncio.sleep(60)
        wall = datetime.datetime.now(datetime.UTC).timestamp() - EPOCH
        return [time.time() - EPOCH, time.monotonic(), wall, stage.world.now()]

    assert stage.run(scenario) == [60.0, 60.0, 60.0, 60.0]


@given(
    changes=st.lists(
        st.tuples(st.floats(0.001, 1e4), st.floats(-0.5, 0.5)), min_size=1, max_size=10
    ),
    boot=st.floats(0, 1e5),
)
def test_a_monotonic_clock_never_goes_back(changes: list[tuple[float, float]], boot: float) -> None:
    clock, virtual, shown = Clock(boot), 0.0, boot
    for lasting, drift in changes:
        clock.set_drift(drift, virtual)
        assert clock.monotonic(virtual) == pytest.approx(shown)
        virtual += lasting
        assert clock.monotonic(virtual) > shown
        shown = clock.monotonic(virtual)
        assert clock.virtual(shown) == pytest.approx(virtual)
