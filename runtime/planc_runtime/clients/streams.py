"""httpcore's network over asyncio's own streams, which every backend runs unmodified."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore


class AsyncioStream(httpcore.AsyncNetworkStream):
    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_write: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._on_write = on_write

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        try:
            return await self._reader.read(max_bytes)
        except OSError as problem:
            raise httpcore.ReadError(str(problem)) from problem

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        if not buffer:
            return
        self._on_write()
        try:
            self._writer.write(buffer)
            await self._writer.drain()
        except OSError as problem:
            raise httpcore.WriteError(str(problem)) from problem

    async def aclose(self) -> None:
        # Not waited for: a peer that is cut off would never confirm.
        self._writer.transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> AsyncioStream:
        try:
            async with asyncio.timeout(timeout):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except TimeoutError as problem:
            raise httpcore.ConnectTimeout from problem
        except OSError as problem:
            raise httpcore.ConnectError(str(problem)) from problem
        return self

    def get_extra_info(self, info: str) -> Any:
        """`is_readable` says that an idle connection has been closed by its server."""
        if info == "is_readable":
            return self._reader.at_eof() or self._writer.is_closing()
        return self._writer.get_extra_info({"server_addr": "peername"}.get(info, info))


class AsyncioBackend(httpcore.AsyncNetworkBackend):
    def __init__(self, on_write: Callable[[], None]) -> None:
        """`on_write` is called before bytes leave."""
        self._on_write = on_write

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncioStream:
        try:
            async with asyncio.timeout(timeout):
                reader, writer = await asyncio.open_connection(host, port)
        except TimeoutError as problem:
            raise httpcore.ConnectTimeout from problem
        except OSError as problem:
            raise httpcore.ConnectError(str(problem)) from problem
        return AsyncioStream(reader, writer, self._on_write)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
