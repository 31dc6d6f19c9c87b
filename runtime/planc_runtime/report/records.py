"""What a run wrote line by line. A run that was killed may have left half a line, or nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def read_records(path: Path, time: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file of lines that can be read and have a time under that name."""
    try:
        file = path.open(encoding="utf-8", errors="replace")
    except OSError:
        return
    with file:
        for line in file:
            try:
                record = json.loads(line)
                if isinstance(record, dict) and math.isfinite(float(record[time])):
                    yield record
            except (KeyError, TypeError, ValueError):
                continue
