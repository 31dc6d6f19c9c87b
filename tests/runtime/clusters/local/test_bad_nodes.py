"""Bad nodes, as a user meets them: what `planc run` says, and that the cluster comes down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from planc_runtime.clusters.local import proc
from planc_runtime.clusters.local.warden.log import VARIABLE

from .conftest import MARK, Run, Stage, line_in, marked

NODE = Path(__file__).with_name("bad_node.py")
LIMIT = 1 << 20
PLAN = """
plan "Nodes that behave badly: {how}" {{
  owner "tests"
  severity low
  about "What is said of them."
}}

service bad {{
  command "{python} -S {node} {how} {{node.ip}} {{port.main}}"
  ports   main 7000
  ready   tcp on main within 3s
  stop    SIGTERM, then SIGKILL after 500ms
}}

cluster c {{ nodes 1 of bad }}

scenario "it runs" {{
  timeout 20s
  {step}
  expect count(running(c)) == 1
}}
"""
STEPS = {"greedy": "limit memory of c to 64MiB for 4s\n  wait 3s"}
BAD = ("deaf", "daemon", "forking", "talkative", "elsewhere", "silent", "broken", "greedy")


class Reports:
    """What a run of all bad nodes has left."""

    def __init__(self, folder: Path, output: str) -> None:
        self._folder = folder
        self.output = output

    def of(self, how: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self._scenario(how) / "summary.json").read_text())
        return found

    def log(self, how: str) -> Path:
        return self._scenario(how) / "logs" / "n1.log"

    def _scenario(self, how: str) -> Path:
        return self._folder / how / "scenarios" / "test_it_runs"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    folder = tmp_path_factory.mktemp("bad")
    (folder / "plans").mkdir()
    for how in BAD:
        step = STEPS.get(how, "wait 300ms")
        text = PLAN.format(how=how, python=sys.executable, node=NODE, step=step)
        (folder / "plans" / f"{how}.plan").write_text(text)
    command = [sys.executable, "-m", "planc", "run", "plans", "--on", "local", "--no-coverage"]
    word = f"bad nodes of {os.getpid()}"
    environment = {**os.environ, MARK: word, VARIABLE: str(LIMIT), "COLUMNS": "400"}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, env=environment
    )
    assert marked(word) == [], "nothing outlives the run"
    return Reports(folder / "reports", done.stdout + done.stderr)


@pytest.mark.parametrize("how", ["deaf", "daemon", "forking", "talkative"])
def test_bad_manners_are_no_reason_to_fail(reports: Reports, how: str) -> None:
    assert reports.of(how)["verdict"] == "passed", reports.output


@pytest.mark.parametrize(
    ("how", "words", "last"),
    [
        ("broken", "ended before it was ready, with exit status 1", "cannot find my config"),
        ("silent", "was not ready within 3 s: it listens nowhere", "begins"),
        ("elsewhere", "was not ready within 3 s: it listens at 127.0.0.1:7000", "listens at 127"),
        ("greedy", "ended by itself, with status 1", "MemoryError"),
    ],
)
def test_node_log_and_last_lines_are_named(
    reports: Reports, how: str, words: str, last: str
) -> None:
    assert reports.of(how)["verdict"] in ("error", "failed")
    assert f"node n1 {words}" in reports.output
    told = reports.output.partition(f"{how}.plan:")[2]
    assert str(reports.log(how)) in reports.output
    assert last in told


def test_the_log_of_a_talkative_node_is_bounded(reports: Reports) -> None:
    text = reports.log("talkative").read_text()
    assert len(text) < LIMIT
    assert text.startswith("begins\n")
    assert "the last words\n" in text[-1000:]
    assert text.splitlines()[-1].startswith("[planc: a log may hold 1.0 MiB; 2")


@pytest.mark.parametrize("how", ["deaf", "daemon", "forking", "talkative"])
def test_the_world_of_a_bad_node_closes_in_time(run: Run, mark: str, how: str) -> None:
    began = [0.0]

    async def main(stage: Stage) -> None:
        node = stage.place("n1", main=7000)
        place = node.placement
        argv = (sys.executable, "-S", str(NODE), how, place.address, "7000")
        await node.start(stage.launch("n1", *argv))
        await line_in(place.log, "listens at")
        began[0] = time.monotonic()

    run(main)
    assert time.monotonic() - began[0] < 5.0, "the promise to users"
    assert marked(mark) == []


@pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="IPv6 is off")
def test_where_a_process_listens_is_told(run: Run) -> None:
    async def main(stage: Stage) -> list[list[str]]:
        source = (
            "import socket, time; a = socket.create_server(('127.0.0.1', 7001));"
            "b = socket.create_server(('::1', 7002), family=socket.AF_INET6);"
            "print('up', flush=True); time.sleep(1000)"
        )
        node = await stage.python("n1", source)
        other = await stage.program("n2", "sleep", "1000")
        await line_in(node.placement.log, "up")
        assert proc.listening(other.life.started.result().pid) == []
        return [stage.world.listeners(name) for name in ("n1", "n2")]

    assert run(main) == [["127.0.0.1:7001", "[::1]:7002"], []]
