"""The loop: virtual time, one order, and what it says when nothing can go on."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from planc_runtime.clusters.sim.trouble import Deadlock, Livelock
from planc_runtime.errors import Inconclusive, NotSupported


def test_time_passes_only_by_waiting(stage: Any) -> None:
    async def scenario() -> tuple[float, float]:
        began = stage.world.now()
        await asyncio.sleep(86_400)
        return began, stage.world.now()

    assert stage.run(scenario) == (0.0, 86_400.0)


def test_timers_of_one_instant_run_in_the_order_of_their_making(stage: Any) -> None:
    async def scenario() -> list[int]:
        loop, ran = asyncio.get_running_loop(), []
        for number in range(50):
            loop.call_at(loop.time() + 1.0 if number % 2 else 1.0, ran.append, number)
        await asyncio.sleep(2)
        return ran

    assert stage.run(scenario) == list(range(50))


def test_what_a_timer_schedules_runs_after_the_other_timers_of_its_instant(stage: Any) -> None:
    async def scenario() -> list[str]:
        loop, ran = asyncio.get_running_loop(), []
        loop.call_later(1, lambda: (ran.append("first"), loop.call_soon(ran.append, "soon")))
        loop.call_later(1, ran.append, "second")
        await asyncio.sleep(2)
        return ran

    assert stage.run(scenario) == ["first", "second", "soon"]


def test_a_cancelled_timer_does_not_run_and_does_not_hold_the_time(stage: Any) -> None:
    async def scenario() -> tuple[list[str], float]:
        ran: list[str] = []
        loop = asyncio.get_running_loop()
        handles = [loop.call_later(5, ran.append, "no") for _ in range(1_000)]
        loop.call_later(7, ran.append, "yes")
        for handle in handles:
            handle.cancel()
        assert all(handle.cancelled() for handle in handles)
        await asyncio.sleep(8)
        return ran, stage.world.now()

    assert stage.run(scenario) == (["yes"], 8.0)


def test_timeouts_work(stage: Any) -> None:
    async def scenario() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3):
                await asyncio.Event().wait()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(10), 2)
        return stage.world.now()

    assert stage.run(scenario) == 5.0


def test_a_wait_for_a_rounding_error_still_ends(stage: Any) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + 0.1
        while loop.time() < deadline:  # noqa: ASYNC110 - the loop is what is tested
            await asyncio.sleep((deadline - loop.time()) / 2)

    stage.run(scenario)


def test_sets_of_tasks_keep_the_order_of_creation(stage: Any) -> None:
    async def scenario() -> list[str]:
        tasks = [asyncio.create_task(asyncio.sleep(1), name=f"t{n}") for n in range(30)]
        done, _ = await asyncio.wait(tasks)
        return [task.get_name() for task in done]

    first, second = stage.run(scenario), stage.run(scenario)
    assert first == second
    assert sorted(first) == sorted(f"t{n}" for n in range(30))


def test_as_completed_starts_coroutines_in_order(stage: Any) -> None:
    started: list[int] = []

    async def work(number: int) -> int:
        started.append(number)
        await asyncio.sleep(0)
        return number

    async def scenario() -> None:
        for one in asyncio.as_completed([work(number) for number in range(30)]):
            await one

    stage.run(scenario)
    assert started == list(range(30))


def test_tasks_are_named_alike_in_every_run(stage: Any) -> None:
    async def scenario() -> str:
        return asyncio.ensure_future(asyncio.sleep(0)).get_name()

    assert stage.run(scenario) == stage.run(scenario)


def test_executors_run_inline_and_take_virtual_time(stage: Any) -> None:
    async def scenario() -> tuple[int, float, float]:
        ticks: list[float] = []

        async def tick() -> None:
            while True:
                await asyncio.sleep(1)
                ticks.append(stage.world.now())

        ticking = asyncio.create_task(tick())
        result = await asyncio.to_thread(lambda: time.sleep(2.5) or 42)
        ticking.cancel()
        return result, stage.world.now(), len(ticks)

    assert stage.run(scenario) == (42, 2.5, 2)


def test_a_blocking_sleep_holds_up_the_process_that_does_it_and_no_other(stage: Any) -> None:
    sleepy = """
        import asyncio, time

        async def main(node):
            asyncio.get_running_loop().call_later(1, lambda: print("late", round(time.time() % 60)))
            time.sleep(5)
            print("awake", round(time.time() % 60))
            await asyncio.sleep(100)
    """

    async def scenario() -> list[str]:
        await stage.start("n1", sleepy)
        await asyncio.sleep(3)
        asleep = stage.log("n1")
        await asyncio.sleep(10)
        return asleep

    assert stage.run(scenario) == "awake 5\n", "what is late must not have run yet"
    assert stage.log("n1") == "awake 5\nlate 5\n"


def test_an_exception_in_a_thread_reaches_the_caller(stage: Any) -> None:
    async def scenario() -> None:
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 // 0)

    stage.run(scenario)


def test_a_deadlock_names_the_tasks_that_wait_and_where(stage: Any) -> None:
    async def scenario() -> None:
        await stage.start("n1", "async def main(node):\n    await forever()\n" + FOREVER)
        await asyncio.Event().wait()

    with pytest.raises(Deadlock) as caught:
        stage.run(scenario)
    assert isinstance(caught.value, Inconclusive)
    message = caught.value.message
    assert "n1: " in message
    assert "program_n1.py:5" in message
    assert "test_loop.py" in message
    assert "await asyncio.Event().wait()" in message


FOREVER = """
import asyncio
async def forever(): await asyncio.Future()
"""


def test_timers_of_the_dead_do_not_delay_the_report_of_a_deadlock(stage: Any) -> None:
    async def scenario() -> None:
        node = await stage.start(
            "n1", "import asyncio\nasync def main(n): await asyncio.sleep(1e6)"
        )
        await node.kill()
        await asyncio.Event().wait()

    with pytest.raises(Deadlock, match=r"deadlocked at 0\.01"):
        stage.run(scenario)


def test_a_deadlocked_scenario_tidies_up(stage: Any) -> None:
    tidied: list[str] = []

    async def scenario() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(1)
            tidied.append("yes")

    with pytest.raises(Deadlock):
        stage.run(scenario)
    assert tidied == ["yes"]


def test_a_scenario_that_cannot_tidy_up_ends_nevertheless(stage: Any) -> None:
    async def scenario() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.Event().wait()

    with pytest.raises(Deadlock):
        stage.run(scenario)


def test_a_loop_that_never_lets_time_pass_is_reported(stage: Any) -> None:
    async def spin() -> None:
        while True:  # noqa: ASYNC110 - what the loop must survive
            await asyncio.sleep(0)

    async def scenario() -> None:
        stage.world.loop.livelock = 10_000
        await asyncio.create_task(spin())

    with pytest.raises(Livelock, match="spin"):
        stage.run(scenario)


def test_the_scenarios_own_exception_comes_through(stage: Any) -> None:
    async def scenario() -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        stage.run(scenario)


def test_what_the_scenario_leaves_running_is_cancelled(stage: Any) -> None:
    ended: list[str] = []

    async def linger() -> None:
        try:
            await asyncio.sleep(1e9)
        finally:
            ended.append("cancelled")

    async def scenario() -> None:
        lingering = asyncio.create_task(linger())
        await asyncio.sleep(1)
        assert not lingering.done()

    stage.run(scenario)
    assert ended == ["cancelled"]


@pytest.mark.parametrize(
    "call",
    [
        lambda loop: loop.subprocess_exec(asyncio.SubprocessProtocol, "true"),
        lambda loop: loop.add_reader(0, print),
        lambda loop: loop.sock_recv(None, 1),
        lambda loop: loop.create_unix_server(asyncio.Protocol, "/tmp/x"),
    ],
)
def test_what_a_simulation_has_not_is_refused_with_a_way_out(stage: Any, call: Any) -> None:
    async def scenario() -> None:
        call(asyncio.get_running_loop())

    with pytest.raises(NotSupported) as caught:
        stage.run(scenario)
    assert caught.value.help
