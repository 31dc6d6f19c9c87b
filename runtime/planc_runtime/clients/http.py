"""HTTP clients of workloads, over httpcore: the engine inside httpx, without what surrounds it.

A client of a workload sends one request at a time to one address. httpx's redirects, cookies,
authentication and pool cost it twice as much as the request itself, in a simulation as on real
sockets, and the load generator is the bottleneck sooner than the server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpcore

from planc_runtime.clients.outcome import NoAnswer, NotSent, judged, of_status
from planc_runtime.clients.spec import ClientSpec, Endpoint, HttpRequest, OperationSpec, Scope
from planc_runtime.clients.streams import AsyncioBackend
from planc_runtime.protocols.client import Reply

CONNECT_SHARE = 0.5
"""Of an operation's time, for one connection to open; the rest is left for another node."""


class HttpWire:
    """One connection per node and logical client."""

    def __init__(self, spec: ClientSpec) -> None:
        self._spec = spec
        self._connections: dict[str, httpcore.AsyncHTTPConnection] = {}
        self.sent = False
        self._network = AsyncioBackend(self._note_sent)

    async def ask(self, endpoint: Endpoint, operation: OperationSpec, scope: Scope) -> Reply:
        assert operation.build is not None
        request = operation.build(scope)
        assert isinstance(request, HttpRequest)
        self.sent = False
        response = await self._send(endpoint, request)
        fields = fields_of(response)
        return judged(
            operation, of_status(self._spec, response.status), {**fields, **scope}, fields
        )

    async def drop(self, endpoint: Endpoint) -> None:
        if connection := self._connections.pop(endpoint.node, None):
            await connection.aclose()

    async def close(self) -> None:
        for connection in self._connections.values():
            await connection.aclose()
        self._connections.clear()

    async def _send(self, endpoint: Endpoint, request: HttpRequest) -> httpcore.Response:
        try:
            return await self._converse(endpoint, self._request(endpoint, request))
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as problem:
            silence = isinstance(problem, httpcore.ConnectTimeout)
            raise NotSent(str(problem), silence=silence) from problem
        except (httpcore.NetworkError, httpcore.ProtocolError) as problem:
            raise NoAnswer(str(problem)) from problem

    async def _converse(self, endpoint: Endpoint, request: httpcore.Request) -> httpcore.Response:
        connection = self._connection(endpoint, request.url)
        if connection.has_expired() or connection.is_closed():
            # The server has closed it while it was idle: nothing was sent on it yet.
            await self.drop(endpoint)
            connection = self._connection(endpoint, request.url)
        response = await connection.handle_async_request(request)
        try:
            await response.aread()
        finally:
            await response.aclose()
        return response

    def _connection(self, endpoint: Endpoint, url: httpcore.URL) -> httpcore.AsyncHTTPConnection:
        if endpoint.node not in self._connections:
            self._connections[endpoint.node] = httpcore.AsyncHTTPConnection(
                url.origin, network_backend=self._network, keepalive_expiry=None
            )
        return self._connections[endpoint.node]

    def _request(self, endpoint: Endpoint, request: HttpRequest) -> httpcore.Request:
        """Raises ValueError for a path that is no path."""
        host = f"{bracketed(endpoint.address)}:{endpoint.port}"
        parts = urlsplit(request.path) if "://" in request.path else None
        headers = {"Host": parts.netloc if parts else host, **self._spec.headers, **request.headers}
        body = request.body.encode() if request.body is not None else b""
        if request.has_json:
            body = json.dumps(request.json).encode()
            headers.setdefault("Content-Type", "application/json")
        if body or request.method not in ("GET", "HEAD"):
            headers["Content-Length"] = str(len(body))
        return httpcore.Request(
            request.method,
            request.path if parts else f"http://{host}{request.path}",
            headers=list(headers.items()),
            content=body,
            extensions={"timeout": {"connect": self._spec.timeout * CONNECT_SHARE}},
        )

    def _note_sent(self) -> None:
        self.sent = True


def fields_of(response: httpcore.Response) -> dict[str, Any]:
    """Return what a plan may look at: status, code, headers (lower case), text, json (or none)."""
    text = response.content.decode("utf-8", "replace")
    return {
        "status": response.status,
        "code": response.status,
        "headers": headers_of(response),
        "text": text,
        "json": parsed(text),
    }


def headers_of(response: httpcore.Response) -> Mapping[str, str]:
    pairs = response.headers
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
