"""Nodes: their memory, their ends, their logs."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import warnings
import weakref
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.errors import CannotRun, NotSupported, StepFailed
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.node import Launch, NodeInfo, NodeState, StopPolicy
from planc_runtime.protocols.rules import ResourceRule

COUNTER = """
    import asyncio
    import memory

    async def answer(reader, writer):
        while await reader.readline():
            memory.count += 1
            writer.write(b"%d\\n" % memory.count)

    async def main(node):
        await asyncio.start_server(answer, None, 7000)
        await asyncio.Future()
"""


def test_each_incarnation_has_a_memory_of_its_own(stage: Any) -> None:
    stage.program("memory", "count = 0")

    async def scenario() -> list[str]:
        entry = stage.program("counter", COUNTER)
        await stage.start("n1", entry=entry)
        await stage.start("n2", entry=entry)
        counts = [await stage.ask(name, "+") for name in ("n1", "n1", "n2", "n1")]
        await stage.node("n1").kill()
        await stage.start("n1", entry=entry)
        return [*counts, await stage.ask("n1", "+")]

    assert stage.run(scenario) == ["1", "2", "1", "3", "1"]
    assert "memory" not in sys.modules
    assert "counter" not in sys.modules


def test_the_tests_own_modules_are_neither_seen_nor_replaced(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.program("memory", "count = 0")
    monkeypatch.syspath_prepend(stage.programs)
    import memory  # type: ignore[import-not-found]

    memory.count = 100

    async def scenario() -> str:
        await stage.start("n1", COUNTER)
        return await stage.ask("n1", "+")

    assert stage.run(scenario) == "1"
    assert sys.modules.pop("memory") is memory
    assert memory.count == 100


def test_late_imports_find_the_nodes_own_modules(stage: Any) -> None:
    stage.program("memory", "count = 0")
    late = COUNTER.replace("    import memory\n", "").replace(
        "            memory.count += 1", "            import memory\n            memory.count += 1"
    )

    async def scenario() -> list[str]:
        entry = stage.program("late", late)
        await stage.start("n1", entry=entry)
        await stage.start("n2", entry=entry)
        return [await stage.ask(name, "+") for name in ("n1", "n2", "n1", "n2")]

    assert stage.run(scenario) == ["1", "1", "2", "2"]


def test_dataclasses_and_pickle_find_their_modules(stage: Any) -> None:
    source = """
        from __future__ import annotations
        import asyncio, dataclasses, pickle, typing

        @dataclasses.dataclass
        class Entry:
            term: int
            command: typing.ClassVar[str] = "x"

        async def main(node):
            await asyncio.sleep(0.1 * node.params["wait"])
            copy = pickle.loads(pickle.dumps(Entry(3)))
            print(copy, type(copy) is Entry, typing.get_type_hints(Entry)["term"])
    """

    async def scenario() -> None:
        entry = stage.program("entries", source)
        for wait, name in enumerate(("n1", "n2")):
            await stage.start(name, entry=entry, params={"wait": wait})
        await asyncio.sleep(1)

    stage.run(scenario)
    assert stage.log("n1") == stage.log("n2") == "Entry(term=3) True <class 'int'>\n"


CLEANING = """
    import asyncio

    class Watched:
        def __del__(self):
            open("deleted", "w").close()

    async def hold(told):
        watched = Watched()
        try:
            await asyncio.Event().wait()
        finally:
            told.append("cleanup")
            with open("cleaned", "w") as file:
                file.write("yes")
            print("cleaned up")
            await asyncio.sleep(1)

    async def rows():
        try:
            yield 1
        finally:
            print("generator closed")

    async def main(node):
        told = node.params["told"]
        asyncio.get_running_loop().call_later(2, told.append, "timer")
        task = asyncio.create_task(hold(told))
        asyncio.create_task(hold(told))
        async for row in rows():
            with open("half", "w") as file:
                file.write("never flushed")
                await task
"""


@pytest.mark.filterwarnings("error")
def test_a_kill_runs_no_cleanup_and_leaves_no_noise(
    stage: Any,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    noise: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", noise.append)

    async def scenario() -> tuple[int, list[str]]:
        node = await stage.start("n1", CLEANING, params={"told": told})
        await asyncio.sleep(1)
        evidence = await node.kill()
        await asyncio.sleep(5)
        gc.collect()
        assert evidence.data["tasks"] == 4
        return node.exit_status, list(told)

    assert stage.run(scenario) == (-9, [])
    gc.collect()
    assert not noise
    # Python cannot drop a coroutine without closing it: that happens after the run, in a
    # process which can't do anything any more.
    assert set(told) <= {"cleanup"}
    data = stage.node("n1").placement.data
    assert sorted(path.name for path in data.iterdir()) == ["half"]
    assert (data / "half").read_text() == ""
    assert stage.log("n1") == ""
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_a_kill_before_the_first_step_warns_of_nothing(stage: Any) -> None:
    async def scenario() -> None:
        node = stage.node("n1")
        place = node.placement
        entry = stage.program("idle", "async def main(node): pass")
        info = NodeInfo("n1", place.address, place.ports, place.data, "test", 1, ())
        await node.start(Launch(info, entry=entry, path=(stage.programs,)))
        await node.kill()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stage.run(scenario)
        gc.collect()


def test_generators_left_half_way_are_closed_when_main_returns(stage: Any) -> None:
    source = """
        import asyncio

        async def rows(name):
            try:
                yield 1
            finally:
                await asyncio.sleep(0.1)
                print("closed", name)

        async def main(node):
            kept = rows("kept")
            await anext(kept)
            node.params["keep"].append(kept)
            await anext(rows("dropped"))
            await asyncio.sleep(1)
    """
    keep: list[Any] = []

    async def scenario() -> None:
        await stage.start("n1", source, params={"keep": keep})
        await asyncio.sleep(3)

    stage.run(scenario)
    assert stage.log("n1") == "closed dropped\nclosed kept\n"


def test_the_kernel_of_a_killed_node_resets_connections_with_unread_data(stage: Any) -> None:
    deaf = """
        import asyncio

        async def main(node):
            await asyncio.start_server(lambda r, w: w.transport.pause_reading(), None, 7000)
            await asyncio.Future()
    """

    async def scenario() -> None:
        node = await stage.start("n1", deaf)
        reader, writer = await asyncio.open_connection("n1", 7000)
        writer.write(b"never read")
        await asyncio.sleep(1)
        await node.kill()
        with pytest.raises(ConnectionResetError):
            await reader.read()

    stage.run(scenario)


def test_environment_variables_are_a_nodes_own(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHARED", "from outside")
    source = """
        import asyncio, os

        async def main(node):
            for step in (1, 2):
                print(os.environ.get("ROLE"), os.getenv("SHARED"), os.environ.get("MINE"))
                os.environ["MINE"] = node.name
                os.environ.pop("SHARED", None)
                await asyncio.sleep(1)
    """

    async def scenario() -> str | None:
        await stage.start("n1", source, env={"ROLE": "first"})
        await stage.start("n2", source, env={"ROLE": "second"})
        await asyncio.sleep(5)
        return os.environ.get("MINE")

    assert stage.run(scenario) is None
    assert stage.log("n1") == "first from outside None\nfirst None n1\n"
    assert stage.log("n2") == "second from outside None\nsecond None n2\n"
    assert os.environ["SHARED"] == "from outside"
    assert "ROLE" not in os.environ


def test_an_exception_handler_is_a_processs_own(stage: Any) -> None:
    source = """
        import asyncio

        async def main(node):
            loop = asyncio.get_running_loop()
            if node.name == "n1":
                loop.set_exception_handler(lambda _, context: print(context["message"]))
            loop.call_soon(lambda: 1 / 0)
            await asyncio.sleep(1)
    """

    async def scenario() -> None:
        entry = stage.program("handling", source)
        await stage.start("n1", entry=entry)
        await stage.start("n2", entry=entry)

    stage.run(scenario)
    assert stage.log("n1").startswith("Exception in callback main.<locals>.<lambda>")
    assert "ZeroDivisionError" in stage.log("n2")


def test_many_kills_leave_no_descriptors_behind(stage: Any) -> None:
    source = """
        import asyncio, os

        async def main(node):
            files = [open(f"f{number}", "a") for number in range(10)]
            files += [open(f"f{number}", "rb") for number in range(10)]
            numbers = [os.open(f"f{number}", os.O_RDONLY) for number in range(10)]
            numbers.append(os.open(".", os.O_RDONLY))
            with os.fdopen(os.open("own", os.O_CREAT | os.O_RDWR), "w") as file:
                file.write("x")
            await asyncio.Future()
    """

    async def scenario() -> int:
        before = len(os.listdir("/proc/self/fd"))
        entry = stage.program("opening", source)
        for _ in range(20):
            node = await stage.start("n1", entry=entry)
            await node.kill()
        return len(os.listdir("/proc/self/fd")) - before

    assert stage.run(scenario) < 5


ENDINGS = [
    ("return", 0),
    ("raise SystemExit(3)", 3),
    ("raise SystemExit('no disk')", 1),
    ("sys.exit()", 0),
    ("raise ValueError('broken')", 1),
    ("os._exit(4)", 4),
    ("os.kill(os.getpid(), 9)", -9),
    ("asyncio.get_running_loop().call_soon(sys.exit, 5); await asyncio.sleep(9)", 5),
    ("asyncio.create_task(leave()); await asyncio.sleep(9)", 6),
]


@pytest.mark.parametrize(("ending", "status"), ENDINGS)
def test_an_end_of_its_own_is_a_crash_with_a_status(stage: Any, ending: str, status: int) -> None:
    source = f"""
        import asyncio, os, sys

        async def leave(): sys.exit(6)

        async def main(node):
            await asyncio.sleep(1)
            {ending}
    """

    async def scenario() -> tuple[int, NodeState]:
        node = await stage.start("n1", source)
        return await node.wait_exit(), node.state

    assert stage.run(scenario) == (status, NodeState.CRASHED)


def test_the_traceback_of_a_crash_is_in_the_log(stage: Any) -> None:
    async def scenario() -> None:
        await stage.start("n1", "async def main(node):\n    raise ValueError('broken')")

    stage.run(scenario)
    assert "Traceback" in stage.log("n1")
    assert 'program_n1.py", line 2' in stage.log("n1")
    assert "ValueError: broken" in stage.log("n1")


def test_a_program_that_fails_at_import_dies_of_it(stage: Any) -> None:
    async def scenario() -> int:
        node = await stage.start("n1", "import no_such_library_at_all\nasync def main(node): pass")
        return await node.wait_exit()

    assert stage.run(scenario) == 1
    assert "no_such_library_at_all" in stage.log("n1")


@pytest.mark.parametrize("entry", ["nowhere:main", "nowhere.deep:main", "present:absent"])
def test_a_missing_program_cannot_run(stage: Any, entry: str) -> None:
    stage.program("present", "x = 1")

    async def scenario() -> None:
        await stage.start("n1", entry=entry)

    with pytest.raises(CannotRun, match=r"nowhere|absent"):
        stage.run(scenario)


def test_a_program_that_is_not_python_is_not_supported(stage: Any) -> None:
    async def scenario() -> None:
        node = stage.node("n1")
        place = node.placement
        info = NodeInfo("n1", place.address, place.ports, place.data, "test", 1, ())
        await node.start(Launch(info, argv=("/usr/bin/etcd",)))

    with pytest.raises(NotSupported) as caught:
        stage.run(scenario)
    assert "python" in caught.value.help


@pytest.mark.parametrize("name", ["../stray", "/etc/stray", "file/below-a-file"])
def test_files_of_a_launch_lie_in_the_nodes_folder(stage: Any, name: str) -> None:
    async def scenario() -> None:
        await stage.start("n1", files={"file": "fine", name: "not fine"})

    with pytest.raises(CannotRun, match="file"):
        stage.run(scenario)


def test_waiting_for_a_node_that_never_ran_fails(stage: Any) -> None:
    async def scenario() -> None:
        await stage.node("n1").wait_exit()

    with pytest.raises(StepFailed):
        stage.run(scenario)


STOPPING = {
    "cancelled": (
        """
        import asyncio

        async def main(node):
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(1)
                print("bye")
        """,
        0,
    ),
    "a loop's signal handler": (
        """
        import asyncio, signal

        async def main(node):
            end = asyncio.Event()
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.set)
            await end.wait()
            print("bye")
        """,
        0,
    ),
    "a plain signal handler": (
        """
        import asyncio, signal, sys

        def leave(number, frame):
            print("bye")
            sys.exit(7)

        async def main(node):
            signal.signal(signal.SIGTERM, leave)
            assert signal.getsignal(signal.SIGTERM) is leave
            await asyncio.Event().wait()
        """,
        7,
    ),
}


@pytest.mark.parametrize("kind", STOPPING)
def test_a_stop_lets_a_program_tidy_up(stage: Any, kind: str) -> None:
    source, status = STOPPING[kind]

    async def scenario() -> tuple[int, NodeState]:
        node = await stage.start("n1", source)
        evidence = await node.stop()
        assert evidence.hold is Hold.INSTALLED
        return node.exit_status, node.state

    assert stage.run(scenario) == (status, NodeState.STOPPED)
    assert stage.log("n1") == "bye\n"


def test_a_program_that_does_not_stop_is_killed(stage: Any) -> None:
    stubborn = """
        import asyncio, signal

        async def main(node):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            await asyncio.Event().wait()
    """

    async def scenario() -> tuple[int, float]:
        node = await stage.start("n1", stubborn, stop=StopPolicy(kill_after=3.0))
        began = stage.world.now()
        await node.stop()
        return node.exit_status, stage.world.now() - began

    assert stage.run(scenario) == (-9, 3.0)


def test_what_nodes_print_and_log_is_in_their_logs_alone(
    stage: Any, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    talking = """
        import asyncio, logging, sys

        async def main(node):
            print("printed by", node.name)
            print("to stderr", file=sys.stderr)
            sys.stdout.buffer.write(b"as bytes\\n")
            logging.getLogger("talker").info("not shown: level")
            logging.getLogger("talker").warning("logged before")
            logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
            logging.getLogger("talker").info("logged by %s", node.name)
            asyncio.get_running_loop().call_soon(lambda: 1 / 0)
            await asyncio.sleep(1)
    """

    async def scenario() -> None:
        entry = stage.program("talking", talking)
        await stage.start("n1", entry=entry)
        await stage.start("n2", entry=entry)
        print("printed by the scenario")
        await asyncio.sleep(2)

    stage.run(scenario)
    for name in ("n1", "n2"):
        log = stage.log(name)
        assert f"printed by {name}\nto stderr\nas bytes\n" in log
        assert f"INFO logged by {name}\n" in log
        assert "ZeroDivisionError" in log
    assert "not shown" not in stage.log("n1")
    assert "n2" not in stage.log("n1")
    assert capsys.readouterr().out == "printed by the scenario\n"
    assert not caplog.records


PULSE = """
    import asyncio, time

    async def main(node):
        while True:
            print(round(time.time() % 3600, 3))
            await asyncio.sleep(1)
"""


def test_a_paused_node_stands_still_while_its_clock_runs_on(stage: Any) -> None:
    async def scenario() -> None:
        await stage.start("n1", PULSE)
        await asyncio.sleep(1.5)
        lease = await stage.world.pause("n1")
        assert stage.node("n1").state is NodeState.PAUSED
        await asyncio.sleep(10)
        evidence = await lease.heal()
        assert evidence.data["callbacks"] == 1
        assert stage.node("n1").state is NodeState.RUNNING
        await asyncio.sleep(2.5)

    stage.run(scenario)
    beats = [float(line) for line in stage.log("n1").split()]
    assert beats == pytest.approx([0, 1, 11.51, 12.51, 13.51], abs=0.02)


def test_the_kernel_of_a_paused_node_goes_on_receiving(stage: Any) -> None:
    async def scenario() -> str:
        await stage.start("n1")
        lease = await stage.world.pause("n1")
        asking = asyncio.create_task(stage.ask("n1", "patience"))
        await asyncio.sleep(30)
        assert not asking.done()
        await lease.heal()
        return await asking

    assert stage.run(scenario) == "patience"


def test_pauses_nest(stage: Any) -> None:
    async def scenario() -> list[NodeState]:
        node = await stage.start("n1")
        one, two = await stage.world.pause("n1"), await stage.world.pause("n1")
        await one.heal()
        await one.heal()
        states = [node.state]
        await two.heal()
        return [*states, node.state]

    assert stage.run(scenario) == [NodeState.PAUSED, NodeState.RUNNING]


def test_a_paused_node_can_be_killed(stage: Any) -> None:
    async def scenario() -> Hold:
        node = await stage.start("n1")
        lease = await stage.world.pause("n1")
        await node.kill()
        assert await node.wait_exit() == -9
        return (await lease.heal()).hold

    assert stage.run(scenario) is Hold.SKIPPED


def test_a_pause_of_a_node_that_is_down_is_skipped(stage: Any) -> None:
    async def scenario() -> Hold:
        node = await stage.start("n1")
        await node.kill()
        return (await stage.world.pause("n1")).evidence.hold

    assert stage.run(scenario) is Hold.SKIPPED


def test_a_throttled_processor_is_slower_until_healed(stage: Any) -> None:
    async def scenario() -> list[float]:
        await stage.start("n1")

        async def trip() -> float:
            began = stage.world.now()
            await stage.ask("n1", "x")
            return stage.world.now() - began

        trips = [await trip()]
        lease = await stage.world.set_resources("n1", ResourceRule(cpu=0.01))
        trips.append(await trip())
        await lease.heal()
        await asyncio.sleep(1)
        return [*trips, await trip()]

    before, during, after = stage.run(scenario)
    assert before < 0.004 < during
    assert after < 0.004


def test_without_descriptors_nothing_can_be_opened(stage: Any) -> None:
    hungry = """
        import asyncio, os

        log = open("log", "w")
        log.write("written")
        log.flush()

        async def answer(reader, writer):
            while line := await reader.readline():
                try:
                    os.fsync(log)
                    open("file", "w").close()
                    writer.write(b"opened\\n")
                except OSError as error:
                    writer.write(b"%d\\n" % error.errno)

        async def main(node):
            await asyncio.start_server(answer, None, 7000)
            await asyncio.Future()
    """

    async def scenario() -> list[bytes]:
        await stage.start("n1", hungry)
        reader, writer = await asyncio.open_connection("n1", 7000)
        lease = await stage.world.set_resources("n1", ResourceRule(files=True))
        writer.write(b"go\n")
        answers = [await reader.readline()]
        waiting = asyncio.create_task(stage.ask("n1", "new connection"))
        await asyncio.sleep(5)
        assert not waiting.done()
        await lease.heal()
        await waiting
        writer.write(b"go\n")
        return [*answers, await reader.readline()]

    assert stage.run(scenario) == [b"24\n", b"opened\n"]


def test_memory_cannot_be_limited(stage: Any) -> None:
    async def scenario() -> None:
        await stage.start("n1")
        await stage.world.set_resources("n1", ResourceRule(memory=1))

    with pytest.raises(NotSupported):
        stage.run(scenario)


def test_the_world_tells_of_starts_and_ends(stage: Any) -> None:
    events: list[tuple[float, str, Any]] = []

    async def scenario() -> None:
        stage.world.on_event = lambda when, kind, fields: events.append((when, kind, fields))
        node = await stage.start("n1")
        await asyncio.sleep(1)
        await node.kill()
        await asyncio.sleep(1)

    stage.run(scenario)
    assert [(round(when), kind, fields["node"]) for when, kind, fields in events] == [
        (0, "started", "n1"),
        (1, "ended", "n1"),
    ]


def test_a_log_lies_where_the_placement_says(stage: Any, tmp_path: Path) -> None:
    async def scenario() -> None:
        await stage.start("n1", "async def main(node): print('here')")

    stage.run(scenario)
    assert (tmp_path / "run1" / "logs" / "n1.log").read_text() == "here\n"


def test_what_a_run_leaves_does_not_outlive_it(stage: Any) -> None:
    left: list[weakref.ref[Any]] = []

    async def scenario() -> None:
        await stage.start("n1", "async def main(node): pass")
        left.append(weakref.ref(stage.world.loop))
        del stage.world

    gc.disable()
    try:
        stage.run(scenario)
        assert left[0]() is None
    finally:
        gc.enable()
