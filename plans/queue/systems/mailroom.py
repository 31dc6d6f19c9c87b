"""A queue, sets and a counter of ids behind a line protocol, kept in memory.

PUT value          -> OK          TAKE      -> the oldest value, or NONE
ADD set element    -> OK          SHOW set  -> a JSON list
ID                 -> a number that nobody else got
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import defaultdict, deque
from typing import Any


class Mailroom:
    def __init__(self, planted: frozenset[str]) -> None:
        self.planted = planted
        self.queue: deque[str] = deque()
        self.sets: defaultdict[str, list[str]] = defaultdict(list)
        self.ids = itertools.count(1)
        self.taken = 0

    def answer(self, words: list[str]) -> str:
        match words:
            case ["PUT", value]:
                self.queue.append(value)
                return "OK"
            case ["TAKE"]:
                return self.take()
            case ["ADD", name, element]:
                # Right: every element is kept.
                if "forgets_elements" not in self.planted or len(self.sets[name]) < 10:
                    self.sets[name].append(element)
                return "OK"
            case ["SHOW", name]:
                return json.dumps(self.sets[name])
            case ["ID"]:
                # Right: a number is given out once.
                number = next(self.ids)
                return str(number // 2 if "repeats_ids" in self.planted else number)
        return "WHAT"

    def take(self) -> str:
        if not self.queue:
            return "NONE"
        self.taken += 1
        # Right: what was handed out is gone.
        if "delivers_twice" in self.planted and self.taken % 20 == 0:
            return self.queue[0]
        return self.queue.popleft()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(f"{self.answer(line.decode().split())}\n".encode())
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


async def main(node: Any) -> None:
    """Serve until stopped."""
    mailroom = Mailroom(node.planted)
    server = await asyncio.start_server(mailroom.serve, node.address, node.ports["lines"])
    async with server:
        await server.serve_forever()
