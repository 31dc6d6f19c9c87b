"""The exchange as plain asyncio tasks: queues, and `call_later` for a message's way."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from exchange import FOLLOWERS, HEARTBEAT, LATENCY, OPERATION, QUORUM

Message = tuple[str, int, int]
"""Kind, number, sender."""


class Net:
    """An inbox per node, and messages on their way to them."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.random = random.Random(1)
        self.inboxes: list[asyncio.Queue[Message]] = [asyncio.Queue() for _ in range(FOLLOWERS + 2)]
        self.messages = 0

    def send(self, to: int, message: Message) -> None:
        self.messages += 1
        self.loop.call_later(self.random.uniform(*LATENCY), self.inboxes[to].put_nowait, message)


async def heartbeats(net: Net) -> None:
    number = 0
    while True:
        await asyncio.sleep(HEARTBEAT)
        number += 1
        for follower in range(1, FOLLOWERS + 1):
            net.send(follower, ("beat", number, 0))


async def leader(net: Net) -> None:
    acknowledged: dict[int, int] = {}
    while True:
        kind, number, _ = await net.inboxes[0].get()
        if kind == "operation":
            acknowledged[number] = 0
            for follower in range(1, FOLLOWERS + 1):
                net.send(follower, ("append", number, 0))
        elif kind == "append":
            acknowledged[number] += 1
            if acknowledged[number] == QUORUM:
                net.send(FOLLOWERS + 1, ("done", number, 0))
            if acknowledged[number] == FOLLOWERS:
                del acknowledged[number]


async def follower(net: Net, number: int) -> None:
    inbox = net.inboxes[number]
    while True:
        message = await inbox.get()
        net.send(0, (message[0], message[1], number))


async def operations(net: Net) -> None:
    number = 0
    while True:
        await asyncio.sleep(OPERATION)
        number += 1
        net.send(0, ("operation", number, FOLLOWERS + 1))


async def replies(net: Net, counts: dict[str, int]) -> None:
    while True:
        await net.inboxes[FOLLOWERS + 1].get()
        counts["operations"] += 1


async def exchange(seconds: float) -> dict[str, int]:
    """Run for so many seconds of the loop's time."""
    net = Net()
    counts = {"operations": 0}
    parts: list[Any] = [heartbeats(net), leader(net), operations(net), replies(net, counts)]
    parts += [follower(net, number) for number in range(1, FOLLOWERS + 1)]
    tasks = [asyncio.ensure_future(part) for part in parts]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return {"messages": net.messages, **counts}
