"""A client of beanstalkd: https://github.com/beanstalkd/beanstalkd/blob/master/doc/protocol.txt"""

from __future__ import annotations

import asyncio
from typing import Any

from planc_runtime.clients.python import Refused


class Jobs:
    def __init__(self, endpoint: Any) -> None:
        self._endpoint = endpoint
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def enqueue(self, v: str) -> None:
        body = str(v).encode()
        answer = await self._ask(f"put 0 0 60 {len(body)}".encode(), body)
        if answer[0] != "INSERTED":
            raise Refused(answer[0])

    async def dequeue(self) -> str | None:
        """Take a job and delete it: it is done, and never to come again."""
        answer = await self._ask(b"reserve-with-timeout 0")
        if answer[0] == "TIMED_OUT":
            return None
        number, size = answer[1], int(answer[2])
        assert self._streams is not None
        body = await self._streams[0].readexactly(size + 2)
        await self._ask(f"delete {number}".encode())
        return body[:-2].decode()

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()

    async def _ask(self, *lines: bytes) -> list[str]:
        if self._streams is None:
            host, port = self._endpoint.address, self._endpoint.port
            self._streams = await asyncio.open_connection(host, port)
        reader, writer = self._streams
        writer.write(b"".join(line + b"\r\n" for line in lines))
        await writer.drain()
        answer = await reader.readuntil(b"\r\n")
        return answer.decode().split()
