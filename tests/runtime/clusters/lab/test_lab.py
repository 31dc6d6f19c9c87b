"""Nodes on hosts of their own: addresses, names, links, and who is on which host."""

import asyncio
import os
import socket
import sys
import threading
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
        assert await prober.probe("n1", "n2", 1.0) >= 0.1
        assert await prober.probe("n2", "n1", 1.0) < 0.1
        healed = await lease.heal()
        assert healed.hold is Hold.INSTALLED
        assert await prober.probe("n1", "n2", 1.0) < 0.1

    play(main)


@pytest.mark.usefixtures("lab")
def test_what_is_in_the_switch_does_not_outlive_a_cut(play: Play) -> None:
    async def main(scene: Scene) -> None:
        world: Any = scene.world
        await scene.start("n1", "n2")
        await world.impair(FORTH, LinkRule(delay=0.5))
        await scene.ask("n1", "send n2 5")
        cut = await world.impair(FORTH, LinkRule(cut=True))
        await cut.heal()
        await asyncio.sleep(0.8)
        assert await scene.ask("n2", "received") == ""
        await scene.ask("n1", "send n2 5")
        await asyncio.sleep(0.8)
        assert len((await scene.ask("n2", "received")).split()) == 5

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
