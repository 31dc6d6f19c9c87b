"""Three nodes over loopback: the code of the simulator's nodes, with real sockets and files."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from raft_kv.server import main

PORT = 8790


@dataclass
class Info:
    name: str
    address: str
    data: Path
    params: dict[str, Any]
    peers: list[Info] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=lambda: {"http": PORT})
    planted: frozenset[str] = frozenset()

    @property
    def url(self) -> str:
        return f"http://{self.address}:{PORT}"


class Store:
    """Nodes at addresses of this test process alone."""

    def __init__(self, folder: Path, count: int, **params: Any) -> None:
        params = {"election_timeout": 0.6, **params}
        block = f"127.{os.getpid() >> 8 & 127 | 128}.{os.getpid() & 255}"
        self.nodes = {
            f"n{i}": Info(f"n{i}", f"{block}.{i}", folder / f"n{i}", params)
            for i in range(1, count + 1)
        }
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.http = httpx.AsyncClient(timeout=3)
        for node in self.nodes.values():
            node.peers = list(self.nodes.values())

    def start(self, *names: str) -> None:
        for name in names or self.nodes:
            self.tasks[name] = asyncio.create_task(main(self.nodes[name]))

    async def stop(self, *names: str) -> None:
        for name in names or list(self.tasks):
            task = self.tasks.pop(name)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def status(self, name: str) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.http.get(f"{self.nodes[name].url}/status")).json()
        return answer

    async def leader(self) -> str:
        async with asyncio.timeout(20):
            while True:
                for name in self.tasks:
                    with contextlib.suppress(httpx.HTTPError):
                        if (await self.status(name))["role"] == "leader":
                            return name
                await asyncio.sleep(0.02)

    async def agreed(self) -> str:
        """Wait until all nodes have applied the same; return the digest of their state."""
        async with asyncio.timeout(20):
            while True:
                seen = [await self.status(name) for name in self.tasks]
                if len({(s["applied"], s["digest"]) for s in seen}) == 1:
                    return str(seen[0]["digest"])
                await asyncio.sleep(0.02)

    async def send(self, name: str, method: str, path: str, **body: Any) -> httpx.Response:
        content = json.dumps(body) if body else None
        return await self.http.request(method, f"{self.nodes[name].url}{path}", content=content)


@contextlib.asynccontextmanager
async def serving(folder: Path, count: int = 3, **params: Any) -> AsyncIterator[Store]:
    store = Store(folder, count, **params)
    store.start()
    try:
        yield store
    finally:
        await store.http.aclose()
        await store.stop()


def test_writes_survive_the_leader_and_a_restart_of_all(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path, snapshot_every=10) as store:
            first = await store.leader()
            for value in range(25):
                await store.send(first, "PUT", f"/kv/k{value % 3}", value=value)
            await store.stop(first)
            second = await store.leader()
            assert second != first
            assert (await store.send(second, "GET", "/kv/k0")).json()["value"] == 24
            store.start(first)
            digest = await store.agreed()
            await store.stop()
            store.start()
            await store.leader()
            assert await store.agreed() == digest
            assert (await store.status(first))["snapshot_index"] >= 20

    asyncio.run(scenario())


def test_any_node_answers_or_says_who_can(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path) as store:
            leader = await store.leader()
            await store.send(leader, "PUT", "/kv/a", value="b")
            await store.agreed()
            other = next(name for name in store.nodes if name != leader)
            refused = await store.send(other, "GET", "/kv/a")
            assert refused.status_code == 421
            assert refused.json()["leader"]["name"] == leader
            for path in ("/kv/a?forward=true", "/kv/a?mode=stale"):
                assert (await store.send(other, "GET", path)).json()["value"] == "b"
            sent = await store.send(other, "POST", "/kv/a/cas?forward=true", old="b", new="c")
            assert sent.json() == {"ok": True, "value": "c", "version": 2}
            assert (await store.send(other, "GET", "/nowhere")).status_code == 404
            assert (await store.send(leader, "PUT", "/kv/a", wrong=1)).status_code == 400

    asyncio.run(scenario())


def test_a_spare_node_joins_and_a_member_leaves(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path, 4, members=3) as store:
            leader = await store.leader()
            assert (await store.status("n4"))["members"] == ["n1", "n2", "n3"]
            await store.send(leader, "PUT", "/kv/a", value=1)
            added = await store.send(leader, "POST", "/members", add="n4")
            assert added.json() == {"members": ["n1", "n2", "n3", "n4"]}
            removed = await store.send(leader, "POST", "/members", remove=leader)
            assert removed.status_code == 200
            await store.stop(leader)
            second = await store.leader()
            assert leader not in (await store.status(second))["members"]
            assert (await store.send(second, "GET", "/kv/a")).json()["value"] == 1

    asyncio.run(scenario())


def test_one_node_of_three_acknowledges_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path, request_timeout=0.5) as store:
            leader = await store.leader()
            await store.stop(*(name for name in store.nodes if name != leader))
            sent = await store.send(leader, "PUT", "/kv/a", value=1)
            assert sent.status_code in (421, 503)
            assert (await store.send(leader, "GET", "/kv/a")).status_code in (421, 503)

    asyncio.run(scenario())
