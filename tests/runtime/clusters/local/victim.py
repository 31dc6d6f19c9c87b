"""A test process to be killed: three nodes, none of which would end by itself.

python victim.py FOLDER: prints one line of JSON when all run, then waits for ever.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from planc_runtime.clusters.lab import rungs
from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.node import Launch, NodeInfo

SLEEP = "; print('up', flush=True); time.sleep(1000)"
PLAIN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + SLEEP
FAMILY = "import os, time; os.fork(); os.fork()" + SLEEP
DAEMON = (
    "import os, time; os.fork() and os._exit(0); os.setsid(); os.fork() and os._exit(0)" + SLEEP
)
NODES = {"plain": (PLAIN, 1), "family": (FAMILY, 4), "daemon": (DAEMON, 1)}
"""Name -> program, and how many processes of it say that they are up."""


async def up(log: Path, count: int) -> None:
    while log.read_text().count("up") < count:  # noqa: ASYNC110, ASYNC240
        await asyncio.sleep(0.01)


async def main(world: Any) -> None:
    keepers = []
    for name, (source, processes) in NODES.items():
        place = world.place(name, {"port": 2379})
        info = NodeInfo(name, place.address, place.ports, place.data, "c", 1, ())
        node = world.node(place)
        await node.start(Launch(info, argv=(sys.executable, "-c", source)))
        await up(place.log, processes)
        keepers.append(node.life.started.result().keeper)
    await world.pause("family")
    report = {
        "test": os.getpid(),
        "rung": rungs.find().name,
        "guard": world._control.guard_pid,
        "warden": world._control.warden_pid,
        "plain keeper": keepers[0],
        "keeper": keepers[2],
        "prefix": getattr(world._network, "prefix", None),
    }
    print(json.dumps(report), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    LocalBackend().execute(Settings(1, Path(sys.argv[1])), main)
