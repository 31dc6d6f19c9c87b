"""What the engine tells by itself: that a container of ours has ended, and with which status."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any

from planc_runtime.clusters.docker import labels
from planc_runtime.clusters.docker.engine import Engine
from planc_runtime.clusters.docker.labels import Labels

Died = Callable[[str, int], None]
"""Called in the event loop with the container's id and its status."""


class Watch:
    """Listens from the moment it is made; nothing that happens later is missed."""

    def __init__(self, engine: Engine, marks: Labels, died: Died) -> None:
        self._died = died
        self._loop = asyncio.get_running_loop()
        self._events: Any = engine.client.api.events(
            decode=True,
            filters={"event": "die", "label": f"{labels.RUN}={marks.run}"},
        )
        self._thread = threading.Thread(target=self._listen, name="planc-events", daemon=True)
        self._thread.start()

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._events.close()

    def _listen(self) -> None:
        # However the line ends, by our hand or with the engine: there is nothing more to tell.
        with contextlib.suppress(Exception):
            for event in self._events:
                actor = event["Actor"]
                code = int(actor["Attributes"].get("exitCode", 0))
                self._loop.call_soon_threadsafe(self._died, actor["ID"], code)
