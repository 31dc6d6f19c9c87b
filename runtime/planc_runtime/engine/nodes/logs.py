"""The end of a node's log: what a reader wants to see first when the node has died."""

from __future__ import annotations

import os
from pathlib import Path

TAIL = 15
"""Lines that are shown."""
_LINE = 4096
"""Bytes that are read for each of them."""


def last_lines(log: Path, count: int = TAIL) -> list[str]:
    """Return the last lines, oldest first, however long the log is; none when there is no log."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - count * _LINE))
            content = file.read(count * _LINE)
    except OSError:
        return []
    return content.decode("utf-8", errors="replace").splitlines()[-count:]
