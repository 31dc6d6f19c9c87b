"""A worker that counts under a lock of etcd, as programs do that trust a lock.

It takes the lock with a lease that it keeps alive, reads a number, works, and writes the number
plus one. A worker that is paused keeps nothing alive: etcd hands the lock to the next one, and the
first, awake again, writes what it read long ago. A fenced worker writes only if its lock is still
there, in one transaction.

Kleppmann, "How to do distributed locking", 2016; Jepsen, "etcd 3.4.3", 2020.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TTL = 1
"""Seconds; etcd knows whole ones only."""
NUMBER = base64.b64encode(b"number").decode()
LOCK = base64.b64encode(b"lock").decode()


class Worker:
    def __init__(self, node: Any) -> None:
        self._etcd = httpx.AsyncClient(base_url=f"http://{_etcd_of(node)}", timeout=8)
        self._fenced: bool = node.params["fenced"]
        self._work: float = node.params["work"]
        self.holding = False

    async def number(self) -> int:
        answer = await self._ask("/v3/kv/range", key=NUMBER)
        found = answer.get("kvs")
        return int(base64.b64decode(found[0]["value"])) if found else 0

    async def increment(self) -> bool:
        """Count one up; False when the lock was gone, and nothing was written."""
        async with self._locked() as lock:
            number = await self.number()
            await asyncio.sleep(self._work)
            value = base64.b64encode(str(number + 1).encode()).decode()
            if not self._fenced:
                await self._ask("/v3/kv/put", key=NUMBER, value=value)
                return True
            mine = {"key": lock, "target": "CREATE", "result": "GREATER", "create_revision": 0}
            put = {"request_put": {"key": NUMBER, "value": value}}
            answer = await self._ask("/v3/kv/txn", compare=[mine], success=[put])
            return bool(answer.get("succeeded"))

    @contextlib.asynccontextmanager
    async def _locked(self) -> AsyncIterator[str]:
        lease = (await self._ask("/v3/lease/grant", TTL=TTL))["ID"]
        alive = asyncio.create_task(self._keep_alive(lease))
        try:
            lock = (await self._ask("/v3/lock/lock", name=LOCK, lease=lease))["key"]
            self.holding = True
            yield lock
        finally:
            self.holding = False
            alive.cancel()
            # The lock goes with its lease; a lease that is gone cannot be given back.
            with contextlib.suppress(httpx.HTTPStatusError):
                await self._ask("/v3/lease/revoke", ID=lease)

    async def _keep_alive(self, lease: str) -> None:
        while True:
            await asyncio.sleep(TTL / 4)
            with contextlib.suppress(httpx.HTTPError):
                await self._ask("/v3/lease/keepalive", ID=lease)

    async def _ask(self, path: str, **body: Any) -> dict[str, Any]:
        response = await self._etcd.post(path, json=body)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer


def _etcd_of(node: Any) -> str:
    [etcd] = [peer for peer in node.peers if "client" in peer.ports]
    return f"{etcd.address}:{etcd.ports['client']}"


def application(worker: Worker) -> Starlette:
    async def number(request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse({"value": await worker.number()})
        try:
            done = await worker.increment()
        except httpx.HTTPError as trouble:
            return JSONResponse({"error": repr(trouble)}, status_code=503)
        return JSONResponse({"ok": done}, status_code=200 if done else 409)

    async def status(request: Request) -> Response:
        return JSONResponse({"holding": worker.holding})

    return Starlette(
        routes=[
            Route("/number", number, methods=["GET", "POST"]),
            Route("/status", status),
        ]
    )


async def main(node: Any) -> None:
    """Serve one worker."""
    config = uvicorn.Config(
        application(Worker(node)),
        host=node.address,
        port=node.ports["http"],
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    await uvicorn.Server(config).serve()
