"""The event log of a scenario: what happened, in order, on the controller's clock.

On sim the file is a function of plan, code and seed: keys are sorted, numbers are written as they
are, nothing of the machine it ran on is in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from planc_runtime.plan.show import as_text


class EventLog:
    """Appends one line per event to `events.jsonl`, at once: a killed run leaves what it saw."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._clock = clock
        # A line at a time: what happened last is what one wants to know of a run that was killed.
        self._file: IO[str] = path.open("w", encoding="utf-8", newline="\n", buffering=1)
        self.listener: Callable[[dict[str, Any]], None] | None = None

    def add(self, kind: str, **fields: Any) -> None:
        event = {"t": round(self._clock(), 6), "kind": kind, **fields}
        line = json.dumps(event, ensure_ascii=False, sort_keys=True, default=_plain)
        self._file.write(line + "\n")
        if self.listener is not None:
            self.listener(event)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _plain(value: object) -> object:
    """Stand-in for what JSON has no form for; never an address or a hash order."""
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    return as_text(value) if isinstance(value, bytes) else f"<{type(value).__name__}>"
