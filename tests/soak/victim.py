"""A test process to be killed: `python -m tests.soak.victim FOLDER SEED` prints who is who."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path
from typing import Any

from tests.soak.cycles import cluster

from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.protocols.backend import Settings


async def main(world: Any) -> None:
    keepers = await cluster(world, random.Random(sys.argv[2]))
    control = world._control
    node = world._nodes["plain"].life.started.result().pid
    who = {"guard": control.guard_pid, "warden": control.warden_pid, "keeper": keepers[2]}
    print(json.dumps({**who, "node": node}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    LocalBackend().execute(
        Settings(1, Path(sys.argv[1]), troubles=frozenset({"fill_disk", "lose_unsynced"})), main
    )
