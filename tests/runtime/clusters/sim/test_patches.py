"""What a simulation replaces in the standard library, and that it puts it back."""

from __future__ import annotations

import asyncio
import builtins
import datetime
import io
import logging
import os
import random
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from random import randint
from time import monotonic
from typing import Any

import pytest

from planc_runtime.errors import NotSupported

MODULES = (builtins, io, logging, os, random, select, signal, socket, subprocess, sys, time, uuid)
TYPES = (
    random.Random,
    socket.socket,
    subprocess.Popen,
    threading.Thread,
    logging.Logger,
    logging.Handler,
    datetime.datetime,
    datetime.date,
)


def everything() -> dict[tuple[str, str], Any]:
    holders = [*MODULES, *TYPES, sys.modules[__name__]]
    return {
        (holder.__name__, name): value
        for holder in holders
        for name, value in vars(holder).items()
        if not name.startswith("__") and name not in ("_node", "tzname")
    }


def test_everything_is_put_back(stage: Any) -> None:
    before, path, zone = everything(), list(sys.meta_path), os.environ.get("TZ")
    names = time.tzname

    async def scenario() -> None:
        assert monotonic() == 0.0
        assert time.time is not before["time", "time"]
        await stage.start("n1")

    stage.run(scenario)
    after = everything()
    assert {key for key in before if after.get(key) is not before[key]} == set()
    assert after.keys() == before.keys()
    assert time.tzname == names
    assert sys.meta_path == path
    assert os.environ.get("TZ") == zone
    assert abs(datetime.datetime.now().timestamp() - time.time()) < 60


def test_everything_is_put_back_after_a_failure(stage: Any) -> None:
    before = everything()

    async def scenario() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        stage.run(scenario)
    assert {key for key, value in everything().items() if value is not before.get(key)} == set()


def test_other_threads_keep_real_time_meanwhile(stage: Any) -> None:
    told: list[float] = []
    asked, answered = threading.Event(), threading.Event()

    def watch() -> None:
        asked.wait()
        told.extend([time.time(), monotonic(), datetime.datetime.now().timestamp()])
        told.append(randint(1, 10))
        answered.set()

    thread = threading.Thread(target=watch)
    thread.start()
    real = time.time()

    async def scenario() -> None:
        asked.set()
        assert answered.wait(60)

    stage.run(scenario)
    thread.join()
    assert abs(told[0] - real) < 3600
    assert abs(told[2] - real) < 3600


def test_datetime_stays_the_same_class(stage: Any) -> None:
    kept = datetime.datetime

    async def scenario() -> Any:
        assert kept is datetime.datetime
        return kept.now()

    assert type(stage.run(scenario)) is kept


@pytest.mark.parametrize(
    "deed",
    [
        "threading.Thread(target=print).start()",
        "concurrent.futures.ThreadPoolExecutor().submit(print)",
        "subprocess.run(['true'])",
        "os.system('true')",
        "os.fork()",
        "socket.create_connection(('10.77.0.9', 7000))",
    ],
)
def test_what_would_leave_the_simulation_is_refused(stage: Any, deed: str) -> None:
    source = f"""
        import concurrent.futures, os, socket, subprocess, threading
        from planc_runtime.errors import NotSupported

        async def main(node):
            try:
                {deed}
            except NotSupported as refusal:
                print("refused:", refusal.message, "|", refusal.help)
    """

    async def scenario() -> None:
        await stage.start("n1", source)

    stage.run(scenario)
    log = stage.log("n1")
    assert log.startswith("refused: backend 'sim' cannot")
    assert len(log.partition("|")[2]) > 10


def test_the_scenario_may_not_block_on_real_sockets_either(stage: Any) -> None:
    async def scenario() -> None:
        await stage.start("n1")
        socket.create_connection(("n1", 7000))

    with pytest.raises(NotSupported):
        stage.run(scenario)


def test_a_node_cannot_signal_what_is_not_its_own(stage: Any) -> None:
    source = f"""
        import os

        async def main(node):
            try:
                os.kill({os.getpid()}, 9)
            except ProcessLookupError:
                print("no such process")
    """

    async def scenario() -> None:
        await stage.start("n1", source)

    stage.run(scenario)
    assert stage.log("n1") == "no such process\n"


def test_polling_a_simulated_socket_tells_of_data_and_of_the_end(stage: Any) -> None:
    async def scenario() -> list[bool]:
        writers = []
        await asyncio.start_server(lambda r, w: writers.append(w), None, 80)
        _, writer = await asyncio.open_connection("127.0.0.1", 80)
        writer.transport.pause_reading()
        poll = select.poll()
        poll.register(writer.get_extra_info("socket"), select.POLLIN)
        states = [bool(poll.poll(0))]
        await asyncio.sleep(1)
        writers[0].close()
        await asyncio.sleep(1)
        return [*states, bool(poll.poll(0))]

    assert stage.run(scenario) == [False, True]


def test_worker_threads_of_anyio_run_inline(stage: Any) -> None:
    import anyio.to_thread

    async def scenario() -> int:
        threads = threading.active_count()
        result = await anyio.to_thread.run_sync(lambda: 42)
        assert threading.active_count() == threads
        return result

    assert stage.run(scenario) == 42


def test_the_working_directory_is_the_nodes_own(stage: Any) -> None:
    source = """
        import glob, os, pathlib, shutil, tempfile

        async def main(node):
            assert os.getcwd() == str(node.data) == str(pathlib.Path.cwd())
            pathlib.Path("a/b").mkdir(parents=True)
            pathlib.Path("a/b/c.txt").write_text("c")
            os.makedirs("x/y")
            with open("x/y/z.txt", "w") as file:
                print("z", file=file)
            shutil.copy("a/b/c.txt", "x/copy.txt")
            assert os.path.exists("x/copy.txt") and os.path.getsize("x/copy.txt") == 1
            assert sorted(os.listdir()) == ["a", "x"]
            assert glob.glob("**/*.txt", recursive=True)
            assert [entry.name for entry in os.scandir("a")] == ["b"]
            assert sorted(str(path) for path in pathlib.Path().rglob("*.txt")) == [
                "a/b/c.txt", "x/copy.txt", "x/y/z.txt"]
            os.rename("x/copy.txt", "moved.txt")
            assert pathlib.Path("moved.txt").read_text() == "c"
            with open("moved.txt", "r+") as file:
                file.seek(0, 2); file.write("d"); file.seek(0)
                assert file.read() == "cd"
            os.truncate("moved.txt", 1)
            assert pathlib.Path(node.data, "moved.txt").read_bytes() == b"c"
            shutil.rmtree("x")
            with tempfile.TemporaryDirectory(dir=".") as folder:
                with tempfile.NamedTemporaryFile(dir=folder) as file:
                    file.write(b"x")
            assert sorted(os.listdir(".")) == ["a", "moved.txt"]
            print("fine")
    """

    async def scenario() -> None:
        await stage.start("n1", source)

    here = os.getcwd()
    stage.run(scenario)
    assert stage.log("n1") == "fine\n"
    assert os.getcwd() == here
