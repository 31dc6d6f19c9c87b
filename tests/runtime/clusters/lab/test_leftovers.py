"""Whatever ends, no namespace, interface, mount or process is left, and no descriptor."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.local import proc
from planc_runtime.protocols.rules import LinkRule
from planc_runtime.testing.scene import Scene

from .conftest import Play

CYCLES = 10
LIMIT = 10.0
PAIRS = frozenset({("n1", "n2")})

VICTIM = """
import asyncio, sys, pathlib
from planc_runtime.clusters.local.backend import LocalBackend
from planc_runtime.protocols.backend import Settings
from planc_runtime.protocols.rules import LinkRule
from planc_runtime.testing.scene import Scene

async def main(world):
    await Scene(world).start("n1", "n2")
    await world.impair(frozenset({("n1", "n2")}), LinkRule(delay=0.05))
    await world.impair(frozenset({("n2", "n1")}), LinkRule(cut=True))
    print(world._control.warden_pid, flush=True)
    await asyncio.Event().wait()

LocalBackend().execute(Settings(1, pathlib.Path(sys.argv[1])), main)
"""


def spaces(pids: list[int]) -> set[str]:
    """The network namespaces that processes are in."""
    found = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            found.add(os.readlink(f"/proc/{pid}/ns/net"))
    return found


@contextlib.contextmanager
def held(pids: list[int]) -> Iterator[None]:
    """Keep the network namespaces of processes, so that nobody else's gets the number of one."""
    with contextlib.ExitStack() as stack:
        for pid in pids:
            with contextlib.suppress(OSError):
                stack.callback(os.close, os.open(f"/proc/{pid}/ns/net", os.O_RDONLY))
        yield


def everybody() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def alive(pids: list[int]) -> list[int]:
    """Those that have not ended, whether or not their parent has taken notice."""
    entries = [proc.read(pid) for pid in pids]
    return [entry.pid for entry in entries if entry is not None and entry.state not in proc.GONE]


def state() -> dict[str, Any]:
    """What of this machine a lab might leave something in."""
    return {
        "interfaces": sorted(os.listdir("/sys/class/net")),
        "mounts": Path("/proc/self/mounts").read_text().count("\n"),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "children": len(proc.descendants(os.getpid())),
        "space": os.readlink("/proc/self/ns/net"),
    }


def wait_until(done: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + LIMIT
    while not done():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def test_worlds_come_and_go_without_a_trace(rung: str, tmp_path: Path) -> None:
    from planc_runtime.clusters.local.backend import LocalBackend
    from planc_runtime.protocols.backend import Settings

    async def main(world: Any) -> list[int]:
        scene = Scene(world)
        await scene.start("n1", "n2")
        await world.impair(PAIRS, LinkRule(cut=True))
        await world.impair(PAIRS, LinkRule(loss=0.1))
        return [p.pid for p in proc.descendants(os.getpid())]

    def cycle(number: int) -> None:
        folder = tmp_path / str(number)
        pids = LocalBackend().execute(Settings(1, folder), main)
        assert len(pids) >= 6
        # At once, unless the machine is so busy that the warden is killed before it is through.
        wait_until(lambda: not alive(pids), "processes are left")

    cycle(0)
    before = state()
    for number in range(1, CYCLES + 1):
        cycle(number)
    assert state() == before


@pytest.mark.parametrize("killed", ["test", "warden", "warden and test"])
def test_nobody_is_left_after_a_kill(rung: str, killed: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", VICTIM, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        warden = int(victim.stdout.readline())
        family = [p.pid for p in proc.descendants(victim.pid)]
        with held(family):
            inside = spaces(family) - spaces([os.getpid()])
            # The hub and two hosts with somebody on them; tester's and client's have nobody.
            assert len(inside) == 3
            if "warden" in killed:
                os.kill(warden, signal.SIGKILL)
            if "test" in killed:
                victim.kill()
            try:
                wait_until(lambda: not alive(family), "processes are left")
            finally:
                victim.kill()
            assert not spaces(everybody()) & inside


@pytest.mark.usefixtures("lab")
def test_a_scenario_that_breaks_leaves_nothing(play: Play) -> None:
    async def main(scene: Scene) -> None:
        world: Any = scene.world
        await scene.start("n1", "n2")
        await world.impair(PAIRS, LinkRule(cut=True))
        raise ZeroDivisionError

    async def nothing(scene: Scene) -> None:
        await asyncio.sleep(0)

    play(nothing)
    before = state()
    with pytest.raises(ZeroDivisionError):
        play(main)
    assert state() == before
