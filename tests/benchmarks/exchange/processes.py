"""The exchange as SimPy processes: generators, stores, and a time-out for a message's way."""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import simpy

from exchange import FOLLOWERS, HEARTBEAT, LATENCY, OPERATION, QUORUM

Steps = Generator[Any, Any, None]


class Net:
    def __init__(self, environment: simpy.Environment) -> None:
        self.environment = environment
        self.random = random.Random(1)
        self.inboxes = [simpy.Store(environment) for _ in range(FOLLOWERS + 2)]
        self.messages = 0

    def send(self, to: int, message: tuple[str, int, int]) -> None:
        self.messages += 1
        arrival = self.environment.timeout(self.random.uniform(*LATENCY))
        arrival.callbacks.append(lambda _: self.inboxes[to].put(message))


def heartbeats(net: Net) -> Steps:
    number = 0
    while True:
        yield net.environment.timeout(HEARTBEAT)
        number += 1
        for follower in range(1, FOLLOWERS + 1):
            net.send(follower, ("beat", number, 0))


def leader(net: Net) -> Steps:
    acknowledged: dict[int, int] = {}
    while True:
        kind, number, _ = yield net.inboxes[0].get()
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


def follower(net: Net, number: int) -> Steps:
    while True:
        kind, which, _ = yield net.inboxes[number].get()
        net.send(0, (kind, which, number))


def operations(net: Net) -> Steps:
    number = 0
    while True:
        yield net.environment.timeout(OPERATION)
        number += 1
        net.send(0, ("operation", number, FOLLOWERS + 1))


def replies(net: Net, counts: dict[str, int]) -> Steps:
    while True:
        yield net.inboxes[FOLLOWERS + 1].get()
        counts["operations"] += 1


def exchange(seconds: float) -> dict[str, int]:
    """Run for so many seconds of the environment's time."""
    environment = simpy.Environment()
    net = Net(environment)
    counts = {"operations": 0}
    parts = [heartbeats(net), leader(net), operations(net), replies(net, counts)]
    parts += [follower(net, number) for number in range(1, FOLLOWERS + 1)]
    for part in parts:
        environment.process(part)
    environment.run(until=seconds)
    return {"messages": net.messages, **counts}
