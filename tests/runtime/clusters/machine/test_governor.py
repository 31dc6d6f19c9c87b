"""Less processor: what is granted is what is used, whatever else holds the node meanwhile."""

import asyncio

import pytest
from tests.runtime.clusters.machine.conftest import Compiled, Run, Stage, eventually

from planc_runtime.clusters.local import proc
from planc_runtime.clusters.machine import trial
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.rules import ResourceRule

pytestmark = pytest.mark.skipif(
    "throttle_cpu" in trial.find().missing, reason=trial.find().missing.get("throttle_cpu", "")
)

BUSY = "while True: pass"
THREADS = r"""
#include <pthread.h>
static void *spin(void *unused) { for (volatile long i = 0;; i++); return unused; }
int main(void) {
    pthread_t thread;
    for (int i = 0; i < 3; i++) pthread_create(&thread, NULL, spin, NULL);
    spin(0);
}
"""


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_a_busy_node_gets_its_share_and_no_more(run: Run, compiled: Compiled, share: float) -> None:
    async def main(stage: Stage) -> None:
        await stage.program("n1", compiled(THREADS))
        lease = await stage.world.set_resources("n1", ResourceRule(cpu=share))
        # A keeper that has to wait for a processor itself lets the node run on meanwhile; what it
        # ran too much is taken from what it gets later, so that the share is right in the end.
        async with asyncio.timeout(60.0):
            while (account := await _account(stage))["used"] > share * 1.5 * account["seconds"]:
                pass
        healed = await lease.heal()
        assert healed.hold is Hold.INSTALLED
        assert healed.data["stops"] > 3

    run(main)


async def _account(stage: Stage) -> dict[str, float]:
    """What the node has used since it was throttled, once it was stopped a few times."""
    while True:
        await asyncio.sleep(0.5)
        life = stage.world._nodes["n1"].life
        assert life is not None
        account = await stage.world._control.ask(life, "machine", state={"what": "account"})
        assert account is not None
        if account["seconds"] >= 2.0 and account["stops"] > 3:
            return account


def test_a_node_that_wants_little_is_never_stopped(run: Run) -> None:
    async def main(stage: Stage) -> None:
        await stage.shell("n1", "exec sleep 1000")
        lease = await stage.world.set_resources("n1", ResourceRule(cpu=0.5))
        await asyncio.sleep(0.5)
        healed = await lease.heal()
        assert (healed.hold, healed.data["stops"]) == (Hold.INDETERMINATE, 0)

    run(main)


def test_a_pause_holds_although_the_node_has_processor_to_spend(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", BUSY)
        pid = node.life.started.result().pid
        throttle = await stage.world.set_resources("n1", ResourceRule(cpu=0.2))
        pause = await stage.world.pause("n1")
        for _ in range(50):
            assert proc.is_stopped(pid)
            await asyncio.sleep(0.01)
        await throttle.heal()
        assert proc.is_stopped(pid)
        assert (await pause.heal()).hold is Hold.INSTALLED
        assert not proc.is_stopped(pid)

    run(main)


def test_a_node_that_goes_on_after_a_pause_is_throttled_as_before(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", BUSY)
        pid = node.life.started.result().pid
        await stage.world.set_resources("n1", ResourceRule(cpu=0.02))
        for _ in range(3):
            await eventually(lambda: proc.is_stopped(pid))
            pause = await stage.world.pause("n1")
            await pause.heal()
        await eventually(lambda: proc.is_stopped(pid))
        await eventually(lambda: not proc.is_stopped(pid))

    run(main)


def test_a_healed_node_is_not_left_stopped(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", BUSY)
        pid = node.life.started.result().pid
        for _ in range(5):
            lease = await stage.world.set_resources("n1", ResourceRule(cpu=0.01))
            await eventually(lambda: proc.is_stopped(pid))
            await lease.heal()
            await eventually(lambda: not proc.is_stopped(pid))

    run(main)


def test_a_throttled_node_can_be_stopped_politely(run: Run) -> None:
    async def main(stage: Stage) -> None:
        node = await stage.python("n1", BUSY)
        await stage.world.set_resources("n1", ResourceRule(cpu=0.05))
        assert (await node.stop()).data["signal"] == "SIGTERM"

    run(main)
