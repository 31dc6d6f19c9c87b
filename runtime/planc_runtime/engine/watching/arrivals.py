"""When the nodes wrote their logs: what lets a report open a log at a moment of the run.

A node writes into its log by itself, and whatever stood between would change how fast it may. So
nothing is stamped: the observer looks at the length of each log as often as at the node, and notes
every new length with the time. A line is then known to have arrived between two looks, which is as
exact as a node's role is known. The lengths are kept out of the event log: a log may hold paths
and so have another length on another machine.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from planc_runtime.engine.nodes.node import ClusterNode


class Arrivals:
    """Appends a line `{"log", "size", "t"}` whenever a log has become longer.

    No file is made where nothing is written. What cannot be noted is left out: a report then shows
    the log without times.
    """

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._sizes: dict[str, int] = {}
        self._file: IO[str] | None = None

    def look(self, node: ClusterNode) -> None:
        """Note the length of a node's log if it is another than at the last look."""
        with contextlib.suppress(OSError):
            size = os.stat(node.placement.log).st_size
            name = node.placement.log.name
            if size != self._sizes.get(name, 0):
                self._sizes[name] = size
                self._note({"log": name, "size": size, "t": round(self._clock(), 6)})

    def close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()

    def _note(self, row: dict[str, object]) -> None:
        if self._file is None:
            self._file = self._path.open("w", encoding="utf-8", newline="\n", buffering=1)
        self._file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
