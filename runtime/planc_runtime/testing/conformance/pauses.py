"""ability: pause. The node is there and does nothing, and then goes on as if nothing had been."""

from __future__ import annotations

import asyncio
from typing import cast

from planc_runtime.protocols.backend import CanPause
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.node import NodeState
from planc_runtime.testing.conformance.scenario import scenario
from planc_runtime.testing.scene import Scene


def _pausing(scene: Scene) -> CanPause:
    assert isinstance(scene.world, CanPause)
    return cast(CanPause, scene.world)


class TestPauses:
    @scenario("pause")
    async def test_a_paused_node_is_silent_and_the_others_are_not(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        lease = await _pausing(scene).pause("n1")
        assert lease.evidence.hold is Hold.INSTALLED
        assert scene.node("n1").state is NodeState.PAUSED
        assert await scene.silent("n1")
        assert await scene.ask("n2", "echo here") == "here"

    @scenario("pause")
    async def test_a_healed_node_goes_on_with_what_it_had(self, scene: Scene) -> None:
        await scene.start("n1")
        await scene.ask("n1", "set k v")
        lease = await _pausing(scene).pause("n1")
        waiting = asyncio.ensure_future(scene.ask("n1", "get k", within=30.0))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        assert (await lease.heal()).hold is Hold.INSTALLED
        assert await waiting == "v"
        assert scene.node("n1").state is NodeState.RUNNING

    @scenario("pause")
    async def test_healing_twice_is_harmless(self, scene: Scene) -> None:
        await scene.start("n1")
        lease = await _pausing(scene).pause("n1")
        await lease.heal()
        await lease.heal()
        assert await scene.ask("n1", "echo here") == "here"

    @scenario("pause")
    async def test_two_pauses_hold_until_both_are_healed(self, scene: Scene) -> None:
        await scene.start("n1")
        first = await _pausing(scene).pause("n1")
        second = await _pausing(scene).pause("n1")
        await first.heal()
        assert await scene.silent("n1")
        await second.heal()
        assert await scene.ask("n1", "echo here") == "here"

    @scenario("pause")
    async def test_a_paused_node_can_be_killed_and_comes_back_running(self, scene: Scene) -> None:
        await scene.start("n1")
        lease = await _pausing(scene).pause("n1")
        assert (await scene.node("n1").kill()).hold is Hold.INSTALLED
        await scene.again("n1")
        await lease.heal()
        assert scene.node("n1").state is NodeState.RUNNING
        assert await scene.ask("n1", "echo here") == "here"

    @scenario("pause")
    async def test_a_node_that_is_down_is_not_paused(self, scene: Scene) -> None:
        await scene.start("n1")
        await scene.node("n1").kill()
        lease = await _pausing(scene).pause("n1")
        assert lease.evidence.hold is Hold.SKIPPED
        await lease.heal()
        assert scene.node("n1").state is NodeState.CRASHED
