"""abilities of disks: writes fail, syncs fail or take long, unsynced writes are lost."""

from __future__ import annotations

from typing import cast

from planc_runtime.protocols.backend import HasDisks, Lease
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.rules import DiskRule
from planc_runtime.testing.conformance.scenario import scenario
from planc_runtime.testing.scene import Scene


def _disks(scene: Scene) -> HasDisks:
    assert isinstance(scene.world, HasDisks)
    return cast(HasDisks, scene.world)


async def _set(scene: Scene, rule: DiskRule) -> Lease:
    lease = await _disks(scene).set_disk("n1", rule)
    assert lease.evidence.hold is Hold.INSTALLED
    return lease


class TestDisks:
    @scenario("fill_disk")
    async def test_a_full_disk_takes_no_writes_until_healed(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        lease = await _set(scene, DiskRule(full=True))
        assert (await scene.ask("n1", f"write f {'x' * 9000}")).startswith("error 28")
        assert await scene.ask("n2", "write f x") == "x"
        await lease.heal()
        assert await scene.ask("n1", "write f x") == "x"

    @scenario("fail_fsync")
    async def test_a_failing_fsync_says_so_until_healed(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        await scene.ask("n1", "write f x")
        await scene.ask("n2", "write f x")
        lease = await _set(scene, DiskRule(fail_sync=True))
        assert (await scene.ask("n1", "sync f")).startswith("error 5")
        assert await scene.ask("n2", "sync f") == "f"
        await lease.heal()
        assert await scene.ask("n1", "sync f") == "f"

    @scenario("fail_fsync")
    async def test_a_bad_disk_outlives_a_restart_of_the_node(self, scene: Scene) -> None:
        await scene.start("n1")
        await scene.ask("n1", "write f x")
        lease = await _set(scene, DiskRule(fail_sync=True))
        await scene.node("n1").kill()
        await scene.again("n1")
        assert (await scene.ask("n1", "sync f")).startswith("error 5")
        await lease.heal()
        assert await scene.ask("n1", "sync f") == "f"

    @scenario("slow_disk")
    async def test_a_slow_disk_syncs_late(self, scene: Scene) -> None:
        await scene.start("n1")
        await scene.ask("n1", "write f x")
        lease = await _set(scene, DiskRule(delay=0.5))
        assert await scene.timed("n1", "sync f") >= 0.5
        await lease.heal()

    @scenario("lose_unsynced")
    async def test_a_power_cut_loses_what_was_not_synced(self, scene: Scene) -> None:
        await scene.start("n1")
        await scene.ask("n1", "write safe x")
        await scene.ask("n1", "sync safe")
        await scene.ask("n1", "write unsafe x")
        await scene.node("n1").kill()
        assert (await _disks(scene).lose_unsynced("n1")).hold is Hold.INSTALLED
        await scene.again("n1")
        assert await scene.ask("n1", "read safe") == "x"
        assert await scene.ask("n1", "read unsafe") != "x"

    @scenario()
    async def test_a_kill_alone_loses_nothing_that_was_written(self, scene: Scene) -> None:
        await scene.start("n1")
        await scene.ask("n1", "write f x")
        await scene.node("n1").kill()
        await scene.again("n1")
        assert await scene.ask("n1", "read f") == "x"

    @scenario("flip_bits")
    async def test_so_many_bits_are_flipped_and_only_in_these_files(self, scene: Scene) -> None:
        await scene.start("n1")
        for name in ("wal-1", "other"):
            await scene.ask("n1", f"write {name} {'x' * 100}")
            await scene.ask("n1", f"sync {name}")
        await scene.node("n1").kill()
        evidence = await _disks(scene).flip_bits("n1", "wal-*", 3)
        assert evidence.hold is Hold.INSTALLED
        content = (scene.data("n1") / "wal-1").read_bytes()
        assert sum((byte ^ ord("x")).bit_count() for byte in content) == 3
        assert (scene.data("n1") / "other").read_bytes() == b"x" * 100
