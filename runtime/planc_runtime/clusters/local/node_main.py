"""Run a Python service as a process of its own: `python -m ... package.module:main`.

The service sees what it would see in a simulation: a NodeInfo, a running asyncio loop, and a
cancellation when it is asked to stop. A service that wants SIGTERM for itself just handles it.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from planc_runtime.protocols.node import NodeInfo


def resolve(entry: str) -> Callable[[NodeInfo], Awaitable[Any]]:
    """Import what `package.module:callable` names; exits with a plain message when it cannot."""
    module, _, name = entry.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise SystemExit(f"module {module!r} has no callable {name!r}")
    return found  # type: ignore[no-any-return]


async def serve(main: Callable[[NodeInfo], Awaitable[Any]], info: NodeInfo) -> None:
    task = asyncio.ensure_future(main(info))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return


def run() -> None:
    info = NodeInfo.from_json(os.environ["PLANC_NODE"])
    asyncio.run(serve(resolve(sys.argv[1]), info))


if __name__ == "__main__":
    run()
