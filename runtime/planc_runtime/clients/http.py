"""HTTP clients, over httpx."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx

from planc_runtime.clients.outcome import NoAnswer, NotSent, judged, of_status
from planc_runtime.clients.spec import ClientSpec, Endpoint, HttpRequest, OperationSpec, Scope
from planc_runtime.protocols.client import Reply

CONNECT_SHARE = 0.5
"""Of an operation's time, for one connection to open; the rest is left for another node."""


class HttpWire:
    """One httpx client per logical client: one shared by many is the bottleneck long before the
    server is (171 against 491 puts per second on etcd)."""

    def __init__(self, spec: ClientSpec) -> None:
        self._spec = spec
        self._clients: dict[str, httpx.AsyncClient] = {}
        self.sent = False

    async def ask(self, endpoint: Endpoint, operation: OperationSpec, scope: Scope) -> Reply:
        assert operation.build is not None
        request = operation.build(scope)
        assert isinstance(request, HttpRequest)
        self.sent = False
        response = await self._send(endpoint, request)
        fields = fields_of(response)
        return judged(
            operation, of_status(self._spec, response.status_code), {**fields, **scope}, fields
        )

    async def drop(self, endpoint: Endpoint) -> None:
        if client := self._clients.pop(endpoint.node, None):
            await client.aclose()

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    async def _send(self, endpoint: Endpoint, request: HttpRequest) -> httpx.Response:
        try:
            return await send(
                self._client(endpoint),
                request,
                base=f"http://{bracketed(endpoint.address)}:{endpoint.port}",
                headers=self._spec.headers,
                trace=self._trace,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
            raise NotSent(str(problem)) from problem
        except httpx.TimeoutException as problem:
            raise TimeoutError from problem
        except httpx.TransportError as problem:
            raise NoAnswer(str(problem)) from problem

    def _client(self, endpoint: Endpoint) -> httpx.AsyncClient:
        if endpoint.node not in self._clients:
            self._clients[endpoint.node] = new_client(self._spec.timeout)
        return self._clients[endpoint.node]

    async def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event == "http11.send_request_headers.started":
            self.sent = True


def new_client(timeout: float) -> httpx.AsyncClient:
    """Return a client without proxies, environment or redirects of its own choosing."""
    limits = httpx.Timeout(timeout, connect=timeout * CONNECT_SHARE)
    return httpx.AsyncClient(timeout=limits, verify=tls(), trust_env=False, follow_redirects=False)


@cache
def tls() -> ssl.SSLContext:
    """Return the one TLS context of the process: making one costs as much as 30 requests."""
    return ssl.create_default_context()


async def send(
    client: httpx.AsyncClient,
    request: HttpRequest,
    *,
    base: str = "",
    headers: Mapping[str, str] | None = None,
    trace: Any = None,
) -> httpx.Response:
    """Send a request; raises what httpx raises."""
    url = request.path if "://" in request.path else base + request.path
    return await client.request(
        request.method,
        url,
        headers={**(headers or {}), **request.headers},
        json=request.json if request.has_json else None,
        content=request.body,
        extensions={"trace": trace} if trace else None,
    )


def fields_of(response: httpx.Response) -> dict[str, Any]:
    """Return what a plan may look at: status, code, headers (lower case), text, json (or none)."""
    try:
        body = response.json()
    except ValueError:
        body = None
    return {
        "status": response.status_code,
        "code": response.status_code,
        "headers": {name.lower(): value for name, value in response.headers.items()},
        "text": response.text,
        "json": body,
    }


def bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
