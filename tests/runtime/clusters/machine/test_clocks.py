"""Wrong wall clocks of whole nodes: threads, children, later programs, later incarnations."""

import sys
import time
from typing import Any

import pytest
from tests.runtime.clusters.machine.conftest import Compiled, Run, Stage, eventually, lines, told

from planc_runtime.clusters.local import proc
from planc_runtime.clusters.machine import trial
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.rules import ClockRule

pytestmark = pytest.mark.skipif(
    "skew" in trial.find().missing, reason=trial.find().missing.get("skew", "")
)

HOUR = 3600.0
CLOSE = 60.0
"""Seconds that a machine may dawdle between two readings; an hour is far from it."""

TELL = "import time\nwhile True: print(time.time() - time.monotonic(), flush=True); time.sleep(.02)"
"""What a node says of its wall clock, so that the time of saying it does not matter."""


def truth() -> float:
    return time.time() - time.monotonic()


async def ahead(node: Any) -> float:
    """How far the node's clock is ahead, by a line that it begins to write from now on."""
    log = node.placement.log
    return float((await told(log, len(lines(log)) + 1))[0]) - truth()


def test_the_clock_is_wrong_and_right_again(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", TELL)
        lease = await stage.world.set_clock("n1", ClockRule(offset=-HOUR))
        assert lease.evidence.hold is Hold.INSTALLED
        assert "-3600.000 s, read back" in lease.evidence.proof
        assert abs(await ahead(node) + HOUR) < CLOSE
        assert "+0.000 s, read back" in (await lease.heal()).proof
        assert abs(await ahead(node)) < CLOSE

    run(main)


def test_offsets_add_up_and_each_heal_takes_its_own(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", TELL)
        first = await stage.world.set_clock("n1", ClockRule(offset=HOUR))
        await stage.world.set_clock("n1", ClockRule(offset=5 * HOUR))
        assert abs(await ahead(node) - 6 * HOUR) < CLOSE
        await first.heal()
        await first.heal()
        assert abs(await ahead(node) - 5 * HOUR) < CLOSE

    run(main)


def test_a_program_is_wrong_from_its_first_instruction(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        lease = await stage.world.set_clock("n1", ClockRule(offset=HOUR))
        assert lease.evidence.hold is Hold.INSTALLED
        assert "does not run" in lease.evidence.proof
        await node.start(stage.launch("n1", sys.executable, "-S", "-c", TELL))
        first = float((await told(node.placement.log, 0))[0])
        assert abs(first - truth() - HOUR) < CLOSE

    run(main)


FAMILY = f"""
import os, subprocess, sys, time
if os.fork():
    time.sleep(1000)
subprocess.run([sys.executable, "-c", {TELL!r}])
"""


def test_children_and_the_programs_they_execute_are_wrong_too(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", FAMILY)
        await told(node.placement.log, 0)
        lease = await stage.world.set_clock("n1", ClockRule(offset=HOUR))
        assert len(lease.evidence.data["pids"]) == 3
        assert abs(await ahead(node) - HOUR) < CLOSE

    run(main)


LATER = f"""
import os, sys, time
while not os.path.exists("go"): time.sleep(.01)
os.execv(sys.executable, [sys.executable, "-c", {TELL!r}])
"""


def test_a_program_that_is_executed_later_is_found(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", LATER)
        await stage.world.set_clock("n1", ClockRule(offset=HOUR))
        (node.placement.data / "go").touch()
        log = node.placement.log
        await eventually(lambda: lines(log) and abs(float(lines(log)[-1]) - truth() - HOUR) < CLOSE)

    run(main)


DRIFTING = """
import time
last = time.time()
while True:
    now = time.time()
    if now < last: print("backwards", last - now, flush=True)
    if int(now * 20) != int(last * 20): print(now - time.monotonic(), flush=True)
    last = now
"""


@pytest.mark.parametrize("drift", [0.5, -0.5])
def test_a_drifting_clock_gains_or_loses_and_never_jumps(run: Run, drift: float) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", DRIFTING)
        lease = await stage.world.set_clock("n1", ClockRule(drift=drift))
        assert "timers stay right" in lease.evidence.proof
        log = node.placement.log
        after = len(lines(log)) + 1
        first = (await told(log, after))[0]
        last = (await told(log, after + 20))[0]
        assert not [line for line in lines(log) if line.startswith("backwards")]
        assert (float(last) - float(first)) / drift > 0.2
        await lease.heal()
        await eventually(lambda: abs(float(lines(log)[-1]) - truth()) < 0.2)

    run(main)


SPINNING = r"""
#include <pthread.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static void *spin(void *unused) {
    struct timespec now; struct timeval day;
    for (;;) {
        if (clock_gettime(CLOCK_REALTIME, &now) || now.tv_nsec < 0 || now.tv_nsec > 999999999)
            _exit(3);
        if (gettimeofday(&day, NULL) || day.tv_usec < 0 || day.tv_usec > 999999) _exit(4);
        if (time(NULL) < 1000) _exit(5);
        if (clock_gettime(CLOCK_MONOTONIC, &now) || now.tv_sec > 1000000000) _exit(6);
    }
    return unused;
}
int main(void) {
    pthread_t thread;
    for (int i = 0; i < 3; i++) pthread_create(&thread, NULL, spin, NULL);
    for (;;) {
        struct timespec now; struct timeval day;
        clock_gettime(CLOCK_REALTIME, &now); gettimeofday(&day, NULL);
        printf("%lld %lld %lld\n", (long long)now.tv_sec, (long long)day.tv_sec,
               (long long)time(NULL));
        fflush(stdout);
        usleep(20000);
    }
}
"""


def test_threads_that_read_the_clock_all_the_time_survive(run: Run, compiled: Compiled) -> None:
    async def main(stage: Stage) -> None:
        program = compiled(SPINNING)
        for round_ in range(10):
            name = f"n{round_}"
            node = await stage.program(name, program)
            await told(node.placement.log, 0)
            for offset in (HOUR + 0.75, -HOUR - 0.25):
                lease = await stage.world.set_clock(name, ClockRule(offset=offset))
                assert lease.evidence.hold is Hold.INSTALLED
                after = len(lines(node.placement.log)) + 1
                clocks = (await told(node.placement.log, after))[0].split()
                assert all(abs(int(clock) - time.time() - offset) < CLOSE for clock in clocks)
                await lease.heal()
            assert node.exit_status is None
            await node.kill()

    run(main)


def test_a_paused_node_is_told_the_time_and_stays_paused(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", TELL)
        await told(node.placement.log, 0)
        pause = await stage.world.pause("n1")
        lease = await stage.world.set_clock("n1", ClockRule(offset=HOUR))
        assert lease.evidence.hold is Hold.INSTALLED
        assert proc.is_stopped(node.life.started.result().pid)
        await pause.heal()
        assert abs(await ahead(node) - HOUR) < CLOSE

    run(main)
