"""One cycle of the soak: a cluster of three in trouble, ended in one of many ways."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.runtime.clusters.local.victim import NODES
from tests.soak.counting import Counts, counts, marked

from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.node import Launch, NodeInfo
from planc_runtime.protocols.rules import ClockRule, DiskRule, LinkRule, ResourceRule

MARK = "PLANC_SOAK"
LIMIT = 5.0
"""Seconds after which nothing of a world may live."""
ENDS = (
    ("test",), ("guard",), ("warden",), ("keeper",), ("test", "warden"), ("warden", "keeper"),
    ("guard", "keeper"), ("guard", "warden"), ("test", "warden", "keeper"), ("node",),
)  # fmt: skip
"""Who is killed with SIGKILL at the same time."""


@dataclass
class Result:
    before: Counts
    after: Counts
    leftovers: list[str]
    slowest: float


def soak(cycles: int, seed: int, folder: Path, tell: Callable[[str], object]) -> Result:
    """Run so many cycles; return what was there before and after, and what was left behind."""
    draw = random.Random(seed)
    mark = os.environ[MARK] = uuid.uuid4().hex
    _within(folder, draw)
    gc.collect()
    before, leftovers, slowest = counts(folder, mark), list[str](), 0.0
    for number in range(cycles):
        began = time.monotonic()
        end = _within(folder, draw) if number % 2 else _killed(folder, draw)
        took = _wait_gone(mark)
        slowest = max(slowest, took)
        if left := marked(mark):
            leftovers += [f"cycle {number} ({end}): pid {pid} {_command(pid)}" for pid in left]
            for pid in left:
                os.kill(pid, signal.SIGKILL)
        tell(f"{number + 1:4} {end:28} {time.monotonic() - began:5.2f} s, gone after {took:.2f} s")
    gc.collect()
    after = counts(folder, mark)
    leftovers += [
        f"{name}: {before[name]} before, {after[name]} after"
        for name in before
        if after[name] > before[name]
    ]
    return Result(before, after, leftovers, slowest)


async def cluster(world: Any, troubles: random.Random) -> list[int]:
    """Start three nodes, one of them a daemon, and lay troubles on them; return the keepers."""
    keepers = []
    for name, (source, _) in NODES.items():
        place = world.place(name, {})
        info = NodeInfo(name, place.address, place.ports, place.data, "c", 1, ())
        node = world.node(place)
        await node.start(Launch(info, argv=(sys.executable, "-S", "-c", source)))
        keepers.append(node.life.started.result().keeper)
    leases: dict[str, Callable[[], Any]] = {
        "partition": lambda: world.impair(frozenset({("plain", "family")}), LinkRule(cut=True)),
        "slow": lambda: world.impair(frozenset({("plain", "daemon")}), LinkRule(delay=0.05)),
        "pause": lambda: world.pause("family"),
        "skew": lambda: world.set_clock("plain", ClockRule(offset=3600)),
        "slow_disk": lambda: world.set_disk("plain", DiskRule(delay=0.1)),
        "fill_disk": lambda: world.set_disk("plain", DiskRule(full=True)),
        "throttle_cpu": lambda: world.set_resources("plain", ResourceRule(cpu=0.2)),
    }
    for trouble in troubles.sample(sorted(leases), 3):
        if trouble in world.abilities:
            await leases[trouble]()
    return keepers


def _settings(folder: Path) -> Settings:
    return Settings(1, folder, troubles=frozenset({"fill_disk", "lose_unsynced"}))


class _Failed(Exception):
    """A scenario that fails, as scenarios do."""


def _within(folder: Path, draw: random.Random) -> str:
    """A cycle in this process: it passes, fails, or ends its nodes itself."""
    end = draw.choice(["passes", "fails", "kills its nodes", "cuts the power"])

    async def main(world: Any) -> None:
        await cluster(world, draw)
        if end == "fails":
            raise _Failed
        if end == "kills its nodes":
            await asyncio.gather(*(world._nodes[name].kill() for name in NODES))
        if end == "cuts the power":
            await world._nodes["daemon"].kill()
            await world.lose_unsynced("daemon")

    with contextlib.suppress(_Failed):
        LocalBackend().execute(_settings(folder / "in"), main)
    return end


def _killed(folder: Path, draw: random.Random) -> str:
    """A cycle in a process of its own, of whose tree some are killed at a random moment."""
    victims = draw.choice(ENDS)
    command = [sys.executable, "-m", "tests.soak.victim", str(folder / "out"), str(draw.random())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as test:
        assert test.stdout is not None
        if victims == ("test",) and draw.random() < 0.5:
            time.sleep(draw.uniform(0.0, 0.6))
        elif line := test.stdout.readline():
            who = {"test": test.pid, **json.loads(line)}
            time.sleep(draw.uniform(0.0, 0.1))
            for victim in victims:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(who[victim], signal.SIGKILL)
        time.sleep(0.05)
        test.kill()
    return f"SIGKILL {'+'.join(victims)}"


def _wait_gone(mark: str) -> float:
    began = time.monotonic()
    while marked(mark) and time.monotonic() - began < LIMIT:
        time.sleep(0.01)
    return time.monotonic() - began


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:80]
    except OSError:
        return "(gone meanwhile)"
