"""Power cuts of real processes: the same is left as in the simulator, whatever it takes."""

from __future__ import annotations

import os
import random
import signal
import sys
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.runtime.clusters.machine.conftest import Compiled, Stage, eventually, line_in
from tests.runtime.clusters.machine.watched import in_watched_world
from tests.runtime.clusters.sim.conftest import Stage as SimStage
from tests.runtime.clusters.sim.test_disk import CASES, HEAD, after_power_cut

from planc_runtime.protocols.evidence import Evidence, Hold

HELPERS = textwrap.dedent(HEAD.rpartition("    async def")[0])

RunWatched = Callable[[Callable[[Stage], Awaitable[Any]]], Any]
Files = dict[str, str]


@pytest.fixture
def run(tmp_path: Path, mark: str) -> RunWatched:
    """Run in a world that knows that power will be cut."""

    def in_world(main: Callable[[Stage], Awaitable[Any]]) -> Any:
        return in_watched_world(
            tmp_path / "scenario", "lose_unsynced", lambda world: main(Stage(world, mark))
        )

    return in_world


def files(root: Path) -> Files:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


async def cut_after(stage: Stage, source: str, name: str = "n1") -> tuple[Any, Evidence]:
    """Run a program until it says so, kill it and cut the power."""
    source += "\nimport time; print('done', flush=True); time.sleep(1000)"
    node = await stage.python(name, source)
    await line_in(node.placement.log, "done")
    await node.kill()
    return node, await stage.world.lose_unsynced(name)


def in_folders(scripts: dict[str, list[str]]) -> str:
    """Source text that runs each script in a folder of its own."""
    parts = [HELPERS, "home = os.getcwd()"]
    for folder, lines in scripts.items():
        parts += [f"os.mkdir({folder!r}); os.chdir({folder!r})", *lines, "os.chdir(home)"]
    return "\n".join(parts)


def test_a_power_cut_leaves_what_it_leaves_in_the_simulator(run: RunWatched) -> None:
    async def main(stage: Stage) -> dict[str, Files]:
        scripts = {f"{number}": case[1] for number, case in enumerate(CASES)}
        node, evidence = await cut_after(stage, in_folders(scripts))
        assert evidence.hold is Hold.INSTALLED, evidence.proof
        return {name: files(node.placement.data / f"{i}") for i, (name, *_) in enumerate(CASES)}

    assert run(main) == {name: left for name, _, left in CASES}


NAMES = "abc"


def drawn(seed: int) -> list[str]:
    """A script of changes and syncs of a few files."""
    draw = random.Random(seed)
    lines, alive = ["pass"], set[str]()
    for step in range(draw.randint(4, 14)):
        fresh, known = draw.choice(NAMES), draw.choice(sorted(alive) or ["-"])
        kind = draw.choice(
            ["write", "append", "patch", "sync", "rename", "unlink", "cut", "folder"]
        )
        if kind == "write":
            lines.append(f"put('{fresh}', '{step:x}' * {draw.randint(1, 9)}, synced=False)")
            alive.add(fresh)
        elif kind == "folder":
            lines.append("sync('.')")
        elif known == "-":
            continue
        elif kind == "append":
            lines.append(f"put('{known}', '{step:x}' * 3, synced={draw.random() < 0.3}, mode='a')")
        elif kind == "patch":
            offset = draw.randint(0, 4)
            lines.append(f"n = os.open('{known}', os.O_RDWR)")
            lines.append(f"os.pwrite(n, b'{step:x}' * 2, {offset}); os.close(n)")
        elif kind == "sync":
            lines.append(f"sync('{known}')")
        elif kind == "rename":
            lines.append(f"os.rename('{known}', '{fresh}')")
            alive = alive - {known} | {fresh}
        elif kind == "unlink":
            lines.append(f"os.unlink('{known}')")
            alive.discard(known)
        else:
            lines.append(f"os.truncate('{known}', {draw.randint(0, 6)})")
    return lines


def test_drawn_scripts_end_alike_on_both(run: RunWatched, tmp_path: Path) -> None:
    scripts = {f"s{seed}": drawn(seed) for seed in range(60)}

    async def main(stage: Stage) -> dict[str, Files]:
        node, _ = await cut_after(stage, in_folders(scripts))
        return {name: files(node.placement.data / name) for name in scripts}

    left = run(main)
    for name, lines in scripts.items():
        (tmp_path / name).mkdir()
        expected = after_power_cut(SimStage(tmp_path / name), *lines)
        assert left[name] == expected, (name, lines)


def test_what_a_killed_node_had_not_synced_is_lost_by_a_later_cut(run: RunWatched) -> None:
    async def main(stage: Stage) -> tuple[Files, Files]:
        node = await stage.python("n1", HELPERS + "put('f', 'one', synced=True)")
        await node.wait_exit()
        append = "put('f', 'two', synced=False, mode='a')"
        await node.start(stage.launch("n1", sys.executable, "-c", HELPERS + append))
        await node.wait_exit()
        written = files(node.placement.data)
        await node.start(stage.launch("n1", sys.executable, "-c", "open('f').read()"))
        await node.wait_exit()
        await stage.world.lose_unsynced("n1")
        return written, files(node.placement.data)

    assert run(main) == ({"f": "onetwo"}, {"f": "one"})


def test_a_second_cut_takes_nothing_that_the_first_has_left(run: RunWatched) -> None:
    async def main(stage: Stage) -> tuple[str, dict[str, Any]]:
        node, _ = await cut_after(stage, HELPERS + "put('f', 'one', synced=True)")
        again = await stage.world.lose_unsynced("n1")
        return files(node.placement.data)["f"], dict(again.data)

    assert run(main) == ("one", {"files": 0, "bytes": 0, "names": 0})


def test_the_evidence_counts(run: RunWatched) -> None:
    async def main(stage: Stage) -> Evidence:
        source = "put('f', 'one', synced=True); put('f', 'x' * 100, synced=False, mode='a')"
        _, evidence = await cut_after(stage, HELPERS + source)
        return evidence

    evidence = run(main)
    assert evidence.hold is Hold.INSTALLED
    assert evidence.data == {"files": 1, "bytes": 100, "names": 0}
    assert "lost 100 unsynced bytes in 1 files" in evidence.proof


def test_a_node_that_has_written_nothing_proves_nothing(run: RunWatched) -> None:
    async def main(stage: Stage) -> Hold:
        _, evidence = await cut_after(stage, "")
        return evidence.hold

    assert run(main) is Hold.INDETERMINATE


def test_nothing_is_known_when_the_keeper_was_killed(run: RunWatched) -> None:
    async def main(stage: Stage) -> Evidence:
        source = "put('f', 'x', synced=False)\nimport time; time.sleep(1000)"
        node = await stage.python("n1", HELPERS + source)
        await eventually((node.placement.data / "f").exists)
        os.kill(node.life.started.result().keeper, signal.SIGKILL)
        await node.wait_exit()
        evidence: Evidence = await stage.world.lose_unsynced("n1")
        return evidence

    evidence = run(main)
    assert evidence.hold is Hold.INDETERMINATE
    assert "nothing is known" in evidence.proof


def test_only_a_node_that_is_down_can_lose_power(run: RunWatched) -> None:
    async def main(stage: Stage) -> Hold:
        await stage.program("n1", "sleep", "1000")
        return (await stage.world.lose_unsynced("n1")).hold

    assert run(main) is Hold.SKIPPED


def test_nothing_of_the_journal_is_left(run: RunWatched, tmp_path: Path) -> None:
    async def main(stage: Stage) -> None:
        await cut_after(stage, HELPERS + "put('f', 'one', synced=False); os.rename('f', 'g')")

    run(main)
    assert sorted(os.listdir(tmp_path / "scenario")) == ["data", "logs", *_lab(tmp_path)]


def _lab(tmp_path: Path) -> list[str]:
    return ["names"] if (tmp_path / "scenario" / "names").exists() else []


WAYS = {
    "O_DSYNC": ("n = os.open('f', os.O_WRONLY | os.O_CREAT | os.O_DSYNC); os.write(n, b'x')", "x"),
    "msync": (
        "import mmap; put('f', '....', synced=True); n = os.open('f', os.O_RDWR)\n"
        "page = mmap.mmap(n, 4); page[0:2] = b'ab'; page.flush(); page[2:4] = b'cd'",
        "ab..",
    ),
    "preallocated": (
        "n = os.open('f', os.O_RDWR | os.O_CREAT); os.posix_fallocate(n, 0, 4); os.fsync(n)\n"
        "os.write(n, b'ab'); os.fdatasync(n); os.write(n, b'cd')",
        "ab\0\0",
    ),
    "writev": (
        "n = os.open('f', os.O_WRONLY | os.O_CREAT); os.fsync(n); os.writev(n, [b'a', b'b'])",
        "",
    ),
    "copy_file_range": (
        "put('f', 'ab', synced=True); put('g', 'cd', synced=True)\n"
        "n = os.open('f', os.O_WRONLY); os.copy_file_range(os.open('g', 0), n, 2)",
        "ab",
    ),
    "by another process": (
        "put('f', 'ab', synced=True)\nimport subprocess; subprocess.run(['sh', '-c', 'echo >> f'])",
        "ab",
    ),
    "a link": ("put('f', 'ab', synced=True); os.link('f', 'g'); os.unlink('f')", "ab"),
    "relative to a folder": (
        "put('f', 'ab', synced=True); n = os.open('.', 0); os.unlink('f', dir_fd=n)",
        "ab",
    ),
}  # fmt: skip


def test_whatever_the_way_of_writing(run: RunWatched) -> None:
    async def main(stage: Stage) -> dict[str, str]:
        scripts = {way: lines.split("\n") for way, (lines, _) in WAYS.items()}
        node, evidence = await cut_after(stage, in_folders(scripts))
        assert evidence.hold is not Hold.SKIPPED
        return {way: files(node.placement.data / way).get("f", "gone") for way in WAYS}

    assert run(main) == {way: left for way, (_, left) in WAYS.items()}


def test_a_sync_of_everything_makes_everything_durable(run: RunWatched) -> None:
    async def main(stage: Stage) -> Files:
        source = "put('f', 'ab', synced=False); os.sync(); put('f', 'c', synced=False, mode='a')"
        node, _ = await cut_after(stage, HELPERS + source)
        return files(node.placement.data)

    assert run(main) == {"f": "ab"}


FOLDERS = """
os.mkdir('wal.tmp'); put('wal.tmp/0', 'log', synced=True); os.rename('wal.tmp', 'wal')
os.mkdir('snap'); sync('.')
put('wal/0', '+', synced=True, mode='a'); os.rename('snap', 'snapshots')
os.mkdir('old'); put('old/f', 'x', synced=True); os.unlink('old/f'); os.rmdir('old')
"""


def test_a_renamed_folder_takes_its_files_along_and_a_removed_one_comes_back(
    run: RunWatched,
) -> None:
    async def main(stage: Stage) -> tuple[Files, list[str]]:
        node, _ = await cut_after(stage, HELPERS + FOLDERS)
        data = node.placement.data
        return files(data), sorted(os.listdir(data))

    assert run(main) == ({"old/f": "x", "wal/0": "log+"}, ["old", "snap", "wal"])


C_WRITER = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <pthread.h>
#include <unistd.h>
static int file;
static void *append(void *unused) {
  for (int i = 0; i < 500; i++) write(file, "0123456789", 10);
  return unused;
}
int main(void) {
  pthread_t threads[4];
  file = open("f", O_WRONLY | O_CREAT | O_APPEND, 0600);
  write(file, "head", 4);
  fsync(file);
  for (int i = 0; i < 4; i++) pthread_create(threads + i, 0, append, 0);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
  puts("done");
  fflush(stdout);
  pause();
}
"""


def test_threads_that_write_at_once_lose_all_of_it(run: RunWatched, compiled: Compiled) -> None:
    async def main(stage: Stage) -> tuple[str, int]:
        node = await stage.program("n1", compiled(C_WRITER))
        await line_in(node.placement.log, "done")
        await node.kill()
        evidence = await stage.world.lose_unsynced("n1")
        return files(node.placement.data)["f"], evidence.data["bytes"]

    assert run(main) == ("head", 4 * 500 * 10)
