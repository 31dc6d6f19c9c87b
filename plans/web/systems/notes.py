"""Notes kept by three equal replicas: an ordinary Starlette application behind uvicorn.

No leader: whoever is asked asks a majority. A write first learns the newest version that a majority
knows, then stores a newer one with a majority; a read hands what it found to a majority before it
answers, or a later read could find something older. (Attiya, Bar-Noy and Dolev, "Sharing Memory
Robustly in Message-Passing Systems", 1995; for many writers, Lynch and Shvartsman, 1997.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Version = tuple[int, str]
Note = tuple[Version, Any]

NOTHING: Note = ((0, ""), None)
MISSING = object()
PATIENCE = 0.5
"""Seconds that another replica is waited for."""


class NoMajority(Exception):
    """Too few replicas answered."""


async def _answer(call: Awaitable[Any]) -> Any:
    try:
        return await call
    except httpx.HTTPError:
        return MISSING


class Notes:
    def __init__(self, node: Any) -> None:
        self.name: str = node.name
        self.planted: frozenset[str] = node.planted
        self.notes: dict[str, Note] = {}
        self.others = [
            f"http://{peer.address}:{peer.ports['http']}"
            for peer in node.peers
            if peer.name != node.name
        ]
        self.majority = len(node.peers) // 2 + 1
        self.http = httpx.AsyncClient(timeout=PATIENCE)
        self.turn: dict[str, asyncio.Lock] = {}

    async def read(self, key: str) -> Any:
        newest = max(await self.ask_all(key), key=lambda note: note[0])
        # Right: what is shown to one reader is known to a majority before.
        if "no_write_back" not in self.planted:
            await self.store_all(key, newest)
        return newest[1]

    async def write(self, key: str, value: Any) -> None:
        # One write of a key at a time, or two would take the same version.
        async with self.turn.setdefault(key, asyncio.Lock()):
            (number, _), _ = max(await self.ask_all(key), key=lambda note: note[0])
            await self.store_all(key, ((number + 1, self.name), value))

    def keep(self, key: str, note: Note) -> None:
        self.notes[key] = max(self.notes.get(key, NOTHING), note, key=lambda note: note[0])

    async def ask_all(self, key: str) -> list[Note]:
        async def ask(url: str) -> Note:
            answer = (await self.http.get(f"{url}/replica/{key}")).raise_for_status().json()
            return (answer["number"], answer["by"]), answer["value"]

        found = await self.of_majority([ask(url) for url in self.others])
        return [self.notes.get(key, NOTHING), *found]

    async def store_all(self, key: str, note: Note) -> None:
        (number, by), value = note
        body = {"number": number, "by": by, "value": value}

        async def store(url: str) -> None:
            (await self.http.put(f"{url}/replica/{key}", json=body)).raise_for_status()

        self.keep(key, note)
        await self.of_majority([store(url) for url in self.others])

    async def of_majority(self, calls: list[Awaitable[Any]]) -> list[Any]:
        """Return the first answers that make a majority together with this replica."""
        # Right: more than half of the replicas, this one included.
        needed = 0 if "alone_is_enough" in self.planted else self.majority - 1
        waiting = {asyncio.ensure_future(_answer(call)) for call in calls}
        found: list[Any] = []
        while waiting and len(found) < needed:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            found += [answer.result() for answer in done if answer.result() is not MISSING]
        if len(found) < needed:
            raise NoMajority
        return found


def application(notes: Notes) -> Starlette:
    async def note(request: Request) -> Response:
        key = request.path_params["key"]
        try:
            if request.method == "GET":
                return JSONResponse({"value": await notes.read(key)})
            await notes.write(key, (await request.json())["value"])
        except NoMajority:
            return JSONResponse({"error": "no majority"}, status_code=503)
        return JSONResponse({"ok": True})

    async def replica(request: Request) -> Response:
        key = request.path_params["key"]
        if request.method == "PUT":
            body = await request.json()
            notes.keep(key, ((body["number"], body["by"]), body["value"]))
            return JSONResponse({"ok": True})
        (number, by), value = notes.notes.get(key, NOTHING)
        return JSONResponse({"number": number, "by": by, "value": value})

    async def health(request: Request) -> Response:
        return JSONResponse({"ok": True, "notes": len(notes.notes)})

    return Starlette(
        routes=[
            Route("/notes/{key}", note, methods=["GET", "PUT"]),
            Route("/replica/{key}", replica, methods=["GET", "PUT"]),
            Route("/health", health),
        ]
    )


async def main(node: Any) -> None:
    """Serve one replica, as any uvicorn does."""
    config = uvicorn.Config(
        application(Notes(node)),
        host=node.address,
        port=node.ports["http"],
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    await uvicorn.Server(config).serve()
