"""One-off HTTP requests of a scenario's steps, over httpx, without proxies or redirects."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx

from planc_runtime.clients.spec import HttpRequest


def new_client(timeout: float) -> httpx.AsyncClient:
    """Return a client without proxies, environment or redirects of its own choosing."""
    return httpx.AsyncClient(timeout=timeout, verify=tls(), trust_env=False)


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
) -> httpx.Response:
    """Send a request; raises what httpx raises."""
    url = request.path if "://" in request.path else base + request.path
    return await client.request(
        request.method,
        url,
        headers={**(headers or {}), **request.headers},
        json=request.json if request.has_json else None,
        content=request.body,
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
