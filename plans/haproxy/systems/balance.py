"""What the balancer thinks of its backends, and what the answers tell about its decisions."""

from __future__ import annotations

import asyncio
import csv
from collections import Counter
from collections.abc import Iterable
from typing import Any

import httpcore


async def servers(node: Any) -> dict[str, str]:
    """Return what HAProxy says of each backend: UP, DOWN, or something between.

    It takes a backend for well until its first check is done: such a one is called NEW here.
    """
    port = node.placement.ports["stats"]
    url = httpcore.URL(scheme="http", host=node.placement.address, port=port, target="/stats;csv")
    async with asyncio.timeout(1.0), httpcore.AsyncConnectionPool() as pool:
        answer = await pool.request("GET", url)
    table = answer.content.decode().removeprefix("# ").splitlines()
    return {
        row["svname"]: "NEW" if row["check_status"] == "INI" else row["status"]
        for row in csv.DictReader(table)
        if row["pxname"] == "pool" and row["svname"] != "BACKEND"
    }


def shares(history: Iterable[Any]) -> dict[str, float]:
    """Return the share of the answered requests that each backend answered."""
    answers = Counter(operation.value for operation in _answered(history))
    found = {name: answers[name] / answers.total() for name in answers}
    return {"n1": 0.0, "n2": 0.0, "n3": 0.0, **found}


def homes(history: Iterable[Any]) -> dict[str, list[str]]:
    """Return for each key the backends that answered for it, in order of their first answer."""
    found: dict[str, dict[str, None]] = {}
    for operation in _answered(history):
        found.setdefault(str(operation.args[0]), {})[operation.value] = None
    return {key: list(names) for key, names in found.items()}


def most_homes(history: Iterable[Any]) -> int:
    """Return the number of backends of the key that has been at most of them."""
    return max(len(names) for names in homes(history).values())


def moved(history: Iterable[Any], gone: str) -> float:
    """Return the share of keys that moved although their backend is not the one that is gone."""
    stayed = [names for names in homes(history).values() if names[0] != gone]
    return sum(len(names) > 1 for names in stayed) / len(stayed)


def answers_of(history: Iterable[Any], backend: str, since: float, until: float) -> int:
    """Return how many requests that began in a span of time a backend answered."""
    asked = (o for o in _answered(history) if since <= o.invoked < until)
    return sum(operation.value == backend for operation in asked)


def _answered(history: Iterable[Any]) -> list[Any]:
    return [o for o in history if o.f == "ask" and o.outcome.value == "ok"]
