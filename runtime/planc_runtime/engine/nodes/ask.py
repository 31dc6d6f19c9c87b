"""A small HTTP/1.1 client for the questions that are asked all the time: status, readiness.

Twenty questions a second to every node would make a general client the most expensive part of a
simulation. This one keeps a connection per node and knows just enough: a length, chunks, or the
end of the connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LIMIT = 4 * 1024 * 1024


class NoAnswer(Exception):
    """Nobody answered, or not in HTTP; the text says which."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def names(self) -> dict[str, Any]:
        """Return what an expression may look at: status, code, headers, text, json (or none)."""
        text = self.body.decode("utf-8", "replace")
        try:
            parsed = json.loads(text)
        except ValueError:
            parsed = None
        return {
            "code": self.status,
            "headers": self.headers,
            "text": text,
            "json": parsed,
        }


@dataclass(frozen=True, slots=True)
class Question:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    def encode(self, host: str) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", f"host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body or self.method not in ("GET", "HEAD"):
            lines.append(f"content-length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class Asker:
    """One connection to one address, one question at a time; opened again when it was lost."""

    def __init__(self, address: str, port: int) -> None:
        self._address = address
        self._port = port
        self._turn = asyncio.Lock()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, question: Question, timeout: float) -> Answer:  # noqa: ASYNC109
        """Send a question and return the answer; raises NoAnswer."""
        try:
            async with asyncio.timeout(timeout), self._turn:
                return await self._twice(question)
        except TimeoutError:
            self.drop()
            raise NoAnswer(f"no answer within {timeout:g} s") from None
        except (OSError, EOFError, ValueError) as trouble:
            self.drop()
            raise NoAnswer(str(trouble) or type(trouble).__name__) from None
        except asyncio.CancelledError:
            self.drop()
            raise

    def drop(self) -> None:
        if self._streams is not None:
            with contextlib.suppress(OSError, RuntimeError):
                self._streams[1].close()
            self._streams = None

    async def _twice(self, question: Question) -> Answer:
        """Ask; a connection that was kept may have been closed since, a new one has no excuse."""
        kept = self._streams is not None
        try:
            return await self._once(question)
        except (OSError, EOFError, ValueError):
            if not kept:
                raise
            self.drop()
            return await self._once(question)

    async def _once(self, question: Question) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._address, self._port, limit=_LIMIT)
        reader, writer = self._streams
        host = f"[{self._address}]" if ":" in self._address else self._address
        writer.write(question.encode(f"{host}:{self._port}"))
        await writer.drain()
        answer, keeps = await _read(reader, question.method)
        if not keeps:
            self.drop()
        return answer


async def _read(reader: asyncio.StreamReader, method: str) -> tuple[Answer, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    version, status, *_ = head[0].split(" ", 2)
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    keeps = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    if method == "HEAD" or status in ("204", "304"):
        body = b""
    elif headers.get("transfer-encoding", "").lower() == "chunked":
        body = await _chunks(reader)
    elif "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    else:
        body, keeps = await reader.read(_LIMIT), False
    return Answer(int(status), headers, body), keeps


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readuntil(b"\r\n")
    while (await reader.readuntil(b"\r\n")) != b"\r\n":
        pass
    return body
