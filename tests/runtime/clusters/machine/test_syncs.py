"""Slow and failing disks: every call that syncs, of every process of a node, and nothing else."""

import sys
from typing import Any

import pytest
from tests.runtime.clusters.machine.conftest import Compiled, Run, Stage, eventually, lines, told

from planc_runtime.clusters.local import proc
from planc_runtime.clusters.machine import trial
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.rules import DiskRule

pytestmark = pytest.mark.skipif(
    "slow_disk" in trial.find().missing, reason=trial.find().missing.get("slow_disk", "")
)

FOREVER = 1000.0
"""Seconds; whoever is let go did not wait for so long."""

SYNCING = r"""
import errno, mmap, os, subprocess, sys, time
file = os.open("f", os.O_RDWR | os.O_CREAT)
os.ftruncate(file, 4096)
page = mmap.mmap(file, 4096)
child = [sys.executable, "-c", "import os; os.fsync(os.open('f', os.O_RDWR))"]
acts = {
    "fsync": lambda: os.fsync(file),
    "fdatasync": lambda: os.fdatasync(file),
    "msync": page.flush,
    "child": lambda: subprocess.run(child, check=True, stderr=subprocess.DEVNULL),
    "write": lambda: os.write(file, b"x"),
}
print("ready", flush=True)
done = 0
while True:
    orders = open("orders").read().split("\n")[:-1] if os.path.exists("orders") else []
    for name in orders[done:]:
        print(name, "begins", flush=True)
        try:
            acts[name]()
            print(name, "done", flush=True)
        except OSError as trouble:
            print(name, errno.errorcode[trouble.errno], flush=True)
        except subprocess.CalledProcessError:
            print(name, "failed", flush=True)
        done += 1
    time.sleep(0.01)
"""


async def order(node: Any, *acts: str) -> list[str]:
    """Have a node do things; return what came of each."""
    log = node.placement.log
    for act in acts:
        with (node.placement.data / "orders").open("a") as file:
            file.write(act + "\n")
    before = len(lines(log))
    return (await told(log, before + 2 * len(acts) - 1))[-1:] if acts else []


async def syncing(stage: Stage, name: str = "n1") -> Any:
    node = await stage.python(name, SYNCING)
    await told(node.placement.log, 0)
    return node


async def outcome(node: Any, act: str) -> str:
    return (await order(node, act))[0].removeprefix(f"{act} ")


def test_all_ways_to_sync_fail_and_writing_does_not(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await syncing(stage)
        lease = await stage.world.set_disk("n1", DiskRule(fail_sync=True))
        assert [await outcome(node, act) for act in ("fsync", "fdatasync", "msync")] == ["EIO"] * 3
        assert await outcome(node, "child") == "failed"
        assert await outcome(node, "write") == "done"
        healed = await lease.heal()
        assert (healed.hold, healed.data["failed"]) == (Hold.INSTALLED, 4)
        assert await outcome(node, "fsync") == "done"

    run(main)


def test_a_heal_lets_go_who_waits(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await syncing(stage)
        lease = await stage.world.set_disk("n1", DiskRule(delay=FOREVER))
        (node.placement.data / "orders").write_text("fsync\n")
        log = node.placement.log
        await eventually(lambda: "fsync begins" in lines(log))
        probe = await stage.world.set_disk("n1", DiskRule(delay=0.001))
        await probe.heal()
        await lease.heal()
        await eventually(lambda: "fsync done" in lines(log))

    run(main)


def test_a_trouble_that_nobody_met_is_not_proved(run: Run) -> None:
    async def main(stage: Stage) -> None:
        await syncing(stage)
        lease = await stage.world.set_disk("n1", DiskRule(delay=0.01))
        healed = await lease.heal()
        assert healed.hold is Hold.INDETERMINATE
        assert "0 syncs of n1" in healed.proof

    run(main)


def test_delays_are_counted_and_add_up(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await syncing(stage)
        first = await stage.world.set_disk("n1", DiskRule(delay=0.1))
        await stage.world.set_disk("n1", DiskRule(delay=0.2))
        assert node.machine.disk()["delay"] == pytest.approx(0.3)
        assert await outcome(node, "fsync") == "done"
        healed = await first.heal()
        assert (healed.data["seen"], healed.data["delayed"]) == (1, 1)

    run(main)


def test_a_program_that_begins_in_trouble_is_in_it(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        lease = await stage.world.set_disk("n1", DiskRule(fail_sync=True))
        await node.start(stage.launch("n1", sys.executable, "-c", SYNCING))
        await told(node.placement.log, 0)
        assert await outcome(node, "fsync") == "EIO"
        assert (await lease.heal()).data["failed"] == 1

    run(main)


def test_what_a_node_met_is_known_after_its_end(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python(
            "n1",
            "import os, time\nwhile not os.path.exists('go'): time.sleep(.01)\n"
            "os.fsync(os.open('f', os.O_RDWR | os.O_CREAT))",
        )
        lease = await stage.world.set_disk("n1", DiskRule(fail_sync=True))
        (node.placement.data / "go").touch()
        assert await node.wait_exit() == 1
        healed = await lease.heal()
        assert (healed.hold, healed.data["failed"]) == (Hold.INSTALLED, 1)

    run(main)


def test_a_call_in_which_the_node_died_has_met_the_delay(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await syncing(stage)
        lease = await stage.world.set_disk("n1", DiskRule(delay=FOREVER))
        (node.placement.data / "orders").write_text("fsync\n")
        await eventually(lambda: "fsync begins" in lines(node.placement.log))
        pid = node.life.started.result().pid
        # It waits, interruptibly until its keeper has taken the call in and for good afterwards.
        await eventually(lambda: getattr(proc.read(pid), "state", "") in ("S", "D"))
        # Whoever has been asked for something, and for something else, has seen what came before.
        await (await stage.world.pause("n1")).heal()
        await node.kill()
        healed = await lease.heal()
        assert healed.hold is Hold.INSTALLED
        assert (healed.data["seen"], healed.data["delayed"]) == (1, 1)

    run(main)


INTERRUPTED = r"""
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
static void tick(int number) { (void)number; }
int main(void) {
    struct sigaction action; struct itimerval often = {{0, 30000}, {0, 30000}};
    memset(&action, 0, sizeof action);
    action.sa_handler = tick;
    action.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &action, NULL);
    int file = open("f", O_RDWR | O_CREAT, 0600);
    while (access("go", F_OK)) usleep(10000);
    setitimer(ITIMER_REAL, &often, NULL);
    int result = fsync(file);
    often.it_value.tv_usec = often.it_interval.tv_usec = 0;
    setitimer(ITIMER_REAL, &often, NULL);
    printf("%d\n", result);
    fflush(stdout);
    for (;;) pause();
}
"""


def test_signals_do_not_begin_the_delay_anew(run: Run, compiled: Compiled) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.program("n1", compiled(INTERRUPTED))
        lease = await stage.world.set_disk("n1", DiskRule(delay=0.3))
        (node.placement.data / "go").touch()
        assert await told(node.placement.log, 0) == ["0"]
        healed = await lease.heal()
        assert (healed.data["seen"], healed.data["delayed"]) == (1, 1)

    run(main)


def test_a_node_that_waits_for_its_disk_can_be_paused_and_killed(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await syncing(stage)
        await stage.world.set_disk("n1", DiskRule(delay=FOREVER))
        (node.placement.data / "orders").write_text("fsync\n")
        await eventually(lambda: "fsync begins" in lines(node.placement.log))
        pause = await stage.world.pause("n1")
        assert pause.evidence.hold is Hold.INSTALLED
        assert (await pause.heal()).hold is Hold.INSTALLED
        assert (await node.kill()).hold is Hold.INSTALLED

    run(main)


def test_other_nodes_sync_as_ever(run: Run) -> None:
    async def main(stage: Stage) -> None:
        await syncing(stage)
        other = await syncing(stage, "n2")
        await stage.world.set_disk("n1", DiskRule(fail_sync=True, delay=FOREVER))
        assert await outcome(other, "fsync") == "done"

    run(main)
