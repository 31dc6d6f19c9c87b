"""A register over HTTP: the smallest service worth a plan. Standard library only.

GET /health          200
GET /values/KEY      200 {"value": ...}, null where nothing was written
PUT /values/KEY      200, once the value is on disk
"""

import asyncio
import json
import os
from typing import Any


class Register:
    def __init__(self, node: Any) -> None:
        self.file = node.data / "values.json"
        self.in_memory_only = "memory_only" in node.planted
        self.stale_reads = "stale_read" in node.planted
        self.reads = 0
        self.before: dict[str, Any] = {}
        self.values = json.loads(self.file.read_text()) if self.file.exists() else {}

    def read(self, key: str) -> Any:
        self.reads += 1
        stale = self.stale_reads and self.reads % 10 == 0
        return self.before.get(key) if stale else self.values.get(key)

    def write(self, key: str, value: Any) -> None:
        self.before[key] = self.values.get(key)
        self.values[key] = value
        if self.in_memory_only:
            return
        scratch = self.file.with_suffix(".new")
        with scratch.open("w") as out:
            json.dump(self.values, out)
            out.flush()
            os.fsync(out.fileno())
        os.replace(scratch, self.file)

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if path == "/health":
            return 200, {}
        key = path.removeprefix("/values/")
        if method == "GET":
            return 200, {"value": self.read(key)}
        if method == "PUT":
            self.write(key, json.loads(body)["value"])
            return 200, {}
        return 405, {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after the other."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, path, _ = head.decode().split(" ", 2)
                body = await reader.readexactly(content_length(head))
                status, reply = self.answer(method, path, body)
                text = json.dumps(reply).encode()
                writer.write(
                    f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(text)}\r\n\r\n".encode()
                    + text
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def content_length(head: bytes) -> int:
    for line in head.decode().lower().splitlines():
        if line.startswith("content-length:"):
            return int(line.partition(":")[2])
    return 0


async def main(node: Any) -> None:
    """Planc starts a node by calling this; `node` knows its address, ports, data folder."""
    register = Register(node)
    server = await asyncio.start_server(register.serve, node.address, node.ports["http"])
    await server.serve_forever()
