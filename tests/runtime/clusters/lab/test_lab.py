"""Nodes on hosts of their own: addresses, names, links, and who is on which host."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clients.programs import run as run_program
from planc_runtime.clusters.lab import rungs
from planc_runtime.errors import CannotRun
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.rules import LinkRule
from planc_runtime.testing.scene import Scene

from .conftest import Play

FORTH = frozenset({("n1", "n2")})
BOTH = FORTH | {("n2", "n1")}
_ATTEMPTS = 20


def test_a_partition_takes_hold_on_every_rung(rung: str, play: Play) -> None:
    async def main(scene: Scene) -> None:
        world: Any = scene.world
        await scene.start("n1", "n2")
        lease = await world.impair(BOTH, LinkRule(cut=True))
        assert lease.evidence.hold is Hold.INSTALLED
        assert "2 probes dropped" in lease.evidence.proof
        assert await scene.silent("n1", "relay n2 x", within=0.5)
        healed = await lease.heal()
        assert healed.hold is Hold.INSTALLED
        assert healed.data["cut off"] >= 1
        assert await scene.ask("n1", "relay n2 x") == "x"

    play(main)


def test_nodes_know_each_other_by_name(rung: str, play: Play) -> None:
    async def main(scene: Scene) -> None:
        await scene.start("n1", "n2")
        address = scene.node("n2").placement.address
        assert await scene.ask("n1", "resolve n2") == address
        assert await scene.ask("n1", "resolve localhost") == "127.0.0.1"
        assert (await scene.ask("n1", "resolve example.org")).startswith("error")

    play(main)


def test_a_node_has_no_privilege_over_its_network(play: Play, rung: str) -> None:
    if rung != "userns" or os.geteuid() == 0:
        pytest.skip("root is root on its own hosts, too")

    async def main(scene: Scene) -> None:
        await scene.start("n1")
        pid = scene.node("n1").life.started.result().pid  # type: ignore[attr-defined]
        status = Path(f"/proc/{pid}/status").read_text()  # noqa: ASYNC240
        assert "\nCapEff:\t0000000000000000\n" in status

    play(main)


@pytest.mark.usefixtures("lab")
def test_sockets_are_where_their_context_is(play: Play) -> None:
    async def main(scene: Scene) -> None:
        await scene.start("n1")
        place = scene.node("n1").placement

        def peer() -> str:
            with socket.create_connection((place.address, place.ports["tcp"]), 5) as made:
                return str(made.getsockname()[0])

        client, other = (scene.world.host(name) for name in ("client-1", "client-2"))
        first, second, mine = client.run(peer), other.run(peer), peer()
        assert len({first, second, mine, place.address}) == 4
        # The event loop's threads are where their caller is.
        assert await asyncio.to_thread(peer) == mine
        loop = asyncio.get_running_loop()
        assert await client.run(loop.run_in_executor, None, peer) == first

    play(main)
    with socket.socket() as outside:
        outside.bind(("127.0.0.1", 0))


@pytest.mark.usefixtures("lab")
def test_a_thread_of_somebody_else_stays_outside(play: Play) -> None:
    spaces: list[int] = []

    def elsewhere() -> None:
        with socket.socket() as made:
            made.bind(("127.0.0.1", 0))
            spaces.append(made.getsockname()[1])

    async def main(scene: Scene) -> None:
        thread = threading.Thread(target=elsewhere)
        thread.start()
        await asyncio.to_thread(thread.join)
        with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
            probe.connect(("127.0.0.1", spaces[0]))

    play(main)


def test_programs_are_where_their_context_is(rung: str, play: Play) -> None:
    ask = "import socket,sys; print(socket.create_connection((sys.argv[1], 7101)).getsockname()[0])"

    async def main(scene: Scene) -> None:
        await scene.start("n1")
        host = scene.world.host("client-1")
        argv = (sys.executable, "-c", ask, scene.node("n1").placement.address)
        done = await asyncio.create_task(run_program(argv), context=host)
        assert done["exit"] == 0, done["errors"]
        assert done["output"].strip() == scene.world._network.address(  # type: ignore[attr-defined]
            "client-1"
        )

    play(main)


@pytest.mark.usefixtures("lab")
def test_a_delay_is_measured_and_only_where_it_is(play: Play) -> None:
    async def main(scene: Scene) -> None:
        world: Any = scene.world
        await scene.start("n1", "n2")
        lease = await world.impair(FORTH, LinkRule(delay=0.1))
        assert lease.evidence.hold is Hold.INSTALLED
        prober = world._network.prober
        assert await prober.probe("n1", "n2", 20.0) >= 0.1
        assert await _fastest(prober, "n2", "n1") < 0.1
        healed = await lease.heal()
        assert healed.hold is Hold.INSTALLED
        assert await _fastest(prober, "n1", "n2") < 0.1

    play(main)


async def _fastest(prober: Any, source: str, target: str) -> float:
    """The time of the fastest of some probes: what is not held up is quick at least once."""
    took = [await prober.probe(source, target, 20.0) for _ in range(10)]
    return min(seconds for seconds in took if seconds is not None)


@pytest.mark.usefixtures("lab")
def test_what_is_in_the_switch_does_not_outlive_a_cut(play: Play) -> None:
    async def main(scene: Scene) -> None:
        world: Any = scene.world
        await scene.start("n1", "n2")
        await world.impair(FORTH, LinkRule(delay=0.5))
        for _ in range(_ATTEMPTS):
            before = len((await scene.ask("n2", "received")).split())
            began = world.now()
            await scene.ask("n1", "send n2 5")
            cut = await world.impair(FORTH, LinkRule(cut=True))
            in_time = world.now() - began < 0.5
            await cut.heal()
            await asyncio.sleep(0.8)
            after = len((await scene.ask("n2", "received")).split())
            if in_time:
                break
        assert in_time, "the machine is too busy to cut a link within half a second"
        assert after == before
        await scene.ask("n1", "send n2 5")
        async with asyncio.timeout(20.0):
            while len((await scene.ask("n2", "received")).split()) < after + 5:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    play(main)


@pytest.mark.usefixtures("lab")
def test_a_node_that_cannot_enter_its_host_is_refused_with_the_reason(
    play: Play, tmp_path: Path
) -> None:
    async def main(scene: Scene) -> None:
        scene.place("n1")
        (tmp_path / "names/n1.hosts").unlink()
        with pytest.raises(CannotRun, match="'n1': cannot enter its host: mount /etc/hosts"):
            await scene.node("n1").start(scene.launch("n1"))

    play(main)


@pytest.mark.usefixtures("lab")
def test_a_lab_whose_warden_died_says_so(play: Play) -> None:
    async def main(scene: Scene) -> None:
        world: Any = scene.world
        await scene.start("n1", "n2")
        lease = await world.impair(BOTH, LinkRule(cut=True))
        os.kill(world._control.warden_pid, 9)
        with pytest.raises(CannotRun, match="lab"):
            await world.impair(FORTH, LinkRule(refuse=True))
        assert (await lease.heal()).hold is Hold.INDETERMINATE

    play(main)


def test_a_rung_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(rungs.VARIABLE, "bridge")
    with pytest.raises(CannotRun, match="'bridge'"):
        rungs.find()


NEIGHBOUR = """
import asyncio, pathlib, sys
from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.rules import LinkRule
from planc_runtime.testing.scene import Scene

async def main(world):
    scene = Scene(world)
    await scene.start("n1", "n2")
    await scene.ask("n1", "set who " + sys.argv[2])
    print(scene.node("n1").placement.address, flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    pairs = frozenset({("n1", "n2"), ("n2", "n1")})
    await world.impair(pairs, LinkRule(cut=True))
    print(await scene.silent("n1", "relay n2 x", within=0.5), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(await scene.ask("n1", "get who"), flush=True)

LocalBackend().execute(Settings(1, pathlib.Path(sys.argv[1])), main)
"""
NOBODY = 65534
ROOT = Path(__file__).parents[4]


@contextlib.contextmanager
def a_neighbour(folder: Path, word: str, user: int | None) -> "Iterator[subprocess.Popen[str]]":
    """A run of somebody's, as in a second terminal."""
    path = [str(ROOT / root) for root in ("compiler", "grammar", "runtime")]
    neighbour = subprocess.Popen(
        [sys.executable, "-c", NEIGHBOUR, str(folder), word],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, user=user, cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(path)},
    )  # fmt: skip
    try:
        yield neighbour
    finally:
        neighbour.communicate("\n\n", timeout=60)


def say(neighbour: "subprocess.Popen[str]", word: str = "") -> str:
    """Let a run go on to its next line."""
    assert neighbour.stdin
    assert neighbour.stdout
    neighbour.stdin.write(f"{word}\n")
    neighbour.stdin.flush()
    return neighbour.stdout.readline().strip()


def _can_run(user: int) -> bool:
    try:
        ended = subprocess.run(
            [sys.executable, "-c", "import planc_runtime"],
            user=user, cwd="/", capture_output=True, env={"PYTHONPATH": str(ROOT / "runtime")},
        )  # fmt: skip
    except OSError:
        return False
    return ended.returncode == 0


@pytest.mark.usefixtures("lab")
@pytest.mark.parametrize("user", [None, NOBODY], ids=["same user", "another user"])
def test_runs_side_by_side_do_not_see_each_other(play: Play, user: int | None) -> None:
    """Same names, addresses and ports at the same time; a cut of one is not the other's."""
    folder = Path(tempfile.mkdtemp(prefix="planc-neighbour-"))
    if user is not None:
        if os.geteuid() != 0 or not _can_run(user):
            shutil.rmtree(folder)
            pytest.skip("takes root, and a Python and a source tree that everybody may read")
        os.chown(folder, user, user)

    async def main(scene: Scene) -> None:
        await scene.start("n1", "n2")
        await scene.ask("n1", "set who mine")
        with a_neighbour(folder / "world", "theirs", user) as other:
            assert other.stdout
            address = await asyncio.to_thread(other.stdout.readline)
            assert address.strip() == scene.node("n1").placement.address
            assert await asyncio.to_thread(say, other) == "True"
            assert await scene.ask("n1", "relay n2 x") == "x"
            assert await asyncio.to_thread(say, other) == "theirs"
        assert await scene.ask("n1", "get who") == "mine"

    try:
        play(main)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
