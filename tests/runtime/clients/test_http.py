"""HTTP clients against a real server on loopback that answers, refuses, stalls and hangs up."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from planc_runtime.clients import ClientSpec, Endpoint, HttpRequest, OperationSpec, connect
from planc_runtime.protocols.client import Reply
from planc_runtime.protocols.outcome import Outcome

Answer = Callable[[bytes], bytes | None]


def answer(status: str, body: str) -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    return f"{head}\r\n\r\n{body}".encode()


@asynccontextmanager
async def server(respond: Answer) -> AsyncIterator[int]:
    """Serve HTTP; `respond` returning None hangs up without an answer, b"" never answers."""
    stalled = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                if (reply := respond(request)) is None:
                    break
                if not reply:
                    await stalled.wait()
                writer.write(reply)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        stalled.set()
        listening.close()


def spec(timeout: float = 2.0, **more: object) -> ClientSpec:
    read = OperationSpec(
        "read",
        ("k",),
        build=lambda scope: HttpRequest("GET", f"/kv/{scope['k']}"),
        returns=lambda scope: scope["json"]["value"],
        fails_when=lambda scope: scope["json"].get("refused", False),
    )
    return ClientSpec("kv", "http", {"read": read}, timeout=timeout, **more)  # type: ignore[arg-type]


def ask(client: ClientSpec, *ports: int) -> Awaitable[Reply]:
    async def once() -> Reply:
        endpoints = [Endpoint(f"n{i}", "127.0.0.1", port) for i, port in enumerate(ports, 1)]
        connection = connect(client, endpoints, clock=time.monotonic, rng=random.Random(1))
        try:
            return await connection.invoke("read", ("x",))
        finally:
            await connection.close()

    return once()


async def asked(respond: Answer, client: ClientSpec | None = None) -> Reply:
    async with server(respond) as port:
        return await ask(client or spec(), port)


def test_an_answer_is_read_by_the_plans_expression() -> None:
    reply = asyncio.run(asked(lambda _: answer("200 OK", '{"value": 7}')))
    assert (reply.outcome, reply.value, reply.node) == (Outcome.OK, 7, "n1")


def test_what_the_plan_calls_failed_is_failed() -> None:
    reply = asyncio.run(asked(lambda _: answer("200 OK", '{"refused": true}')))
    assert reply.outcome is Outcome.FAIL


def test_an_answer_that_cannot_be_read_is_unknown() -> None:
    reply = asyncio.run(asked(lambda _: answer("200 OK", '{"other": 7}')))
    assert reply.outcome is Outcome.UNKNOWN
    assert "cannot read the answer" in (reply.error or "")


def test_a_server_in_trouble_may_have_done_it() -> None:
    reply = asyncio.run(asked(lambda _: answer("503 Unavailable", "{}")))
    assert reply.outcome is Outcome.UNKNOWN


def test_the_plans_words_go_before_the_defaults() -> None:
    client = spec(fail_on=frozenset({"503"}))
    reply = asyncio.run(asked(lambda _: answer("503 Unavailable", "{}"), client))
    assert reply.outcome is Outcome.FAIL


def test_a_connection_lost_after_the_request_is_unknown() -> None:
    reply = asyncio.run(asked(lambda _: None))
    assert (reply.outcome, reply.error) == (Outcome.UNKNOWN, "connection lost")


def test_a_time_out_after_the_request_is_unknown() -> None:
    reply = asyncio.run(asked(lambda _: b"", spec(timeout=0.2)))
    assert (reply.outcome, reply.error) == (Outcome.UNKNOWN, "timeout")


def test_nobody_there_is_a_certain_failure() -> None:
    async def nobody() -> Reply:
        async with server(lambda _: None) as port:
            pass
        return await ask(spec(), port)

    reply = asyncio.run(nobody())
    assert (reply.outcome, reply.error) == (Outcome.FAIL, "connection refused")


def test_a_refused_connection_moves_on_to_the_next_node() -> None:
    async def second() -> Reply:
        async with server(lambda _: None) as gone:
            pass
        async with server(lambda _: answer("200 OK", '{"value": 7}')) as port:
            return await ask(spec(), gone, port)

    reply = asyncio.run(second())
    assert (reply.outcome, reply.node) == (Outcome.OK, "n2")


def test_a_node_that_is_not_in_charge_is_asked_only_once() -> None:
    asked_follower = []

    def follower(request: bytes) -> bytes:
        asked_follower.append(request)
        return answer("421 Misdirected Request", "{}")

    async def both() -> Reply:
        async with (
            server(follower) as first,
            server(lambda _: answer("200 OK", '{"value": 7}')) as second,
        ):
            return await ask(spec(), first, second)

    reply = asyncio.run(both())
    assert (reply.outcome, reply.node, len(asked_follower)) == (Outcome.OK, "n2", 1)


def test_what_may_have_arrived_is_never_sent_to_another_node() -> None:
    arrived = []

    def other(request: bytes) -> bytes:
        arrived.append(request)
        return answer("200 OK", '{"value": 7}')

    async def both() -> Reply:
        async with server(lambda _: None) as first, server(other) as second:
            return await ask(spec(), first, second)

    assert asyncio.run(both()).outcome is Outcome.UNKNOWN
    assert not arrived
