"""Kill all of a run at once, at a random moment, and look for what is left of it.

    python -m tests.soak.storm [--times 20] [--seed 1] [--rung userns]

Each time `planc run` is begun with a plan of three nodes, load and faults; a moment later every
process of it gets SIGKILL in one sweep, from the command itself to the last program of a node. Who
was forked while they were swept has to end by itself. Done on every rung that this machine and this
user have.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import NamedTuple

from tests.soak.counting import marked

from planc_runtime.clusters.lab import rungs
from planc_runtime.clusters.lab.station import LOOPBACK

ROOT = Path(__file__).parents[2]
MARK = "PLANC_STORM"
LIMIT = 5.0
"""Seconds after which nothing may live."""
LONGEST = 6.0
"""Seconds from the beginning of a run, or of its last node, within which it is ended."""
EARLY = 0.25
"""The share of runs that are ended before or while their nodes come up."""
PATIENCE = 60.0
PLAN = """
plan "A storm" {{
  owner    "tests"
  severity low
}}

use "systems/raft.plan"

cluster store {{
  nodes 3 of raft_kv
}}

workload registers on store {{
  client  kv
  clients 4
  think   20ms
  mix     read 50%, write 50%
  keys    5 uniform
}}

scenario "until it is killed" {{
  timeout 60s
  run registers for 30s {{
    {faults}
  }}
}}
"""
LINKS = """at 500ms  slow links of n1 by 20ms for 20s
    at 1s     partition n2 | n1, n3 for 20s
    """
ANYWHERE = """at 500ms  skew n1 by 1h for 20s
    at 1s     slow disk of n2 by 20ms for 20s
    at 2s     pause n3 for 20s"""


class Left(NamedTuple):
    """What is there after a run that was not there before."""

    processes: list[str]
    places: list[str]
    """Mounts, interfaces, named network namespaces."""
    files: list[str]
    """Outside of the folders in which a run writes."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.storm", description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rung", choices=rungs.RUNGS)
    options = parser.parse_args()
    who = "root" if os.geteuid() == 0 else "ordinary user"
    print("| who | rung | runs | killed at once, on average | left | last one gone after, s |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    failed = False
    for rung in [options.rung] if options.rung else rungs.RUNGS:
        if rung != LOOPBACK and not rungs.attempt(rung).abilities:
            print(f"| {who} | {rung} | refused: {rungs.attempt(rung).missing['partition']} |")
            continue
        draw = random.Random(f"{options.seed}/{rung}")
        killed, left, slowest = storms(rung, options.times, draw)
        print(
            f"| {who} | {rung} | {options.times} | {killed / options.times:.0f} processes |"
            f" {len(left)} | {slowest:.2f} |",
            flush=True,
        )
        for line in left:
            print("LEFT BEHIND:", line)
        failed = failed or bool(left)
    return 1 if failed else 0


def storms(rung: str, times: int, draw: random.Random) -> tuple[int, list[str], float]:
    """Return how many processes were killed, what was left, and the slowest end."""
    killed, left, slowest = 0, list[str](), 0.0
    for _ in range(times):
        with tempfile.TemporaryDirectory(prefix="planc-storm-") as folder:
            early, moment = draw.random() < EARLY, draw.uniform(0.0, LONGEST)
            swept, found, took = storm(rung, moment, Path(folder), early=early)
        killed, slowest = killed + swept, max(slowest, took)
        left += [*found.processes, *found.places, *found.files]
    return killed, left, slowest


def storm(rung: str, moment: float, folder: Path, *, early: bool) -> tuple[int, Left, float]:
    """Begin a run, sweep it away so many seconds later, and look."""
    project, temporary = folder / "project", folder / "tmp"
    temporary.mkdir()
    shutil.copytree(ROOT / "plans/consensus/systems", project / "plans/systems")
    faults = ANYWHERE if rung == LOOPBACK else LINKS + ANYWHERE
    (project / "plans/storm.plan").write_text(PLAN.format(faults=faults))
    places, files = _places(), _files(folder)
    word = uuid.uuid4().hex
    environment = {
        **os.environ, MARK: word, rungs.VARIABLE: rung, "TMPDIR": str(temporary),
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    run = subprocess.Popen(
        [sys.executable, "-m", "planc", "run", "plans", "--on", "local", "--no-coverage"],
        cwd=project, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    if not early:
        _wait_for_nodes(project)
    time.sleep(moment)
    victims = marked(word)
    for pid in victims:
        _kill(pid)
    run.wait()
    took = _wait_gone(word)
    processes = [f"pid {pid}: {_command(pid)}" for pid in marked(word)]
    for pid in marked(word):
        _kill(pid)
    left = Left(processes, sorted(_places() - places), sorted(_files(folder) - files))
    return len(victims), left, took


def _wait_for_nodes(project: Path) -> None:
    began = time.monotonic()
    while not list(project.glob("reports/**/logs/n3.log")) and time.monotonic() - began < PATIENCE:
        time.sleep(0.02)


def _wait_gone(word: str) -> float:
    began = time.monotonic()
    while marked(word) and time.monotonic() - began < LIMIT:
        time.sleep(0.01)
    return time.monotonic() - began


def _places() -> set[str]:
    """Mounts and interfaces of planc's that this process can see, and named namespaces."""
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    named = Path("/run/netns")
    return {
        *(f"mount {line.split()[4]}" for line in mounts if "planc" in line),
        *(f"interface {name}" for name in os.listdir("/sys/class/net")),
        *(f"namespace {path.name}" for path in (named.iterdir() if named.is_dir() else ())),
    }


def _files(folder: Path) -> set[str]:
    """What lies where a run has no business: beside its reports, modules and cache."""
    own = ("project/reports", "project/generated", "project/.planc", "project/.pytest_cache")
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    return {path for path in found if not path.startswith(own)}


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:80]
    except OSError:
        return "(gone meanwhile)"


if __name__ == "__main__":
    sys.exit(main())
