"""Generated modules under pytest as its users run it, with no wrapper, on real processes."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLAN = """plan "Two labs at once" { }

service counter {
  python "counter:main"
  ports  http 8080
  ready  GET "/" on http has code == 200 within 20s
}

cluster both {
  nodes 2 of counter
}

scenario "first" {
  let reply = http GET "http://{both.n1.ip}:8080/"
  expect reply.json.calls == 2
  partition both.n1 | both.n2 for 200ms
}

scenario "second" {
  let reply = http GET "http://{both.n1.ip}:8080/"
  expect reply.json.calls == 2
  partition both.n1 | both.n2 for 200ms
}

scenario "third, which fails" {
  expect both.n1.ip == "0.0.0.0"
}
"""
NODE = '''
import asyncio
import json


async def main(node):
    """Tell how often it was asked: by the readiness probe, and by the test."""
    calls = 0

    async def serve(reader, writer):
        nonlocal calls
        await reader.readuntil(b"\\r\\n\\r\\n")
        calls += 1
        body = json.dumps({"calls": calls}).encode()
        writer.write(b"HTTP/1.1 200 OK\\r\\nconnection: close\\r\\n")
        writer.write(b"content-type: application/json\\r\\n")
        writer.write(b"content-length: %d\\r\\n\\r\\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, node.address, node.ports["http"])
    await server.serve_forever()
'''

pytestmark = pytest.mark.usefixtures("lab")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "plans").mkdir()
    (folder / "plans" / "labs.plan").write_text(PLAN)
    (folder / "plans" / "counter.py").write_text(NODE)
    compiled = subprocess.run(
        [sys.executable, "-m", "planc", "compile", "plans"], cwd=folder, capture_output=True
    )
    assert compiled.returncode == 0, compiled.stdout
    return folder


def run_pytest(folder: Path, *options: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    shutil.rmtree(folder / "reports", ignore_errors=True)
    command = ["-m", "pytest", "-p", "no:cacheprovider", "generated", "--planc-backend", "local"]
    env = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, *command, *options],
        cwd=folder, env=env, input=typed, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def verdicts(folder: Path) -> dict[str, str]:
    found = {}
    for path in (folder / "reports").glob("*/scenarios/*/summary.json"):
        summary = json.loads(path.read_text())
        found[summary["title"]] = summary["verdict"]
    return found


EXPECTED = {"first": "passed", "second": "passed", "third, which fails": "failed"}


def test_workers_of_xdist_do_not_see_each_other(project: Path) -> None:
    """Both scenarios have nodes of the same names, addresses and ports, and cut the same link."""
    ended = run_pytest(project, "-n", "2")
    assert ended.returncode == 1, ended.stdout
    assert verdicts(project) == EXPECTED, ended.stdout


def test_one_scenario_can_be_chosen(project: Path) -> None:
    ended = run_pytest(project, "-k", "second")
    assert ended.returncode == 0, ended.stdout
    assert verdicts(project) == {"second": "passed"}


def test_the_debugger_opens_where_a_scenario_failed(project: Path) -> None:
    ended = run_pytest(project, "-k", "third", "--pdb", typed="p 6 * 7\nc\n")
    assert "(Pdb)" in ended.stdout, ended.stdout
    assert re.search(r"^(\(Pdb\) )?42$", ended.stdout, re.MULTILINE), ended.stdout
    assert verdicts(project) == {"third, which fails": "failed"}


def test_nodes_are_measured_without_a_wrapper(project: Path) -> None:
    ended = run_pytest(project, "-k", "first", "--planc-coverage")
    assert ended.returncode == 0, ended.stdout
    measured = list((project / "reports").rglob(".coverage*"))
    assert measured, ended.stdout
