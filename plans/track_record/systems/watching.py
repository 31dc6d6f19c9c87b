"""A watcher of etcd's history: what a client is told that begins to watch at an old revision.

Over the JSON gateway, where a watch is a response that does not end: one JSON text a line.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx


class Watcher:
    def __init__(self, endpoint: Any) -> None:
        url = f"http://{endpoint.address}:{endpoint.port}"
        self._http = httpx.AsyncClient(base_url=url, timeout=5)

    async def watch(self, k: str, revision: int, until: str) -> list[dict[str, Any]]:
        """Return what is told of a key from a revision on, up to the event of a last value."""
        wanted = {"key": _coded(k), "start_revision": revision}
        told: list[dict[str, Any]] = []
        async with self._http.stream(
            "POST", "/v3/watch", json={"create_request": wanted}
        ) as response:
            async for line in response.aiter_lines():
                result = json.loads(line)["result"]
                if result.get("canceled"):
                    raise RuntimeError(f"cancelled: {result}")
                for event in result.get("events", ()):
                    told.append(_readable(event))
                    if told[-1]["value"] == until:
                        return told
        raise ConnectionError("the watch ended")

    async def close(self) -> None:
        await self._http.aclose()


def _readable(event: dict[str, Any]) -> dict[str, Any]:
    """Numbers of 64 bits are texts in etcd's JSON, and what is zero is left out: so is PUT."""
    pair = event["kv"]
    return {
        "type": event.get("type", "PUT"),
        "revision": int(pair["mod_revision"]),
        "value": base64.b64decode(pair["value"]).decode() if "value" in pair else None,
    }


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
