"""When the lines of the nodes' logs were there: read back from what the engine noted.

The engine notes how long each log was at each of its looks (`arrivals.jsonl`); a line's time is the
first look at which it was whole. Logs from elsewhere have no such notes.
"""

from __future__ import annotations

import bisect
import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Noted:
    """The lengths of one log, with the moment at which each was seen."""

    sizes: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def when(self, offset: int) -> float | None:
        """Return when the log was seen to reach an offset; None when it was not."""
        place = bisect.bisect_left(self.sizes, offset)
        return self.times[place] if place < len(self.times) else None


def read_arrivals(path: Path) -> dict[str, Noted]:
    """Return the notes of a scenario by the names of the logs' files; lines that are none pass."""
    found: dict[str, Noted] = {}
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return found
    for line in lines:
        try:
            row = json.loads(line)
            name, size, time = str(row["log"]), int(row["size"]), float(row["t"])
        except (ValueError, TypeError, KeyError):
            continue
        noted = found.setdefault(name, Noted())
        # A log that was cut (`copytruncate`) begins anew: earlier notes are not of these lines.
        if noted.sizes and size < noted.sizes[-1]:
            noted.sizes.clear()
            noted.times.clear()
        noted.sizes.append(size)
        noted.times.append(time)
    return found
