"""The test process' side of the reaper, and the search for what earlier runs have left.

A reaper can be killed together with its test process. Then the containers stay until the next world
begins, which removes those whose process is gone.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

from planc_runtime.clusters.docker import labels
from planc_runtime.clusters.docker.engine import Engine
from planc_runtime.clusters.docker.labels import Labels
from planc_runtime.clusters.docker.reaper import ORDERLY
from planc_runtime.errors import CannotRun

_SCRIPT = Path(__file__).with_name("reaper.py")
_PATIENCE = 30.0


class Reaper:
    """Start it before the first container is made."""

    def __init__(self, engine: Engine, marks: Labels) -> None:
        self._engine = engine
        self.marks = marks
        label = f"{labels.RUN}={marks.run}"
        command = [sys.executable, "-I", "-S", str(_SCRIPT), engine.socket, label]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    async def finish(self) -> None:
        """Have all containers of the run removed; raises CannotRun when some are left."""
        self.let_go(orderly=True)
        try:
            _, said = await self._engine.ask(self._process.communicate, timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            said = b"it takes too long"
        if self._process.returncode != 0:
            words = said.decode(errors="replace").strip() or "the process that does it was killed"
            raise CannotRun(f"containers of this run are left behind: {words}")

    def let_go(self, *, orderly: bool = False) -> None:
        """Close its standard input, which is its sign to begin; does not wait.

        Orderly is an end when the engine has answered all that it was asked.
        """
        if (line := self._process.stdin) is not None:
            self._process.stdin = None
            with contextlib.suppress(BrokenPipeError), line:
                line.write(ORDERLY if orderly else b"")


def remove_orphans(engine: Engine) -> int:
    """Remove the containers of runs whose process is gone; return how many there were."""
    from docker.errors import APIError, NotFound

    orphans = [
        container["Id"]
        for container in engine.client.api.containers(all=True, filters={"label": labels.RUN})
        if labels.is_orphan(container["Labels"])
    ]
    for orphan in orphans:
        try:
            engine.client.api.remove_container(orphan, force=True, v=True)
        except (NotFound, APIError):
            # Another world that has just begun removes it as well.
            continue
    return len(orphans)
