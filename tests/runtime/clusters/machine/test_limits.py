"""Descriptors and memory run out for running processes, and come back."""

from typing import Any

import pytest
from tests.runtime.clusters.machine.conftest import Run, Stage, lines, told

from planc_runtime.clusters.machine import trial
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.rules import ResourceRule

pytestmark = pytest.mark.skipif(
    not {"exhaust_files", "limit_memory"} <= set(trial.find().abilities),
    reason=f"this machine lacks an ability: {trial.find().missing}",
)

# One write a line: two processes share the log, and an unbuffered print writes its end apart.
OPENING = """
import os, time
while True:
    try:
        os.close(os.open("/dev/null", os.O_RDONLY)); said = b"opened"
    except OSError as trouble:
        said = b"error %d" % trouble.errno
    os.write(1, said + bytes([10]))
    time.sleep(.02)
"""
FAMILY = f"import os\nos.fork()\n{OPENING}"
WAITING = """
import os, time
print("ready", flush=True)
while not os.path.exists("go"): time.sleep(.01)
"""
GROWING = """
import mmap, time
while True:
    try:
        mmap.mmap(-1, 64 << 20, mmap.MAP_PRIVATE).close(); print("room", flush=True)
    except OSError as trouble:
        print("error", trouble.errno, flush=True)
    time.sleep(.02)
"""


async def said(node: Any) -> set[str]:
    """What the node's processes say from now on, but for what they were about to say."""
    log = node.placement.log
    before = len(lines(log)) + 3
    await told(log, before + 10)
    return set(lines(log)[before:])


def test_no_process_of_the_node_can_open_anything(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", FAMILY)
        assert await said(node) == {"opened"}
        lease = await stage.world.set_resources("n1", ResourceRule(files=True))
        assert lease.evidence.hold is Hold.INSTALLED
        assert len(lease.evidence.data["limits"]) == 2
        assert await said(node) == {"error 24"}
        healed = await lease.heal()
        assert "limits read back" in healed.proof
        assert await said(node) == {"opened"}

    run(main)


def test_a_child_that_was_forked_meanwhile_is_relieved_as_well(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", f"{WAITING}\n{FAMILY}")
        await told(node.placement.log, 0)
        lease = await stage.world.set_resources("n1", ResourceRule(files=True))
        (node.placement.data / "go").touch()
        assert await said(node) == {"error 24"}
        await lease.heal()
        assert await said(node) == {"opened"}

    run(main)


def test_a_node_that_is_down_has_nothing_to_exhaust(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        lease = await stage.world.set_resources("n1", ResourceRule(files=True))
        assert lease.evidence.hold is Hold.SKIPPED
        assert node.machine.resources == []
        await lease.heal()

    run(main)


def test_memory_is_short_until_healed_and_the_harshest_limit_counts(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", GROWING)
        assert await said(node) == {"room"}
        first = await stage.world.set_resources("n1", ResourceRule(memory=32 << 20))
        second = await stage.world.set_resources("n1", ResourceRule(memory=1 << 40))
        assert first.evidence.hold is Hold.INSTALLED
        assert "of 32 MiB" in second.evidence.proof
        assert await said(node) == {"error 12"}
        await first.heal()
        assert await said(node) == {"room"}
        await second.heal()
        assert await said(node) == {"room"}

    run(main)


def test_a_program_begins_with_the_limit_of_its_machine(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = stage.place("n1")
        await stage.world.set_resources("n1", ResourceRule(memory=48 << 20))
        await node.start(stage.launch("n1", "sh", "-c", "ulimit -d; exec sleep 1000"))
        assert await told(node.placement.log, 0) == [str(48 << 10)]

    run(main)


def test_a_rule_may_limit_several_things_at_once(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", OPENING)
        assert await said(node) == {"opened"}
        rule = ResourceRule(files=True, memory=1 << 40)
        lease = await stage.world.set_resources("n1", rule)
        assert lease.evidence.hold is Hold.INSTALLED
        assert "descriptors" in lease.evidence.proof
        assert "private memory" in lease.evidence.proof
        assert await said(node) == {"error 24"}
        await lease.heal()
        assert await said(node) == {"opened"}

    run(main)
