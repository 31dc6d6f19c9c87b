"""A test process to be killed: nodes in containers, none of which would end by itself.

python victim.py FOLDER: prints one line of JSON when all run, then waits for ever.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from planc_runtime.clusters.docker.backend import DockerBackend
from planc_runtime.clusters.docker.options import Options
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.node import Launch, NodeInfo

NODES = ("plain", "paused")
PLAIN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(1000)"


async def main(world: Any) -> None:
    for name in NODES:
        place = world.place(name, {"port": 2379})
        info = NodeInfo(name, place.address, place.ports, place.data, "c", 1, ())
        await world.node(place).start(Launch(info, argv=(sys.executable, "-c", PLAIN)))
    await world.pause("paused")
    report = {"test": os.getpid(), "reaper": world._reaper.pid, "run": world._marks.run}
    print(json.dumps(report), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    DockerBackend(Options()).execute(Settings(1, Path(sys.argv[1])), main)
