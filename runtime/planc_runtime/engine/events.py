"""The event log of a scenario: what happened, in order, on the controller's clock.

On sim the file is a function of plan, code and seed: keys are sorted, numbers are written as they
are, nothing of the machine it ran on is in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from planc_runtime.engine.folder import writing
from planc_runtime.history.jsonl import HALVES
from planc_runtime.plan.show import as_text


class EventLog:
    """Appends one line per event to `events.jsonl`, at once: a killed run leaves what it saw."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._path = path
        self.listener: Callable[[dict[str, Any]], None] | None = None
        with writing(path):
            # By the line, so that the last ones are there when the run is killed.
            self._file: IO[str] = path.open(
                "w", encoding="utf-8", errors=HALVES, newline="\n", buffering=1
            )

    def add(self, kind: str, **fields: Any) -> None:
        """Write an event; raises CannotRun when that is impossible."""
        event = {"t": round(self._clock(), 6), "kind": kind, **fields}
        with writing(self._path):
            self._write(json.dumps(event, ensure_ascii=False, sort_keys=True, default=_plain))
        if self.listener is not None:
            self.listener(event)

    def close(self) -> None:
        with writing(self._path):
            self._file.close()

    def _write(self, line: str) -> None:
        self._file.write(line + "\n")


def _plain(value: object) -> object:
    """Stand-in for what JSON has no form for; never an address or a hash order."""
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    return as_text(value) if isinstance(value, bytes) else f"<{type(value).__name__}>"
