"""Loops over sets in every way that would show hashes of strings or addresses of objects."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict

from planc_runtime.protocols.node import NodeInfo


class Thing:
    def __init__(self, name: str) -> None:
        self.name = name


async def report(name: str) -> str:
    await asyncio.sleep(random.random())
    return name


async def main(node: NodeInfo) -> None:
    names = {f"name-{number}" for number in range(20)}
    things = {Thing(name) for name in names}
    groups: defaultdict[int, set[str]] = defaultdict(set)
    for name in names:
        groups[len(name)].add(name)
    print(names, list(groups.values()))
    print([thing.name for thing in things])
    print([(name, random.random()) for name in names - {"name-3"} | {"other"}])
    tasks = {asyncio.create_task(report(name)) for name in names}
    done, _ = await asyncio.wait(tasks)
    print([task.result() for task in done])
    for one in asyncio.as_completed([report(name) for name in names]):
        print(await one)
