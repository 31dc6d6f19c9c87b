"""A virtual machine that is only its state: what it may do next depends on what it did."""

from __future__ import annotations

from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

MOVES = {
    ("created", "start"): "running",
    ("running", "pause"): "paused",
    ("paused", "resume"): "running",
    ("running", "stop"): "stopped",
    ("paused", "stop"): "stopped",
    ("stopped", "start"): "running",
}


class Machine:
    def __init__(self, node: Any) -> None:
        self.planted: frozenset[str] = node.planted
        self.state = "created"

    async def move(self, request: Request) -> Response:
        event = request.path_params["event"]
        after = MOVES.get((self.state, event))
        # Right: a stopped machine cannot be resumed.
        if "resumes_the_stopped" in self.planted and (self.state, event) == ("stopped", "resume"):
            after = "running"
        if after is None:
            return JSONResponse({"error": f"cannot {event} when {self.state}"}, status_code=409)
        self.state = after
        return JSONResponse({"state": self.state})

    async def status(self, request: Request) -> Response:
        return JSONResponse({"state": self.state})


async def main(node: Any) -> None:
    """Serve one machine until it is stopped."""
    machine = Machine(node)
    routes = [
        Route("/status", machine.status),
        Route("/{event}", machine.move, methods=["POST"]),
    ]
    config = uvicorn.Config(
        Starlette(routes=routes),
        host=node.address,
        port=node.ports["http"],
        log_level="warning",
        access_log=False,
    )
    await uvicorn.Server(config).serve()
