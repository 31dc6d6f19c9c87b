"""A desk that looks into a file for every visitor, and remembers the last hundred of them."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import IO, Any

from serving import serve

REMEMBERED = 100


class Desk:
    def __init__(self, node: Any) -> None:
        self.planted: frozenset[str] = node.planted
        self.path = Path(node.data, "book")
        self.path.write_text("welcome")
        # Right: only so many are remembered.
        bounded = "keeps_every_visit" not in self.planted
        self.visits: deque[str] = deque(maxlen=REMEMBERED if bounded else None)
        self.count = 0
        self.left_open: list[IO[str]] = []

    async def visit(self, name: str) -> str:
        self.count += 1
        self.visits.append(name * 4_000)
        book = self.path.open()
        try:
            return book.read()
        finally:
            # Right: what was opened is closed, every time.
            if "leaves_files_open" in self.planted and self.count % 2:
                self.left_open.append(book)
            else:
                book.close()


async def main(node: Any) -> None:
    """Receive visitors until stopped."""
    await serve(node, Desk(node))
