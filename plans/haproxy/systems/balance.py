"""What the balancer thinks of its backends, and what the answers tell about its decisions."""

from __future__ import annotations

import asyncio
import csv
from collections import Counter
from collections.abc import Iterable
from typing import Any

import httpcore

BACKENDS = ("n1", "n2", "n3")


async def servers(node: Any) -> dict[str, dict[str, Any]]:
    """Return what HAProxy says of each backend: its state, and its weight at this moment.

    The state is UP, DOWN, DRAIN or something between. HAProxy takes a backend for well until its
    first check is done: such a one is NEW here.
    """
    port = node.placement.ports["stats"]
    url = httpcore.URL(scheme="http", host=node.placement.address, port=port, target="/stats;csv")
    async with asyncio.timeout(1.0), httpcore.AsyncConnectionPool() as pool:
        answer = await pool.request("GET", url)
    table = answer.content.decode().removeprefix("# ").splitlines()
    return {
        row["svname"]: {
            "state": "NEW" if row["check_status"] == "INI" else row["status"].split(" (")[0],
            "weight": int(row["weight"]),
        }
        for row in csv.DictReader(table)
        if row["pxname"] == "pool" and row["svname"] != "BACKEND"
    }


async def checked(node: Any) -> bool:
    """Say whether the balancer knows how each of its backends is."""
    states = [server["state"] for server in (await servers(node)).values()]
    return all(state in ("UP", "no check") for state in states)


def shares(history: Iterable[Any], workload: str | None = None) -> dict[str, float]:
    """Return the share of the answered requests, of one workload or all, by backend."""
    answers = Counter(o.value for o in _answered(history) if workload in (None, o.workload))
    return {name: answers[name] / max(1, answers.total()) for name in BACKENDS}


def homes(history: Iterable[Any], of: str = "key") -> dict[Any, list[str]]:
    """Return for each key (or process) the backends that answered, each at its first answer."""
    found: dict[Any, dict[str, None]] = {}
    for operation in _answered(history):
        found.setdefault(getattr(operation, of), {})[operation.value] = None
    return {key: list(names) for key, names in found.items()}


def most_homes(history: Iterable[Any], of: str = "key") -> int:
    """Return the number of backends of the key (or process) that has been at most of them."""
    return max(len(names) for names in homes(history, of).values())


def moved(history: Iterable[Any], gone: str) -> dict[str, float]:
    """Return the share of keys that moved: of all, and of those whose backend is not gone."""
    found = list(homes(history).values())
    stayed = [names for names in found if names[0] != gone]
    return {"of_all": _moved(found), "of_the_others": _moved(stayed)}


def _moved(found: list[list[str]]) -> float:
    return sum(len(names) > 1 for names in found) / max(1, len(found))


def _answered(history: Iterable[Any]) -> list[Any]:
    return [o for o in history if o.f in ("ask", "order") and o.outcome.value == "ok"]


def each_once(history: Iterable[Any], taken: list[list[str]]) -> bool:
    """Say whether the backends have taken each acknowledged order, and none of them twice."""
    orders = [number for of_one in taken for number in of_one]
    acknowledged = {str(o.args[0]) for o in history if o.f == "order" and o.outcome.value == "ok"}
    return len(orders) == len(set(orders)) and acknowledged <= set(orders)
