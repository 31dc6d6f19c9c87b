"""Smaller abilities: measuring a node, taking its descriptors away, failing its names."""

from __future__ import annotations

from typing import cast

from planc_runtime.protocols.backend import HasNames, HasProbes, HasResources
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.rules import ResourceRule
from planc_runtime.testing.conformance.scenario import scenario
from planc_runtime.testing.scene import NoAnswer, Scene


async def _cannot_read(scene: Scene) -> bool:
    """Tell whether n1 has no descriptor for our connection, or at least none for the file.

    The connection before may have ended a moment later than the trouble began: then it left room
    for one, as it would on any machine.
    """
    try:
        return (await scene.ask("n1", "read f", within=0.5)).startswith("error 24")
    except NoAnswer:
        return True


class TestProbes:
    @scenario("probe")
    async def test_a_running_node_uses_something_and_a_dead_one_nothing(self, scene: Scene) -> None:
        await scene.start("n1")
        alive = await cast(HasProbes, scene.world).probe("n1")
        assert {"files"} <= set(alive)
        assert all(amount > 0 for amount in alive.values())
        await scene.node("n1").kill()
        dead = await cast(HasProbes, scene.world).probe("n1")
        assert dead == dict.fromkeys(alive, 0)

    @scenario("probe")
    async def test_every_open_connection_is_an_open_file(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        before = await cast(HasProbes, scene.world).probe("n1")
        await scene.ask("n1", "hold n2")
        after = await cast(HasProbes, scene.world).probe("n1")
        assert after["files"] > before["files"]


class TestResources:
    @scenario("throttle_cpu")
    async def test_a_throttled_node_takes_longer_and_its_peer_does_not(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        lease = await cast(HasResources, scene.world).set_resources("n1", ResourceRule(cpu=0.05))
        assert lease.evidence.hold is not Hold.SKIPPED
        throttled = await scene.timed("n1", "spin 1000")
        assert await scene.fastest("n2", "spin 1000", throttled / 2) < throttled / 2
        await lease.heal()
        assert await scene.fastest("n1", "spin 1000", throttled / 2) < throttled / 2

    @scenario("exhaust_files")
    async def test_no_further_file_can_be_opened_until_healed(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        await scene.ask("n1", "write f x")
        lease = await cast(HasResources, scene.world).set_resources("n1", ResourceRule(files=True))
        assert lease.evidence.hold is Hold.INSTALLED
        assert await _cannot_read(scene)
        assert await scene.ask("n2", "echo here") == "here"
        await lease.heal()
        assert await scene.ask("n1", "read f") == "x"

    @scenario("limit_memory")
    async def test_a_node_short_of_memory_gets_no_more_until_healed(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        assert await scene.ask("n1", "grow 512") == "512"
        rule = ResourceRule(memory=256 << 20)
        lease = await cast(HasResources, scene.world).set_resources("n1", rule)
        assert lease.evidence.hold is Hold.INSTALLED
        assert (await scene.ask("n1", "grow 512")).startswith("error 12")
        assert await scene.ask("n2", "grow 512") == "512"
        await lease.heal()
        assert await scene.ask("n1", "grow 512") == "512"


class TestNames:
    @scenario("fail_names")
    async def test_names_fail_until_healed(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        assert not (await scene.ask("n1", "resolve n2")).startswith("error")
        lease = await cast(HasNames, scene.world).fail_names("n1")
        assert (await scene.ask("n1", "resolve n2")).startswith("error")
        assert not (await scene.ask("n2", "resolve n1")).startswith("error")
        await lease.heal()
        assert not (await scene.ask("n1", "resolve n2")).startswith("error")
