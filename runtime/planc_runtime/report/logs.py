"""The nodes' logs, each line with the moment it had arrived by.

Logs from elsewhere have no notes of when they grew and are shown without times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from planc_runtime.history.arrivals import Noted, read_arrivals
from planc_runtime.history.summary import NodeSummary

HEAD = 64 * 1024
TAIL = 192 * 1024
"""Bytes of one log that a page holds: from its beginning and from its end."""
WIDEST = 2_000
"""Characters of one line."""
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
"""Colours and other things that a terminal would obey."""


@dataclass(slots=True)
class Log:
    node: str
    lines: list[str] = field(default_factory=list)
    times: list[float | None] = field(default_factory=list)
    left_out: int = 0
    """Bytes between beginning and end that the page does not hold."""
    gap: int = -1
    """The line before which they stood."""


def read_logs(folder: Path, nodes: Sequence[NodeSummary], share: float = 1.0) -> list[Log]:
    """Read the logs that lie inside the scenario's folder; `share` makes all of them shorter."""
    arrivals = read_arrivals(folder / "arrivals.jsonl")
    found = []
    for node in nodes:
        path = folder / node.log
        inside = path.resolve().is_relative_to(folder.resolve())
        if node.log and inside and path.is_file():
            noted = arrivals.get(path.name, Noted())
            found.append(_read(node.name, path, noted, share))
    return found


def _read(node: str, path: Path, noted: Noted, share: float) -> Log:
    head, tail = int(HEAD * share), int(TAIL * share)
    log = Log(node)
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            if size <= head + tail:
                _add(log, file.read(), 0, noted)
                return log
            begin = file.read(head)
            file.seek(size - tail)
            end = file.read(tail)
    except OSError:
        return log
    begin = begin[: begin.rfind(b"\n") + 1]
    skipped = end.find(b"\n") + 1
    _add(log, begin, 0, noted)
    log.gap, log.left_out = len(log.lines), size - len(begin) - (len(end) - skipped)
    _add(log, end[skipped:], size - tail + skipped, noted)
    return log


def _add(log: Log, data: bytes, offset: int, noted: Noted) -> None:
    for line in data.splitlines(keepends=True):
        offset += len(line)
        text = ESCAPES.sub("", line.decode("utf-8", "replace").rstrip("\r\n"))
        log.lines.append(text if len(text) <= WIDEST else text[:WIDEST] + "…")
        log.times.append(noted.when(offset))
