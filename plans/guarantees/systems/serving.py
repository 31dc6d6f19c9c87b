"""What the systems of this folder share: an object's methods, served as JSON over HTTP.

POST /NAME with a JSON object calls the method NAME with these arguments. What it returns is the
answer; `Refused` is told as 409: it certainly did not happen.
"""

from __future__ import annotations

from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


class Refused(Exception):
    """The system does not do what it was asked to, and says so."""


async def serve(node: Any, system: Any) -> None:
    """Serve an object at the port `http` until the node is stopped."""

    async def call(request: Request) -> Response:
        name = request.path_params["name"]
        if name.startswith("_") or not hasattr(system, name):
            return JSONResponse({"error": f"there is no {name}"}, status_code=404)
        try:
            return JSONResponse(await getattr(system, name)(**await request.json()))
        except Refused as refusal:
            return JSONResponse({"error": str(refusal)}, status_code=409)

    async def health(request: Request) -> Response:
        return JSONResponse({"ok": True})

    app = Starlette(routes=[Route("/health", health), Route("/{name}", call, methods=["POST"])])
    config = uvicorn.Config(
        app, host=node.address, port=node.ports["http"], log_level="warning", access_log=False
    )
    await uvicorn.Server(config).serve()
