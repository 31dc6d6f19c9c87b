"""Three replicas of a Starlette service behind uvicorn, asked through httpx."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import httpx

from planc_runtime.clusters.sim import SimBackend
from planc_runtime.protocols.backend import Settings, World
from planc_runtime.protocols.node import Launch, NodeInfo, Placement

PROGRAMS = Path(__file__).parent / "programs"


async def start(world: World, place: Placement) -> None:
    info = NodeInfo(place.name, place.address, place.ports, place.data, "web", 1, ())
    await world.node(place).start(Launch(info, entry="web_node:main", path=(PROGRAMS,)))
    await asyncio.sleep(0.5)


async def scenario(world: World) -> None:
    places = [world.place(f"n{number}", {"http": 80}) for number in (1, 2, 3)]
    for place in places:
        await start(world, place)
    async with httpx.AsyncClient() as client:
        for number, place in enumerate(places, 1):
            await client.put(f"http://{place.name}/kv/k", json={"value": number})
        values = {}
        for place in places:
            reply = await client.get(f"http://{place.name}/kv/k")
            values[place.name] = reply.json()["value"]
            print(world.now(), sorted(reply.headers.items()))
        print("values", values)
        print("plain function", (await client.get("http://n1/sum/1/2/3")).json())
        replies = await asyncio.gather(
            *(client.get(f"http://n{1 + n % 3}/kv/k", timeout=30) for n in range(60))
        )
        print([reply.json()["id"] for reply in replies], world.now())
    print(await world.node(places[0]).stop())
    print(world.node(places[0]).exit_status)
    await start(world, places[0])
    async with httpx.AsyncClient() as client:
        print("after a restart", (await client.get("http://n1/kv/k")).json()["value"])
    for place in places:
        print(place.log.read_text())


if __name__ == "__main__":
    SimBackend().execute(Settings(int(sys.argv[2]), Path(sys.argv[1])), scenario)
