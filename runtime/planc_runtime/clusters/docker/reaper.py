"""Removes a run's containers when the test is over, however it ended.

A process of its own that waits for the end of its standard input, which the test process holds
open: closing it is how a world ends, and a SIGKILL closes it as well. There is one way out, and
every run takes it. Started without the packages of this Python, for the sake of its start; hence it
speaks to the engine's socket itself: two requests, and no more than HTTP.

    python -I -S reaper.py SOCKET LABEL

Ends with status 0 when nothing is left, else with 1 and a sentence on standard error.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

ORDERLY = b"."
"""Said before the end of the input by a test process that waits for nothing from the engine."""

_PATIENCE = 20.0
"""Seconds until what cannot be removed is given up."""
_AGAIN = 0.05
_STILL_TO_COME = 1.0
"""Seconds in which the engine may finish a container that was asked for before a SIGKILL."""
_THREADS = 8


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def remove_all(path: str, label: str, watch: float = 0.0) -> str | None:
    """Remove all containers of a label; return what went wrong if any is left.

    For so many seconds, none being there is not taken for the end.
    """
    watched = time.monotonic() + watch
    deadline = watched + _PATIENCE
    while True:
        trouble = None
        try:
            left = _containers(path, label)
            if not left and time.monotonic() >= watched:
                return None
            with ThreadPoolExecutor(_THREADS) as threads:
                list(threads.map(lambda one: _remove(path, one), left))
        except (OSError, http.client.HTTPException, ValueError) as failure:
            trouble = str(failure)
        if time.monotonic() > deadline:
            return trouble or f"{len(left)} containers cannot be removed: {', '.join(left)}"
        time.sleep(_AGAIN)


def _containers(path: str, label: str) -> list[str]:
    filters = quote(json.dumps({"label": [label]}))
    found: Any = json.loads(_ask(path, "GET", f"/containers/json?all=1&filters={filters}"))
    return [container["Id"] for container in found]


def _remove(path: str, container: str) -> None:
    _ask(path, "DELETE", f"/containers/{container}?force=1&v=1")


def _ask(path: str, method: str, url: str) -> bytes:
    connection = _Connection(path)
    try:
        connection.request(method, url)
        return connection.getresponse().read()
    finally:
        connection.close()


def main() -> None:
    path, label = sys.argv[1:]
    # Ctrl-C and a closing terminal are the test process' affair: it ends the world in its own time.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    said = b""
    while chunk := os.read(0, 4096):
        said += chunk
    if trouble := remove_all(path, label, 0.0 if said == ORDERLY else _STILL_TO_COME):
        print(trouble, file=sys.stderr)
        raise SystemExit(1)


if __name__ == "__main__":
    main()
