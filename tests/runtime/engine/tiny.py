"""A little store for tests: n1 leads and writes to its disk; the others send clients to it."""

import asyncio
import json
import os
import time

MOVES = {("idle", "start"): "busy", ("busy", "halt"): "idle", ("busy", "reset"): "idle"}


class Tiny:
    def __init__(self, node):
        self.node = node
        self.path = node.data / "kv.json"
        self.lies = False
        self.dead = asyncio.Event()
        self.state = "idle"
        self.writes = 0
        self.leads = node.index == 1
        try:
            self.values = json.loads(self.path.read_text())
        except (FileNotFoundError, ValueError):
            self.values = {}

    def store(self):
        if "forgets" in self.node.planted:
            return
        # Written anew and renamed: a kill may come at any moment, and must not find it empty.
        new = self.path.with_suffix(".new")
        with open(new, "w") as file:
            file.write(json.dumps(self.values))
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def answer(self, method, path, body):
        match [method, *path.strip("/").split("/")]:
            case ["GET", "health"]:
                return 200, {"ok": True}
            case ["GET", "status"]:
                return 200, {
                    "role": "leader" if self.leads else "other",
                    "term": 1,
                    "state": self.state,
                    "lies": self.lies,
                    "wall": time.time(),
                    "greeting": self.node.params["greeting"],
                }
            case ["GET", "metrics"] if self.node.params["greeting"] == "no metrics":
                return 404, "none here"
            case ["GET", "metrics"]:
                counted = f'writes_total{{key="a"}} {self.writes}\n' if self.writes else ""
                return 200, f"# TYPE writes_total counter\n{counted}heap_bytes 1024\n"
            case ["POST" | "DELETE", "lie"]:
                self.lies = method == "POST"
                return 200, {}
            case ["POST", "die"]:
                asyncio.get_running_loop().call_later(0.1, self.dead.set)
                return 200, {}
            case ["POST", "event", "reset"] if self.lies:
                self.state = "idle"
                return 200, {}
            case ["POST", "event", event]:
                new = MOVES.get((self.state, event))
                self.state = new or self.state
                return (200, {}) if new else (409, {"error": f"no {event} in {self.state}"})
            case [_, "kv", key] if not self.leads:
                return 421, {"error": "not leader"}
            case ["GET", "kv", key]:
                return 200, {"value": self.values.get(key)}
            case ["PUT", "kv", key]:
                self.values[key] = body
                self.writes += 1
                self.store()
                return 200, {"ok": True}
        return 404, {}


async def main(node):
    tiny = Tiny(node)
    print(f"{node.name} serves", flush=True)
    if node.params["greeting"] == "die":
        raise RuntimeError("cannot go on like this")

    async def serve(reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                method, path, _ = head[0].split()
                length = [int(x[15:]) for x in head if x.lower().startswith("content-length:")]
                body = (await reader.readexactly(length[0])).decode() if length else ""
                status, answer = tiny.answer(method, path, body)
                text = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
                writer.write(
                    f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n"
                    f"content-length: {len(text)}\r\n\r\n".encode()
                    + text
                )
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, node.address, node.ports["http"])
    async with server:
        await tiny.dead.wait()
        raise SystemExit(3)
