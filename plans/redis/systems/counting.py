"""A Redis client that counts a write only when replicas have it, too: WAIT after every write.

WAIT speaks of the writes of its own connection, so both commands go over one.
"""

from __future__ import annotations

from typing import Any

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import ReadOnlyError

PATIENCE_MS = 300


class Unheard(Exception):
    """Too few replicas are known to have the write."""


class Counting:
    replicas = 1

    def __init__(self, endpoint: Any) -> None:
        self._redis = redis.Redis(
            host=endpoint.address,
            port=endpoint.port,
            protocol=2,
            single_connection_client=True,
            decode_responses=True,
            socket_timeout=1,
            socket_connect_timeout=0.5,
            # Whoever sends a write twice cannot say what became of it.
            retry=Retry(NoBackoff(), 0),
        )

    async def add(self, k: str, element: Any) -> None:
        try:
            await self._redis.ping()
        except Lost as refused:
            raise ConnectionRefusedError(str(refused)) from refused
        try:
            await self._redis.sadd(k, str(element))
        except ReadOnlyError as refusal:
            raise ConnectionRefusedError(str(refusal)) from refusal
        if (have := await self._redis.wait(self.replicas, PATIENCE_MS)) < self.replicas:
            raise Unheard(f"written, and {have} replicas have it after {PATIENCE_MS} ms")

    async def read(self, k: str) -> list[str]:
        return sorted(map(str, await self._redis.smembers(k)))

    async def close(self) -> None:
        await self._redis.aclose()


class CountingAll(Counting):
    """Waits for both replicas, of which either may be the next primary."""

    replicas = 2
