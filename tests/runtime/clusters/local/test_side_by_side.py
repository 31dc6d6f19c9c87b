"""Several worlds on one machine, and many nodes in one."""

import asyncio
import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.node import NodeState
from planc_runtime.testing.scene import Scene

from .conftest import Run, Stage, line_in


def test_two_worlds_use_the_same_ports_at_the_same_time(tmp_path: Path) -> None:
    both = threading.Barrier(2, timeout=30)
    answers = []

    def one(name: str) -> None:
        async def main(world: Any) -> None:
            scene = Scene(world)
            await scene.start("n1")
            await scene.ask("n1", f"set who {name}")
            await asyncio.to_thread(both.wait)
            answers.append((name, await scene.ask("n1", "get who")))
            await asyncio.to_thread(both.wait)

        LocalBackend().execute(Settings(1, tmp_path / name), main)

    threads = [threading.Thread(target=one, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [("a", "a"), ("b", "b")]


def test_twenty_nodes_at_once(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(1, 21)]

    async def main(world: Any) -> None:
        scene = Scene(world)
        scene.place(*names)
        await asyncio.gather(*(scene.again(name) for name in names))
        assert await asyncio.gather(*(scene.ask(name, "echo x") for name in names)) == ["x"] * 20
        await asyncio.gather(*(scene.node(name).kill() for name in names[:10]))
        states = [scene.node(name).state for name in names]
        assert states == [NodeState.CRASHED] * 10 + [NodeState.RUNNING] * 10

    LocalBackend().execute(Settings(1, tmp_path), main)


LISTENER = """
import socket, time
server = socket.create_server(({host!r}, {port}))
print("up", flush=True)
time.sleep(1000)
"""


@contextlib.contextmanager
def _foreign_listener(host: str, port: int) -> Iterator[int]:
    """A process of somebody else's that listens; yields its pid."""
    source = LISTENER.format(host=host, port=port)
    other = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE)
    assert other.stdout
    other.stdout.readline()
    try:
        yield other.pid
    finally:
        other.kill()
        other.communicate()


@pytest.mark.usefixtures("loopback")
def test_a_taken_port_is_named_with_its_holder(run: Run) -> None:
    """And not with the neighbour who listens on the same port of another address."""

    async def main(stage: Stage) -> None:
        neighbour, node = stage.place("n2", peer=2380), stage.place("n1", client=2379, peer=2380)
        source = LISTENER.format(host=neighbour.placement.address, port=2380)
        await neighbour.start(stage.launch("n2", sys.executable, "-c", source))
        await line_in(neighbour.placement.log, "up")
        listening = _foreign_listener(node.placement.address, 2380)
        with listening as other, pytest.raises(CannotRun) as refused:
            await node.start(stage.launch("n1", "sleep", "1000"))
        assert "port 2380 (peer) of node 'n1'" in refused.value.message
        assert f"is taken by pid {other}: " in refused.value.message
        assert (await node.start(stage.launch("n1", "sleep", "1000"))).proof

    run(main)


@pytest.mark.usefixtures("loopback")
def test_a_node_that_listens_everywhere_is_named_to_its_peer(run: Run) -> None:
    async def main(stage: Stage) -> None:
        first = stage.place("n1", client=0)
        port = first.placement.ports["client"]
        second = stage.place("n2", client=port)
        source = LISTENER.format(host="0.0.0.0", port=port)
        await first.start(stage.launch("n1", sys.executable, "-c", source))
        await line_in(first.placement.log, "up")
        with pytest.raises(CannotRun) as refused:
            await second.start(stage.launch("n2", "sleep", "1000"))
        assert f"port {port} (client) of node 'n2'" in refused.value.message
        assert "is taken by node 'n1' (pid " in refused.value.message
        assert "{node.ip}" in refused.value.help

    run(main)


def test_port_zero_asks_for_any(run: Run) -> None:
    async def main(stage: Stage) -> None:
        assert stage.place("n1", any=0).placement.ports["any"] > 0

    run(main)


def test_a_name_is_placed_once(run: Run) -> None:
    from planc_runtime.errors import PlancError

    async def main(stage: Stage) -> None:
        stage.place("n1")
        with pytest.raises(PlancError, match="'n1' already"):
            stage.place("n1")

    run(main)
