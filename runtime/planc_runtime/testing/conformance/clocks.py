"""abilities: skew, jump, drift. One node's idea of the time is wrong, and then right again."""

from __future__ import annotations

import asyncio
from typing import cast

from planc_runtime.protocols.backend import HasClocks, Lease
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.rules import ClockRule
from planc_runtime.testing.conformance.scenario import scenario
from planc_runtime.testing.scene import Scene

_READING = 5.0
"""Seconds that may pass between reading two clocks on a busy machine."""


async def _set(scene: Scene, rule: ClockRule) -> Lease:
    assert isinstance(scene.world, HasClocks)
    lease = await cast(HasClocks, scene.world).set_clock("n1", rule)
    assert lease.evidence.hold is Hold.INSTALLED
    return lease


async def _ahead(scene: Scene, what: str = "clock") -> float:
    """Return how far n1 is ahead of n2."""
    second = float(await scene.ask("n2", what))
    return float(await scene.ask("n1", what)) - second


class TestClocks:
    @scenario("skew")
    async def test_a_skewed_clock_is_off_by_so_much_until_healed(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        lease = await _set(scene, ClockRule(offset=3600.0))
        assert abs(await _ahead(scene) - 3600.0) < _READING
        await lease.heal()
        assert abs(await _ahead(scene)) < _READING

    @scenario("skew", "jump")
    async def test_a_clock_can_be_behind(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        await _set(scene, ClockRule(offset=-86400.0))
        assert abs(await _ahead(scene) + 86400.0) < _READING

    @scenario("skew")
    async def test_a_skew_leaves_the_monotonic_clock_alone(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        before = await _ahead(scene, "ticks")
        await _set(scene, ClockRule(offset=3600.0))
        assert abs(await _ahead(scene, "ticks") - before) < _READING

    @scenario("skew")
    async def test_a_skew_outlives_a_restart_of_the_node(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        await _set(scene, ClockRule(offset=3600.0))
        await scene.node("n1").kill()
        await scene.again("n1")
        assert abs(await _ahead(scene) - 3600.0) < _READING

    @scenario("drift")
    async def test_a_drifting_clock_gains(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        before = await _ahead(scene)
        await _set(scene, ClockRule(drift=0.5))
        await asyncio.sleep(4.0)
        assert await _ahead(scene) - before > 1.0
