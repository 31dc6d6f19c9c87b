"""The required role: nodes that start, end, and end up as they should."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from planc_runtime.protocols.backend import Backend, Settings, World
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.node import NodeState
from planc_runtime.testing.conformance.scenario import scenario
from planc_runtime.testing.scene import PORTS, READY_WITHIN, Scene

_MODULE = """
from planc_runtime.testing.service import Service

remembered = []


class Remembering(Service):
    async def do_remember(self, word):
        remembered.append(word)
        return " ".join(remembered)


async def main(node):
    await Remembering(node).run()
"""


def _write_module(folder: Path) -> None:
    folder.mkdir()
    (folder / "conformance_service.py").write_text(_MODULE)


class TestLife:
    @scenario()
    async def test_each_node_has_an_address_and_a_folder_of_its_own(self, scene: Scene) -> None:
        scene.place("n1", "n2", "n3")
        places = [scene.node(name).placement for name in ("n1", "n2", "n3")]
        assert len({place.address for place in places}) == 3
        assert len({place.data for place in places}) == 3
        assert all(place.ports == PORTS for place in places)
        assert all(list(place.data.iterdir()) == [] for place in places)

    @scenario()
    async def test_a_started_node_runs_and_serves(self, scene: Scene) -> None:
        scene.place("n1")
        assert scene.node("n1").state is NodeState.CREATED
        evidence = await scene.again("n1")
        assert evidence.hold is Hold.INSTALLED
        assert scene.node("n1").state is NodeState.RUNNING
        assert scene.node("n1").exit_status is None

    @scenario()
    async def test_nodes_know_themselves_and_reach_each_other(self, scene: Scene) -> None:
        await scene.start("n1", "n2", "n3")
        assert await scene.ask("n2", "name") == "n2 n1 n2 n3"
        assert await scene.ask("n1", "relay n3 hello") == "hello"

    @scenario()
    async def test_what_a_node_prints_is_in_its_log(self, scene: Scene) -> None:
        await scene.start("n1")
        log = scene.node("n1").placement.log
        async with asyncio.timeout(READY_WITHIN):
            while "n1 serves" not in log.read_text():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    @scenario()
    async def test_a_running_node_is_not_started_twice(self, scene: Scene) -> None:
        await scene.start("n1")
        await scene.ask("n1", "set k v")
        evidence = await scene.node("n1").start(scene.launch("n1"))
        assert evidence.hold is Hold.SKIPPED
        assert await scene.ask("n1", "get k") == "v"

    @scenario(required="crash")
    async def test_a_killed_node_is_gone_and_had_no_time_to_tidy_up(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        evidence = await scene.node("n1").kill()
        assert evidence.hold is Hold.INSTALLED
        assert evidence.proof
        assert scene.node("n1").state is NodeState.CRASHED
        assert scene.node("n1").exit_status == -9
        assert await scene.silent("n1")
        assert not (scene.data("n1") / "farewell").exists()
        assert await scene.ask("n2", "echo here") == "here"

    @scenario(required="crash")
    async def test_a_connection_to_a_killed_node_breaks(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        await scene.ask("n1", "hold n2")
        await scene.node("n2").kill()
        assert (await scene.ask("n1", "held x")).startswith("error")

    @scenario(required="stop")
    async def test_a_stopped_node_tidies_up(self, scene: Scene) -> None:
        await scene.start("n1", "n2")
        evidence = await scene.node("n1").stop()
        assert evidence.hold is Hold.INSTALLED
        assert scene.node("n1").state is NodeState.STOPPED
        assert await scene.silent("n1")
        assert (scene.data("n1") / "farewell").exists()
        assert await scene.ask("n2", "echo here") == "here"

    @scenario(required="restart")
    async def test_a_restart_keeps_the_files_and_forgets_the_memory(self, scene: Scene) -> None:
        await scene.start("n1")
        await scene.ask("n1", "set k v")
        await scene.ask("n1", "write f v")
        await scene.ask("n1", "sync f")
        await scene.node("n1").kill()
        await scene.again("n1")
        assert scene.node("n1").state is NodeState.RUNNING
        assert await scene.ask("n1", "get k") == "-"
        assert await scene.ask("n1", "read f") == "v"

    @scenario()
    async def test_files_of_the_launch_are_there_at_every_start(self, scene: Scene) -> None:
        await scene.start("n1", files={"etc/settings": "first"})
        assert await scene.ask("n1", "read etc/settings") == "first"
        await scene.node("n1").stop()
        await scene.again("n1", files={"etc/settings": "second"})
        assert await scene.ask("n1", "read etc/settings") == "second"

    @scenario()
    async def test_each_node_has_an_environment_of_its_own(self, scene: Scene) -> None:
        await scene.start("n1", env={"PLANC_TEST_VARIABLE": "one"})
        await scene.start("n2")
        assert await scene.ask("n1", "env PLANC_TEST_VARIABLE") == "one"
        assert await scene.ask("n2", "env PLANC_TEST_VARIABLE") == "-"

    @scenario()
    async def test_nodes_of_one_service_share_no_variables(self, scene: Scene) -> None:
        """The module lies beside the plan, as services of users do."""
        scene.place("n1", "n2")
        folder = scene.data("n1").parents[1] / "systems"
        _write_module(folder)
        for name in ("n1", "n2"):
            await scene.again(name, entry="conformance_service:main", path=(folder,))
        assert await scene.ask("n1", "remember x") == "x"
        assert await scene.ask("n1", "remember y") == "x y"
        assert await scene.ask("n2", "remember z") == "z"
        await scene.node("n1").kill()
        await scene.again("n1", entry="conformance_service:main", path=(folder,))
        assert await scene.ask("n1", "remember w") == "w"

    @scenario()
    async def test_parameters_and_planted_bugs_reach_the_node(self, scene: Scene) -> None:
        scene.place("n1")
        info = scene.launch("n1").info
        given = replace(info, params={"size": 3}, planted=frozenset({"stale_read", "lost_vote"}))
        await scene.again("n1", info=given)
        assert await scene.ask("n1", "param size") == "3"
        assert await scene.ask("n1", "param planted") == "lost_vote stale_read"

    @scenario()
    async def test_a_node_that_is_down_cannot_be_ended_again(self, scene: Scene) -> None:
        await scene.start("n1")
        await scene.node("n1").kill()
        assert (await scene.node("n1").kill()).hold is Hold.SKIPPED
        assert (await scene.node("n1").stop()).hold is Hold.SKIPPED
        assert scene.node("n1").state is NodeState.CRASHED

    @scenario()
    async def test_an_end_of_its_own_is_a_crash_with_its_status(self, scene: Scene) -> None:
        await scene.start("n1", "n2", "n3")
        for name, request, status in (("n1", "exit 3", 3), ("n2", "raise", 1), ("n3", "exit 0", 0)):
            await scene.silent(name, request)
            assert await scene.node(name).wait_exit() == status
            assert scene.node(name).state is NodeState.CRASHED
            assert scene.node(name).exit_status == status

    @scenario()
    async def test_waiting_for_the_end_ends_with_it(self, scene: Scene) -> None:
        await scene.start("n1")
        waiting = asyncio.ensure_future(scene.node("n1").wait_exit())
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await scene.node("n1").kill()
        assert await waiting == -9

    @scenario(required="restart")
    async def test_many_restarts_leave_a_node_as_good_as_new(self, scene: Scene) -> None:
        await scene.start("n1")
        for _ in range(5):
            await scene.node("n1").kill()
            await scene.again("n1")
        assert await scene.ask("n1", "echo alive") == "alive"

    @scenario()
    async def test_the_clock_of_the_world_goes_with_the_loop(self, scene: Scene) -> None:
        before = scene.world.now()
        await asyncio.sleep(0.25)
        assert scene.world.now() - before >= 0.2499

    def test_the_result_of_the_scenario_comes_back(self, backend: Backend, tmp_path: Path) -> None:
        async def main(world: World) -> str:
            return world.name

        assert backend.execute(Settings(1, tmp_path), main) == backend.name

    def test_a_failing_scenario_ends_its_nodes(self, backend: Backend, tmp_path: Path) -> None:
        nodes = []

        async def main(world: World) -> None:
            scene = Scene(world)
            await scene.start("n1")
            nodes.append(scene.node("n1"))
            raise LookupError("the scenario failed")

        with pytest.raises(LookupError, match="the scenario failed"):
            backend.execute(Settings(1, tmp_path), main)
        assert nodes[0].exit_status is not None

    @scenario()
    async def test_a_program_that_does_not_exist_is_told_apart(self, scene: Scene) -> None:
        from planc_runtime.errors import PlancError

        scene.place("n1")
        launch = replace(scene.launch("n1"), entry=None, argv=("planc-no-such-program",))
        with pytest.raises(PlancError):
            await scene.node("n1").start(launch)
        assert scene.node("n1").state is NodeState.CREATED
