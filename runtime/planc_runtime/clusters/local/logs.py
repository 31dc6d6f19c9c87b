"""The end of a node's log: what a reader wants to see first when the node has died."""

from __future__ import annotations

import os
from pathlib import Path

_LINE = 400
"""Bytes read for every wanted line; longer lines are cut at their beginning."""


def tail(log: Path, lines: int = 20) -> list[str]:
    """Return the last lines, oldest first; empty when there is no log. Never reads it all."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            start = max(0, size - lines * _LINE)
            file.seek(start)
            content = file.read(lines * _LINE)
    except OSError:
        return []
    found = content.decode("utf-8", errors="replace").splitlines()
    if start and len(found) > lines:
        found = found[1:]
    return found[-lines:]
