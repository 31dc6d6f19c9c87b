"""The disk model: what a power cut leaves, and the troubles of disks."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planc_runtime.clusters.sim.disk import Disk
from planc_runtime.clusters.sim.files import Descriptor, NodeFile
from planc_runtime.protocols.evidence import Hold
from planc_runtime.protocols.rules import DiskRule

HEAD = """
    import os, pathlib

    def sync(path):
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)

    def put(path, text, *, synced, mode="w"):
        with open(path, mode) as file:
            file.write(text)
            if synced:
                file.flush()
                os.fsync(file.fileno())

    async def main(node):
"""


def after_power_cut(
    stage: Any, *lines: str, earlier: dict[str, str] | None = None
) -> dict[str, str]:
    """Run these lines in a node, cut its power, and return its files."""

    async def scenario() -> dict[str, str]:
        node = stage.node("n1")
        for name, text in (earlier or {}).items():
            (node.placement.data / name).write_text(text)
        body = "".join(f"        {line}\n" for line in lines)
        await stage.start("n1", HEAD + body)
        assert stage.log("n1") == ""
        await node.kill()
        evidence = await stage.world.lose_unsynced("n1")
        assert evidence.hold is Hold.INSTALLED
        root = node.placement.data
        return {
            path.relative_to(root).as_posix(): path.read_text()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }

    return stage.run(scenario)


CASES: list[tuple[str, list[str], dict[str, str]]] = [
    ("unsynced file", ["put('f', 'x', synced=False)"], {}),
    ("synced file", ["put('f', 'x', synced=True)"], {"f": "x"}),
    ("data only", ["put('f', 'x', synced=False)", "sync('f')"], {"f": "x"}),
    (
        "unsynced append",
        ["put('f', 'one', synced=True)", "put('f', 'two', synced=False, mode='a')"],
        {"f": "one"},
    ),
    (
        "synced append",
        ["put('f', 'one', synced=True)", "put('f', 'two', synced=True, mode='a')"],
        {"f": "onetwo"},
    ),
    (
        "unsynced truncation",
        ["put('f', 'one', synced=True)", "os.truncate('f', 1)"],
        {"f": "one"},
    ),
    (
        "unsynced rewrite",
        ["put('f', 'one', synced=True)", "put('f', '2', synced=False)"],
        {"f": "one"},
    ),
    (
        "rename without a sync of the folder",
        ["put('f', 'old', synced=True)", "put('t', 'new', synced=True)", "os.replace('t', 'f')"],
        {"f": "old", "t": "new"},
    ),
    (
        "rename with a sync of the folder",
        [
            "put('f', 'old', synced=True)",
            "put('t', 'new', synced=True)",
            "os.replace('t', 'f')",
            "sync('.')",
        ],
        {"f": "new"},
    ),
    (
        "rename, then a sync of the file",
        ["put('t', 'new', synced=True)", "os.rename('t', 'f')", "sync('f')"],
        {"f": "new"},
    ),
    (
        "name synced by the folder, content never",
        ["put('f', 'x', synced=False)", "sync('.')"],
        {"f": ""},
    ),
    ("unsynced removal", ["put('f', 'x', synced=True)", "os.unlink('f')"], {"f": "x"}),
    ("synced removal", ["put('f', 'x', synced=True)", "os.unlink('f')", "sync('.')"], {}),
    (
        "removed and made anew",
        ["put('f', 'x', synced=True)", "os.unlink('f')", "put('f', 'y', synced=False)"],
        {"f": "x"},
    ),
    (
        "folders",
        ["os.makedirs('a/b')", "put('a/b/f', 'x', synced=True)", "put('a/g', 'y', synced=False)"],
        {"a/b/f": "x"},
    ),
    (
        "renamed folder",
        ["os.mkdir('a')", "put('a/f', 'x', synced=True)", "os.rename('a', 'b')"],
        {"a/f": "x"},
    ),
    (
        "through descriptors",
        [
            "n = os.open('f', os.O_CREAT | os.O_WRONLY)",
            "os.write(n, b'one')",
            "os.fdatasync(n)",
            "os.write(n, b'two')",
            "os.close(n)",
        ],
        {"f": "one"},
    ),
    (
        "renamed to its own name",
        ["put('f', 'x', synced=False)", "os.rename('f', 'f')", "os.rename('f', 'g')"],
        {},
    ),
    ("through pathlib", ["pathlib.Path('f').write_text('x')", "sync('f')"], {"f": "x"}),
]


@pytest.mark.parametrize(("lines", "left"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_a_power_cut_leaves_what_was_synced(
    stage: Any, lines: list[str], left: dict[str, str]
) -> None:
    assert after_power_cut(stage, *lines) == left


def test_what_lay_there_before_is_durable(stage: Any) -> None:
    left = after_power_cut(
        stage,
        "put('touched', 'new', synced=False)",
        "os.unlink('removed')",
        earlier={"touched": "old", "removed": "old", "left": "old"},
    )
    assert left == {"touched": "old", "removed": "old", "left": "old"}


def test_a_power_cut_of_a_running_node_is_skipped(stage: Any) -> None:
    async def scenario() -> Hold:
        await stage.start("n1")
        return (await stage.world.lose_unsynced("n1")).hold

    assert stage.run(scenario) is Hold.SKIPPED


def test_a_kill_keeps_what_was_written_and_drops_what_was_buffered(stage: Any) -> None:
    source = """
        import asyncio

        async def main(node):
            file = open("f", "w")
            file.write("flushed")
            file.flush()
            file.write("buffered")
            await asyncio.Future()
    """

    async def scenario() -> str:
        node = await stage.start("n1", source)
        await node.kill()
        return (node.placement.data / "f").read_text()

    assert stage.run(scenario) == "flushed"
    assert (stage.node("n1").placement.data / "f").read_text() == "flushed"


TRYING = """
    import asyncio, os

    async def answer(reader, writer):
        while command := (await reader.readline()).decode().split():
            try:
                result = {"write": write, "over": over, "sync": sync, "mkdir": mkdir}[command[0]]()
            except OSError as error:
                result = error.errno
            writer.write(f"{result}\\n".encode())

    def write():
        with open("f", "ab") as file:
            file.write(b"x" * 100)

    def over():
        with open("f", "r+b") as file:
            file.write(b"y")

    def sync():
        with open("f", "ab") as file:
            os.fsync(file)

    def mkdir():
        os.mkdir("folder")

    async def main(node):
        await asyncio.start_server(answer, None, 7000)
        await asyncio.Future()
"""


def test_a_full_disk_refuses_what_needs_room(stage: Any) -> None:
    async def scenario() -> list[str]:
        await stage.start("n1", TRYING)
        answers = [await stage.ask("n1", "write")]
        lease = await stage.world.set_disk("n1", DiskRule(full=True))
        answers += [await stage.ask("n1", command) for command in ("write", "over", "mkdir")]
        assert (await lease.heal()).data["writes refused"] == 2
        return [*answers, await stage.ask("n1", "write")]

    assert stage.run(scenario) == ["None", "28", "None", "28", "None"]


def test_who_asks_for_room_is_told_what_the_simulated_disk_has(stage: Any) -> None:
    asking = """
    import asyncio, os, shutil

    async def answer(reader, writer):
        while await reader.readline():
            with open("f", "ab") as file:
                free = os.fstatvfs(file.fileno()).f_bfree
            told = (free, os.statvfs(".").f_bavail, shutil.disk_usage(os.path.abspath("f")).free)
            writer.write(f"{told}\\n".encode())

    async def main(node):
        with open("f", "wb") as file:
            file.write(b"x" * 5000)
        await asyncio.start_server(answer, None, 7000)
        await asyncio.Future()
    """

    async def scenario() -> list[str]:
        await stage.start("n1", asking)
        answers = [await stage.ask("n1", "?")]
        lease = await stage.world.set_disk("n1", DiskRule(full=True))
        answers.append(await stage.ask("n1", "?"))
        assert (await lease.heal()).data["times told that there is no room"] == 3
        return [*answers, await stage.ask("n1", "?")]

    blocks = (16 << 30) // 4096 - 2
    whole = str((blocks, blocks, blocks * 4096))
    assert stage.run(scenario) == [whole, "(0, 0, 0)", whole]


def test_a_failing_sync_syncs_nothing(stage: Any) -> None:
    async def scenario() -> tuple[list[str], bytes]:
        node = await stage.start("n1", TRYING)
        answers = [await stage.ask("n1", command) for command in ("write", "sync", "write")]
        lease = await stage.world.set_disk("n1", DiskRule(fail_sync=True))
        answers.append(await stage.ask("n1", "sync"))
        assert (await lease.heal()).data["syncs failed"] == 1
        await node.kill()
        await stage.world.lose_unsynced("n1")
        return answers, (node.placement.data / "f").read_bytes()

    assert stage.run(scenario) == (["None", "None", "None", "5"], b"x" * 100)


def test_a_slow_disk_blocks_the_process_and_nobody_else(stage: Any) -> None:
    async def scenario() -> list[float]:
        await stage.start("n1", TRYING)
        await stage.start("n2", TRYING)
        await stage.ask("n1", "write")
        await stage.world.set_disk("n1", DiskRule(delay=2.0))
        began = stage.world.now()

        async def timed(name: str, command: str) -> float:
            await stage.ask(name, command)
            return stage.world.now() - began

        asking = [("n1", "sync"), ("n1", "write"), ("n2", "write"), ("n2", "sync")]
        return await asyncio.gather(*(timed(*one) for one in asking))

    syncing, behind, other, others_sync = stage.run(scenario)
    assert syncing == pytest.approx(2.0, abs=0.01)
    assert behind == pytest.approx(2.0, abs=0.01)
    assert other < 0.01
    assert others_sync < 0.01


def test_a_slow_sync_in_a_thread_does_not_block_the_loop(stage: Any) -> None:
    source = """
        import asyncio, os, time

        async def main(node):
            with open("f", "w") as file:
                syncing = asyncio.create_task(asyncio.to_thread(os.fsync, file))
                await asyncio.sleep(1)
                print("tick", round(time.time() % 60))
                await syncing
                print("synced", round(time.time() % 60))
    """

    async def scenario() -> None:
        stage.node("n1")
        await stage.world.set_disk("n1", DiskRule(delay=5.0))
        await stage.start("n1", source)
        await asyncio.sleep(10)

    stage.run(scenario)
    assert stage.log("n1") == "tick 1\nsynced 5\n"


def test_flipped_bits_reach_cache_and_medium(stage: Any) -> None:
    async def scenario() -> tuple[bytes, bytes, bytes]:
        node = await stage.start("n1", TRYING)
        for command in ("write", "sync"):
            await stage.ask("n1", command)
        (node.placement.data / "other").write_bytes(b"x" * 100)
        await node.kill()
        await stage.world.flip_bits("n1", "f*", 5)
        path = node.placement.data / "f"
        cached = path.read_bytes()
        await stage.world.lose_unsynced("n1")
        return cached, path.read_bytes(), (node.placement.data / "other").read_bytes()

    cached, durable, other = stage.run(scenario)
    assert cached == durable != b"x" * 100
    assert other == b"x" * 100
    assert stage.run(scenario) == (cached, durable, other)


def test_no_bits_to_flip_is_skipped(stage: Any) -> None:
    async def scenario() -> Hold:
        await stage.start("n1")
        return (await stage.world.flip_bits("n1", "nothing/*", 1)).hold

    assert stage.run(scenario) is Hold.SKIPPED


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.binary(min_size=1, max_size=9)),
        st.tuples(st.just("write at"), st.integers(0, 12), st.binary(min_size=1, max_size=9)),
        st.tuples(st.just("truncate"), st.integers(0, 12)),
        st.tuples(st.just("sync")),
        st.tuples(st.just("cut")),
    ),
    max_size=30,
)


class _Nobody:
    """As much of a process as an open file needs."""

    dead = False

    def adopt(self, resource: Any) -> None: ...

    def disown(self, resource: Any) -> None: ...


@settings(deadline=None)
@given(steps=STEPS)
def test_durable_content_is_that_of_the_last_sync(
    steps: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root: Path = tmp_path_factory.mktemp("disk")
    path = os.path.realpath(root / "f")
    disk = Disk()
    disk.mount(root)
    Path(path).write_bytes(b"")
    tracked = disk.touch(path)
    assert tracked is not None
    now = durable = b""
    for step, *details in steps:
        descriptor: Any = Descriptor(_Nobody(), disk, disk.touch(path))  # type: ignore[arg-type]
        with NodeFile(path, "r+", descriptor, True, None) as file:
            if step == "append":
                file.seek(0, os.SEEK_END)
                file.write(details[0])
                now += details[0]
            elif step == "write at":
                at, data = details
                file.seek(at)
                file.write(data)
                now = now.ljust(at, b"\0")
                now = now[:at] + data + now[at + len(data) :]
            elif step == "truncate":
                file.truncate(details[0])
                now = now[: details[0]].ljust(details[0], b"\0")
            elif step == "sync":
                disk.sync_file(descriptor.file)
                durable = now
        if step == "cut":
            disk.lose_unsynced()
            now = durable
        assert Path(path).read_bytes() == now
