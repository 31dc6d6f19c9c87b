"""A keeper by itself, with the test in the role of its warden."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from planc_runtime.clusters.local.warden.keeper import Keeper
from planc_runtime.clusters.local.warden.main import _keep
from planc_runtime.clusters.local.wire import LineBuffer, Message

from .conftest import MARK, eventually_sync, marked, wait_gone

DAEMON = """
import os, time
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
open("up", "w").close()
time.sleep(1000)
"""


@pytest.fixture
def start(mark: str, tmp_path: Path) -> Message:
    argv = [sys.executable, "-c", DAEMON]
    env = {**os.environ, MARK: mark}
    log = str(tmp_path / "log")
    return {
        "key": "n1#1",
        "argv": argv,
        "env": env,
        "cwd": str(tmp_path),
        "log": log,
        "save": False,
    }


@pytest.fixture
def channel(start: Message) -> Iterator[socket.socket]:
    """The warden's end of the line to a keeper that has been forked."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        _keep(start, theirs, theirs.fileno())
    theirs.close()
    yield ours
    ours.close()
    os.waitpid(pid, 0)


def test_a_warden_that_dies_without_having_read_is_gone_all_the_same(
    channel: socket.socket, mark: str, tmp_path: Path
) -> None:
    """Unread words make the end of a line an error, not an end of file."""
    eventually_sync((tmp_path / "up").exists)
    channel.close()
    wait_gone(marked(mark), 5.0)


def test_a_keeper_that_breaks_takes_its_node_along(
    start: Message, mark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(keeper: Keeper, message: Message) -> None:
        raise RuntimeError("a mistake in the keeper")

    monkeypatch.setattr(Keeper, "_obey", broken)
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(tmp_path / "errors", os.O_WRONLY | os.O_CREAT), 2)
        _keep(start, theirs, theirs.fileno())
    theirs.close()
    eventually_sync((tmp_path / "up").exists)
    (said,) = LineBuffer().feed(ours.recv(4096))
    assert said["event"] == "started"
    ours.sendall(b'{"op":"kill"}\n')
    assert ours.recv(4096) == b""
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 1
    assert "a mistake in the keeper" in (tmp_path / "errors").read_text()
    assert marked(mark) == []
    ours.close()
