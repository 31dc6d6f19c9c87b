"""A key-value service whose store is a global of its module."""

from __future__ import annotations

import asyncio
import random
import uuid

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from planc_runtime.protocols.node import NodeInfo

store: dict[str, int] = {}


async def put(request: Request) -> JSONResponse:
    await asyncio.sleep(random.uniform(0.001, 0.01))
    store[request.path_params["key"]] = (await request.json())["value"]
    return JSONResponse({})


async def get(request: Request) -> JSONResponse:
    await asyncio.sleep(random.uniform(0.001, 0.01))
    value = store.get(request.path_params["key"])
    return JSONResponse({"value": value, "id": str(uuid.uuid4())})


def add(request: Request) -> JSONResponse:
    """A plain function, which Starlette runs in a worker thread."""
    return JSONResponse(sum(int(part) for part in request.path_params["numbers"].split("/")))


app = Starlette(
    routes=[
        Route("/kv/{key}", put, methods=["PUT"]),
        Route("/kv/{key}", get),
        Route("/sum/{numbers:path}", add),
    ]
)


async def main(node: NodeInfo) -> None:
    await uvicorn.Server(uvicorn.Config(app, host=node.address, port=node.ports["http"])).serve()
