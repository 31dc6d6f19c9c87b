"""Stand-ins for services: they answer as the plan says, and remember what they were asked.

A mock is part of the scenario, not a node: it lives in the controller's process, on a machine of
its own, so that `MOCK.requests` is exact at every moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
from collections.abc import Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from planc_runtime.engine.nodes.texts import filled, filled_all, number, plain
from planc_runtime.errors import CannotRun
from planc_runtime.plan.expr import value_of
from planc_runtime.plan.nouns import Mock, MockReply, MockRoute
from planc_runtime.plan.scope import Missing, Scope

if TYPE_CHECKING:
    from planc_runtime.engine.stage import Stage

PORT = 8080
"""On a simulated machine of its own; on this machine a free port is taken instead."""
_LONGEST_HEAD = 64 * 1024


class RunningMock:
    """Serves HTTP/1.1 until it is closed."""

    def __init__(self, mock: Mock, stage: Stage) -> None:
        self._mock = mock
        self._stage = stage
        self._rng: Random = stage.rng("mock", mock.name)
        self._server: asyncio.Server | None = None
        self._turns: dict[int, int] = {}
        self.address = ""
        self.port = 0
        self.requests: list[dict[str, Any]] = []

    def field(self, name: str) -> Any:
        """Return what a plan may ask of a mock: url, requests."""
        match name:
            case "url":
                return f"http://{self.address}:{self.port}"
            case "requests":
                return list(self.requests)
            case "name":
                return self._mock.name
        raise Missing(f"a mock has no {name!r}")

    async def open(self) -> None:
        """Begin to serve; raises CannotRun when the port is taken."""
        host = f"mock-{self._mock.name}"
        context = self._stage.world.host(host)
        self._stage.hosts[host] = None
        await self._stage.ledger.reach()
        loop = asyncio.get_running_loop()
        await loop.create_task(self._open(host), context=context)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _open(self, host: str) -> None:
        wanted = self._mock.port or 0
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, wanted or PORT)
            self.address, self.port = str(found[0][4][0]), wanted or PORT
        except socket.gaierror:
            placement = self._stage.world.place(host, {"http": wanted})
            self.address, self.port = placement.address, placement.ports["http"]
        try:
            self._server = await asyncio.start_server(
                self._serve, self.address, self.port, limit=_LONGEST_HEAD
            )
        except OSError as taken:
            where = f"{self.address}:{self.port}"
            raise CannotRun(f"mock {self._mock.name!r} cannot listen on {where}: {taken}") from None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError, ValueError):
            while await self._exchange(reader, writer):
                pass
        with contextlib.suppress(OSError, RuntimeError):
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        try:
            request, keeps = await read_request(reader)
        except asyncio.IncompleteReadError:
            return False
        request["at"] = self._stage.world.now()
        self.requests.append(request)
        status, headers, body = await self._answer(request)
        lines = [f"HTTP/1.1 {status} {'OK' if status < 400 else 'Error'}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [
            f"content-length: {len(body)}",
            f"connection: {'keep-alive' if keeps else 'close'}",
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body)
        await writer.drain()
        return keeps

    async def _answer(self, request: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:
        scope = self._stage.scope()
        for route in self._mock.routes:
            names = matched(route, request)
            if names is not None:
                inner = scope.with_names(**request, **names)
                reply = self._choose(route.replies, inner)
                if (after := number(reply.after, inner)) > 0:
                    await asyncio.sleep(after)
                return rendered(reply, inner)
        said = f"the mock {self._mock.name} has no {request['method']} {request['path']}"
        return 404, {"content-type": "text/plain"}, said.encode()

    def _choose(self, replies: Sequence[MockReply], scope: Scope) -> MockReply:
        """Draw among the replies with a probability; the others share what is left in turn."""
        drawn = self._rng.random()
        for reply in replies:
            if reply.probability is not None:
                drawn -= number(reply.probability, scope)
                if drawn < 0:
                    return reply
        certain = [reply for reply in replies if reply.probability is None] or list(replies)
        turn = self._turns.get(id(replies), 0)
        self._turns[id(replies)] = turn + 1
        return certain[min(turn, len(certain) - 1)]


def matched(route: MockRoute, request: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the names in a route's path (`/price/:id`, `*`) with their values, or None."""
    if route.method.upper() not in (request["method"], "ANY"):
        return None
    pattern = re.escape(route.path).replace(r"\*", ".*")
    pattern = re.sub(r":([A-Za-z_]\w*)", r"(?P<\1>[^/]+)", pattern)
    found = re.fullmatch(pattern, request["path"])
    return None if found is None else found.groupdict()


def rendered(reply: MockReply, scope: Scope) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of a reply."""
    headers = {name.lower(): v for name, v in filled_all(reply.headers, scope).items()}
    status = int(value_of(reply.status, scope))
    if reply.json is not None:
        headers.setdefault("content-type", "application/json")
        body = json.dumps(plain(reply.json, scope), ensure_ascii=False).encode()
        return status, headers, body
    headers.setdefault("content-type", "text/plain; charset=utf-8")
    return status, headers, b"" if reply.text is None else filled(reply.text, scope).encode()


async def read_request(reader: asyncio.StreamReader) -> tuple[dict[str, Any], bool]:
    """Read one request; return what it asks, and whether the connection is kept."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, version = head[0].split(" ")
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    path, _, query = target.partition("?")
    text = body.decode("utf-8", "replace")
    try:
        parsed = json.loads(text)
    except ValueError:
        parsed = None
    request = {
        "method": method.upper(),
        "path": path,
        "query": query,
        "headers": headers,
        "text": text,
        "json": parsed,
    }
    return request, version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
