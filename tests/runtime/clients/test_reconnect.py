"""A kept connection that the server has closed is no answer and no failure: a new one is opened."""

from __future__ import annotations

import asyncio
import random
import time

from planc_runtime.clients import ClientSpec, Endpoint, HttpRequest, OperationSpec, connect
from planc_runtime.protocols.client import Reply
from planc_runtime.protocols.outcome import Outcome


def test_an_idle_connection_closed_by_the_server_is_opened_anew() -> None:
    connections = 0
    closed = asyncio.Event()

    async def one_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        closed.set()

    async def twice() -> list[Reply]:
        listening = await asyncio.start_server(one_answer, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        read = OperationSpec("read", ("k",), build=lambda s: HttpRequest("GET", f"/{s['k']}"))
        connection = connect(
            ClientSpec("kv", "http", {"read": read}, timeout=5.0),
            [Endpoint("n1", "127.0.0.1", port)],
            clock=time.monotonic,
            rng=random.Random(1),
        )
        replies = [await connection.invoke("read", ("x",))]
        await closed.wait()
        for _ in range(10):
            await asyncio.sleep(0)  # the loop's turns in which the client's socket sees the end
        replies.append(await connection.invoke("read", ("y",)))
        await connection.close()
        listening.close()
        return replies

    assert [reply.outcome for reply in asyncio.run(twice())] == [Outcome.OK, Outcome.OK]
    assert connections == 2


class Counting:
    """A client in Python whose connection breaks at the first operation, and will not close."""

    made = 0

    def __init__(self, endpoint: Endpoint) -> None:
        Counting.made += 1
        self.number = Counting.made

    async def read(self, k: str) -> int:
        if self.number == 1:
            raise BrokenPipeError(f"no way to ask for {k}")
        return self.number

    async def close(self) -> None:
        if self.number == 1:
            raise ConnectionResetError("nor to say goodbye")


def test_a_python_client_that_raised_is_made_anew() -> None:
    async def twice() -> list[Reply]:
        connection = connect(
            ClientSpec("kv", "python", {"read": OperationSpec("read", ("k",))}, python=Counting),
            [Endpoint("n1", "127.0.0.1", 1)],
            clock=time.monotonic,
            rng=random.Random(1),
        )
        replies = [await connection.invoke("read", ("x",)) for _ in range(3)]
        await connection.close()
        return replies

    first, *others = asyncio.run(twice())
    assert (first.outcome, first.error) == (
        Outcome.UNKNOWN,
        "BrokenPipeError: no way to ask for x",
    )
    assert [reply.value for reply in others] == [2, 2]
