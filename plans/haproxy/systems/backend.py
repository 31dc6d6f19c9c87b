"""A backend behind the balancer: says who it is, after as long as it was told to think.

It can be told to fall ill (PUT /health with 503), which its health check then says; requests are
answered all the same, so that one which still comes here is seen.
"""

from __future__ import annotations

import asyncio
from typing import Any


class Backend:
    def __init__(self, name: str, think: float) -> None:
        self.name = name
        self.think = think
        self.health = 200

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, path, *_ = head.decode("latin-1").split(" ", 2)
                status, body = await self.answer(method, path)
                length = f"content-length: {len(body)}\r\n"
                writer.write(f"HTTP/1.1 {status} Told\r\n{length}\r\n{body}".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, method: str, path: str) -> tuple[int, str]:
        if path == "/health":
            return self.health, self.name
        if path.startswith("/health/"):
            self.health = int(path.rpartition("/")[2])
            return 200, self.name
        await asyncio.sleep(self.think)
        return 200, self.name


async def main(node: Any) -> None:
    """Answer until cancelled."""
    backend = Backend(node.name, node.params["think"][node.index - 1])
    server = await asyncio.start_server(backend.serve, node.address, node.ports["http"])
    async with server:
        await server.serve_forever()
