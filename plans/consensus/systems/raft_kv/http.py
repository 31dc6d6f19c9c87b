"""HTTP/1.1 over asyncio: just what the nodes need of it (RFC 9112), both ways.

Bodies have a Content-Length, connections are kept, requests on one connection are answered in
order. A client's connection whose answer did not come in time is thrown away: the answer may come
later, and would be taken for the answer to the next request.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 16 * 1024 * 1024
REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}
REASONS |= {409: "Conflict", 421: "Misdirected Request", 500: "Internal Server Error"}
REASONS |= {503: "Service Unavailable"}


class BadMessage(Exception):
    """The other side does not speak the HTTP that is spoken here."""


@dataclass
class Request:
    method: str
    path: list[str]
    """The decoded parts between the slashes."""
    query: dict[str, str]
    body: bytes
    target: str

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Response:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return json.loads(self.body)


Handler = Callable[[Request], Response | Awaitable[Response]]


class _Messages(asyncio.Protocol):
    """Cut what arrives into messages: a first line, headers and a body."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._buffer = b""
        self._body_at = 0
        self._needed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            self._cut()
        except (BadMessage, ValueError) as error:
            self.refused(str(error))

    def _cut(self) -> None:
        while not self._body_at or len(self._buffer) >= self._needed:
            if not self._body_at and not self._read_head():
                return
            if len(self._buffer) < self._needed:
                return
            message, self._buffer = self._buffer[: self._needed], self._buffer[self._needed :]
            body_at, self._body_at = self._body_at, 0
            self.message_received(message[: message.index(b"\r\n")].decode(), message[body_at:])

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > HEAD_LIMIT:
                raise BadMessage("headers too long")
            return False
        length = 0
        for line in self._buffer[:end].lower().split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name == b"content-length":
                length = int(value)
            elif name == b"transfer-encoding":
                raise BadMessage("a body needs a content-length")
        if not 0 <= length <= BODY_LIMIT:
            raise BadMessage("body too long")
        self._body_at = end + 4
        self._needed = self._body_at + length
        return True

    def message_received(self, first_line: str, body: bytes) -> None:
        raise NotImplementedError

    def refused(self, why: str) -> None:
        self.transport.abort()


class _Served(_Messages):
    """One connection to a server."""

    def __init__(self, handler: Handler, connections: set[_Served]) -> None:
        super().__init__()
        self._handler = handler
        self._connections = connections
        self._waiting: asyncio.Task[None] | None = None
        self._queue: list[Request] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)

    def message_received(self, first_line: str, body: bytes) -> None:
        try:
            method, target, _ = first_line.split(" ")
        except ValueError:
            raise BadMessage("not a request line") from None
        url = urlsplit(target)
        path = [unquote(part) for part in url.path.split("/") if part]
        self._queue.append(Request(method, path, dict(parse_qsl(url.query)), body, target))
        if self._waiting is None:
            self._answer_next()

    def _answer_next(self) -> None:
        while self._queue:
            answer = self._handler(self._queue.pop(0))
            if isinstance(answer, Response):
                self._send(answer)
            else:
                self._waiting = asyncio.ensure_future(self._answer_later(answer))
                return

    async def _answer_later(self, answer: Awaitable[Response]) -> None:
        self._send(await answer)
        self._waiting = None
        self._answer_next()

    def _send(self, response: Response) -> None:
        if not self.transport.is_closing():
            first = f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Status')}"
            self.transport.write(_message(first, response.headers, response.body))

    def refused(self, why: str) -> None:
        self._send(json_response(400, {"error": why}))
        self.transport.close()


class Server:
    """A server that answers each request with what the handler returns, or will return."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._connections: set[_Served] = set()
        self._server: asyncio.AbstractServer | None = None

    async def listen(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Served(self._handler, self._connections), host, port
        )

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.transport.abort()


class _Link(_Messages):
    """One connection to a peer, with one request open at most."""

    def __init__(self) -> None:
        super().__init__()
        self._answer: asyncio.Future[Response] | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError("connection lost"))

    def message_received(self, first_line: str, body: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.transport.abort()
            return
        self._answer.set_result(Response(int(first_line.split(" ")[1]), body))

    async def exchange(self, message: bytes) -> Response:
        if self.transport.is_closing():
            raise ConnectionResetError("connection lost")
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(message)
        return await self._answer


class Peer:
    """The way to one other node: as many connections as there are requests open at a time."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._idle: list[_Link] = []

    async def call(self, method: str, target: str, body: bytes, within: float) -> Response:
        """Send one request; raises OSError when no answer came `within` so many seconds."""
        first = f"{method} {target} HTTP/1.1"
        message = _message(first, {"host": f"{self.host}:{self.port}"}, body)
        async with asyncio.timeout(within):
            while self._idle:
                # The peer may have ended a kept connection: what is sent may be sent twice.
                with contextlib.suppress(ConnectionError):
                    return await self._exchange(self._idle.pop(), message)
            loop = asyncio.get_running_loop()
            _, link = await loop.create_connection(_Link, self.host, self.port)
            return await self._exchange(link, message)

    async def _exchange(self, link: _Link, message: bytes) -> Response:
        try:
            response = await link.exchange(message)
        except BaseException:
            link.transport.abort()
            raise
        self._idle.append(link)
        return response

    def close(self) -> None:
        for link in self._idle:
            link.transport.abort()
        self._idle.clear()


def json_response(status: int, value: Any) -> Response:
    return Response(status, json.dumps(value).encode(), {"content-type": "application/json"})


def _message(first_line: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [first_line, *(f"{name}: {value}" for name, value in headers.items())]
    lines.append(f"content-length: {len(body)}\r\n\r\n")
    return "\r\n".join(lines).encode() + body
