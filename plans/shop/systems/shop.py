"""A shop that depends on a price service and lets people in by role.

When the price service does not answer well, the shop shows the last price it knew and says so.
"""

from __future__ import annotations

import secrets
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

RIGHTS = {"admin": {"GET", "POST", "DELETE"}, "editor": {"GET", "POST"}, "viewer": {"GET"}}
PATIENCE = 0.3
"""Seconds that a price is waited for."""


class Shop:
    def __init__(self, node: Any) -> None:
        self.planted: frozenset[str] = node.planted
        self.billing: str = node.params["billing"]
        self.http = httpx.AsyncClient(timeout=PATIENCE)
        self.roles: dict[str, str] = {}
        self.last_price: Any = None

    async def price(self, request: Request) -> Response:
        try:
            answer = (await self.http.get(f"{self.billing}/price")).raise_for_status()
            self.last_price = answer.json()["price"]
        except (httpx.HTTPError, ValueError, KeyError):
            # Right: without a new price the old one is shown, with a word about it.
            if "fails_with_dependency" in self.planted:
                raise
            return JSONResponse({"price": self.last_price, "degraded": True})
        return JSONResponse({"price": self.last_price, "degraded": False})

    async def token(self, request: Request) -> Response:
        role = (await request.json())["role"]
        if role not in RIGHTS:
            return JSONResponse({"error": f"no role {role!r}"}, status_code=400)
        token = secrets.token_hex(8)
        self.roles[token] = role
        return JSONResponse({"token": token}, status_code=201)

    async def item(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or token not in self.roles:
            return JSONResponse({"error": "who are you?"}, status_code=401)
        # Right: what a role may not do is refused.
        allowed = request.method in RIGHTS[self.roles[token]] or "trusts_all" in self.planted
        if not allowed:
            return JSONResponse({"error": "not yours to do"}, status_code=403)
        return JSONResponse({"id": request.path_params["id"], "role": self.roles[token]})


async def health(request: Request) -> Response:
    return JSONResponse({"ok": True})


async def main(node: Any) -> None:
    """Serve the shop until it is stopped."""
    shop = Shop(node)
    app = Starlette(
        routes=[
            Route("/price", shop.price),
            Route("/token", shop.token, methods=["POST"]),
            Route("/items/{id}", shop.item, methods=["GET", "POST", "DELETE"]),
            Route("/health", health),
        ]
    )
    config = uvicorn.Config(
        app, host=node.address, port=node.ports["http"], log_level="warning", access_log=False
    )
    await uvicorn.Server(config).serve()
