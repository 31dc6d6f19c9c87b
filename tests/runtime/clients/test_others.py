"""TCP lines, programs and python clients on real sockets and processes."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from typing import Any

import pytest

from planc_runtime.clients import ClientSpec, Command, Endpoint, Line, OperationSpec, connect
from planc_runtime.clients.python import Refused
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.client import Reply
from planc_runtime.protocols.outcome import Outcome


async def ask(spec: ClientSpec, *args: Any, port: int = 1) -> Reply:
    endpoint = Endpoint("n1", "127.0.0.1", port)
    connection = connect(spec, [endpoint], clock=time.monotonic, rng=random.Random(1))
    try:
        return await connection.invoke("read", args)
    finally:
        await connection.close()


def test_a_line_out_and_a_line_in() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"got " + await reader.readline())
        writer.close()

    async def once() -> Reply:
        listening = await asyncio.start_server(echo, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        operation = OperationSpec(
            "read", ("k",), lambda s: Line(f"get {s['k']}"), returns=lambda s: s["reply"]
        )
        async with listening:
            return await ask(ClientSpec("lines", "tcp", {"read": operation}), "x", port=port)

    assert asyncio.run(once()).value == "got get x"


def program(code: str, timeout: float = 5.0, **conditions: Any) -> Reply:
    operation = OperationSpec(
        "read",
        ("k",),
        lambda s: Command((sys.executable, "-c", code, s["k"])),
        returns=lambda s: s["output"],
        **conditions,
    )
    spec = ClientSpec("tool", "exec", {"read": operation}, timeout=timeout)
    return asyncio.run(ask(spec, "$(x); rm"))


def test_an_argument_reaches_a_program_as_it_is() -> None:
    assert program("import sys; print(sys.argv[1], end='')").value == "$(x); rm"


def test_an_exit_status_is_unknown_until_the_plan_says_more() -> None:
    assert program("raise SystemExit(3)").outcome is Outcome.UNKNOWN
    failed = program("raise SystemExit(3)", fails_when=lambda s: s["exit"] == 3)
    assert failed.outcome is Outcome.FAIL


def test_a_program_that_hangs_is_ended_and_unknown() -> None:
    reply = program("import time; time.sleep(600)", timeout=0.3)
    assert (reply.outcome, reply.error) == (Outcome.UNKNOWN, "timeout")


def test_a_missing_program_is_a_certain_failure() -> None:
    operation = OperationSpec("read", (), lambda _: Command(("no-such-program",)))
    reply = asyncio.run(ask(ClientSpec("tool", "exec", {"read": operation})))
    assert reply.outcome is Outcome.FAIL


class Lookup:
    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    async def read(self, k: str) -> str:
        match k:
            case "refused":
                raise Refused("not me")
            case "broken":
                raise RuntimeError("half way")
        return f"{self.endpoint.node}:{k}"


@pytest.mark.parametrize(
    ("key", "outcome", "value"),
    [
        ("x", Outcome.OK, "n1:x"),
        ("refused", Outcome.FAIL, None),
        ("broken", Outcome.UNKNOWN, None),
    ],
)
def test_a_python_client(key: str, outcome: Outcome, value: str | None) -> None:
    operations = {"read": OperationSpec("read", ("k",))}
    reply = asyncio.run(ask(ClientSpec("dht", "python", operations, python=Lookup), key))
    assert (reply.outcome, reply.value) == (outcome, value)


def test_an_unknown_protocol_names_the_known_ones() -> None:
    with pytest.raises(CannotRun) as caught:
        asyncio.run(ask(ClientSpec("x", "telepathy", {})))
    assert "http" in caught.value.help
