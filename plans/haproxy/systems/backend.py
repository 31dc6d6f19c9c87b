"""A backend behind the balancer: says who it is, after as long as it was told to think.

It can be told to fall ill (PUT /health/503), which its health check then says; requests are
answered all the same, so that one which still comes here is seen. On a port of its own an agent
tells the balancer what share of its work this backend can take: the scarcest of its resources,
and how fast it has been of late.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

FAST = 0.05
"""Seconds: who answers within them can take all that it is meant to."""
NEWEST = 0.2
"""What the newest answer weighs in the mean of how long answers take."""


class Backend:
    def __init__(self, node: Any) -> None:
        self.name = node.name
        self.planted = node.planted
        self.think = node.params["think"][node.index - 1]
        self.health = 200
        self.free: dict[str, int] = {"cpu": 100, "memory": 100, "gpu": 100}
        self.pace = 0.0
        self.orders: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, target, *_ = head.decode("latin-1").split(" ", 2)
                path = target.partition("?")[0].strip("/").split("/")
                status, body = await self.answer(method, path)
                length = f"content-length: {len(body)}\r\n"
                writer.write(f"HTTP/1.1 {status} Told\r\n{length}\r\n{body}".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, method: str, path: list[str]) -> tuple[int, str]:
        match method, path:
            case _, ["health"]:
                return (200 if "never_ill" in self.planted else self.health), self.name
            case "PUT", ["health", status]:
                self.health = int(status)
            case "PUT", ["free", resource, share]:
                self.free[resource] = int(share)
            case "PUT", ["think", milliseconds]:
                self.think = int(milliseconds) / 1000
            case "GET", ["orders"]:
                return 200, json.dumps(self.orders)
            case "POST", ["orders", number]:
                self.orders.append(number)
                await self.work()
            case _:
                await self.work()
        return 200, self.name

    async def work(self) -> None:
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(self.think)
        took = asyncio.get_running_loop().time() - began
        self.pace += NEWEST * (took - self.pace)

    async def report(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer HAProxy's agent check: the share of its weight that this server can bear."""
        writer.write(f"{self.ability()}\n".encode())
        writer.close()

    def ability(self) -> str:
        # Right: the scarcest resource decides, and a slow backend bears less than a fast one.
        share = min(*self.free.values(), round(100 * FAST / max(self.pace, FAST)))
        if "boasts" in self.planted:
            share = 100
        return f"up ready {share}%" if share > 0 else "drain"


async def main(node: Any) -> None:
    """Answer until cancelled."""
    backend = Backend(node)
    server = await asyncio.start_server(backend.serve, node.address, node.ports["http"])
    agent = await asyncio.start_server(backend.report, node.address, node.ports["agent"])
    async with server, agent:
        await server.serve_forever()
