"""Plan lines as comments: the source map of a generated module."""

from __future__ import annotations

import posixpath

from planc import model as m
from planc.emit.literals import comment


class Places:
    """Say where something stands, relative to the plan's folder: `systems/raft.plan:3`."""

    def __init__(self, plan: str) -> None:
        self.folder = posixpath.dirname(plan)

    def comment(self, item: m.Item) -> str:
        return self.at(item.span.path, item.span.line)

    def at(self, path: str, line: int) -> str:
        return f"{comment(posixpath.relpath(path, self.folder or '.'))}:{line}"
