"""What the cache's plan says in Python: a check of a history, a step, a client."""

from __future__ import annotations

import asyncio
from typing import Any


def every_read_was_written(history: list[Any]) -> bool | str:
    """Return True, or what is wrong: a value that was read and that nobody wrote."""
    written = {op.args[1] for op in history if op.f == "write"}
    for op in history:
        found = op.f == "read" and op.outcome == "ok" and op.value is not None
        if found and op.value not in written:
            return f"{op.value!r} was read and never written"
    return True


def twice(number: int) -> int:
    """Double a number: a step that a plan can take."""
    return 2 * number


class Pinger:
    """A client by hand: one line there, one line back."""

    def __init__(self, endpoint: Any) -> None:
        self.endpoint = endpoint

    async def ping(self) -> str:
        reader, writer = await asyncio.open_connection(self.endpoint.address, self.endpoint.port)
        try:
            writer.write(b"*1\r\n$4\r\nPING\r\n")
            return (await reader.readline()).decode().strip()
        finally:
            writer.close()
