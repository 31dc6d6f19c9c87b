"""A cache that speaks Redis' protocol (RESP2), with as many commands as a test needs.

It keeps everything in memory, and forgets it when it ends.
"""

from __future__ import annotations

import asyncio
from typing import Any


class Cache:
    def __init__(self, planted: frozenset[str]) -> None:
        self.planted = planted
        self.data: dict[bytes, bytes] = {}

    def carry_out(self, words: list[bytes]) -> bytes:
        match [words[0].upper(), *words[1:]]:
            case [b"GET", key]:
                return _bulk(self.data.get(key))
            case [b"SET", key, value]:
                self.data[key] = value
                return b"+OK\r\n"
            case [b"DEL", key]:
                return b":%d\r\n" % (self.data.pop(key, None) is not None)
            case [b"INCRBY", key, amount]:
                # Right: adds to what is there.
                before = b"0" if "forgets_the_sum" in self.planted else self.data.get(key, b"0")
                self.data[key] = b"%d" % (int(before) + int(amount))
                return b":%b\r\n" % self.data[key]
            case [b"PING"]:
                return b"+PONG\r\n"
            case [b"CLIENT", *_]:
                return b"+OK\r\n"
        return b"-ERR unknown command\r\n"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readline():
                words = [await _word(reader) for _ in range(int(head[1:]))]
                writer.write(self.carry_out(words))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _word(reader: asyncio.StreamReader) -> bytes:
    length = int((await reader.readline())[1:])
    return (await reader.readexactly(length + 2))[:-2]


def _bulk(value: bytes | None) -> bytes:
    return b"$-1\r\n" if value is None else b"$%d\r\n%b\r\n" % (len(value), value)


async def main(node: Any) -> None:
    """Serve one cache until it is stopped."""
    cache = Cache(node.planted)
    server = await asyncio.start_server(cache.serve, node.address, node.ports["redis"])
    print(f"cache {node.name} serves", flush=True)
    async with server:
        await server.serve_forever()
