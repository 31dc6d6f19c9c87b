"""Jurors who answer a question and count each other's answers; some can be made dishonest.

POST /hooks/lie makes a juror give the wrong answer, /hooks/equivocate another one to everybody,
/hooks/replay an old answer, /hooks/silence none, /hooks/corrupt_messages one that cannot be read;
DELETE makes it honest again. GET /verdict asks all jurors and returns what more than half say.
"""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TRUTH = 42
PATIENCE = 0.4
"""Seconds that another juror is waited for."""


class Juror:
    def __init__(self, node: Any) -> None:
        self.node = node
        self.hooks: set[str] = set()
        self.count = itertools.count(1)
        self.http = httpx.AsyncClient(timeout=PATIENCE)

    async def hook(self, request: Request) -> Response:
        name = request.path_params["name"]
        if request.method == "DELETE":
            self.hooks.discard(name)
        else:
            self.hooks.add(name)
        return JSONResponse({"on": sorted(self.hooks)})

    async def answer(self, request: Request) -> Response:
        said: int = TRUTH
        if "lie" in self.hooks:
            said = TRUTH + 1
        if "equivocate" in self.hooks:
            said = TRUTH + next(self.count)
        if "replay" in self.hooks:
            said = 0
        if "silence" in self.hooks:
            await asyncio.sleep(10 * PATIENCE)
        if "corrupt_messages" in self.hooks:
            return Response(b"{says: \xff")
        return JSONResponse({"says": said})

    async def verdict(self, request: Request) -> Response:
        said = [answer for peer in self.node.peers if (answer := await self.ask(peer)) is not None]
        needed = len(self.node.peers) // 2 + 1
        # Right: what more than half say, or nothing.
        if "believes_the_last" in self.node.planted:
            return JSONResponse({"verdict": said[-1], "heard": len(said)})
        agreed = [value for value in set(said) if said.count(value) >= needed]
        return JSONResponse({"verdict": agreed[0] if agreed else None, "heard": len(said)})

    async def ask(self, peer: Any) -> Any:
        try:
            url = f"http://{peer.address}:{peer.ports['http']}/answer"
            return (await self.http.get(url)).raise_for_status().json()["says"]
        except (httpx.HTTPError, ValueError):
            return None

    async def health(self, request: Request) -> Response:
        return JSONResponse({"ok": True, "dishonest": sorted(self.hooks)})


async def main(node: Any) -> None:
    """Serve one juror until it is stopped."""
    juror = Juror(node)
    routes = [
        Route("/hooks/{name}", juror.hook, methods=["POST", "DELETE"]),
        Route("/answer", juror.answer),
        Route("/verdict", juror.verdict),
        Route("/health", juror.health),
    ]
    config = uvicorn.Config(
        Starlette(routes=routes),
        host=node.address,
        port=node.ports["http"],
        log_level="warning",
        access_log=False,
    )
    await uvicorn.Server(config).serve()
