"""A service that speaks nothing but IPv6: it gets ready, is asked, loaded and troubled by it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from planc_runtime.clusters.lab import rungs
from planc_runtime.engine.nodes.bringup import _is_named

PLAN = """
plan "IPv6 and nothing else" {{
  owner    "tests"
  severity low
}}

service web {{
  command "{python} -S -u -m http.server --bind {{node.ip6}} {{port.http}}"
  ports   http 8080
  ready   GET "/" on http has code == 200 within 30s
}}

client pages over http on port http {{
  read(k) GET "/" returns "page"
  route any
}}

cluster c {{
  nodes 2 of web
}}

workload readers on c {{
  client  pages
  clients 2
  think   20ms
  mix     read 100%
  keys    2 uniform
}}

scenario "it serves" {{
  timeout 60s
  let reply = http GET "{{url(c.n1, http)}}/"
  expect reply.status == 200
  expect endpoint(c.n1, http) == "[{{c.n1.ip6}}]:8080"
  run readers for 2s {{
    at 500ms  slow links of c by 30ms for 1s
  }}
  expect max latency during faults >= 60ms
  expect error rate < 1%
}}
"""


@pytest.mark.usefixtures("lab")
def test_a_service_of_ipv6_alone_is_tested_like_any_other(tmp_path: Path) -> None:
    if "ipv6" in (missing := rungs.find().missing):
        pytest.skip(missing["ipv6"])
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans/six.plan").write_text(PLAN.format(python=sys.executable))
    command = [sys.executable, "-m", "planc", "run", "plans", "--on", "local", "--no-coverage"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    (summary,) = tmp_path.glob("reports/**/scenarios/*/summary.json")
    assert json.loads(summary.read_text())["verdict"] == "passed", done.stdout


SERVER = """
import asyncio, socket

async def main(node):
    # As asyncio does it for every host that is an IPv6 address, "::" included: not by IPv4.
    async def serve(reader, writer):
        await reader.readuntil(b"\\r\\n\\r\\n")
        writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\n{}")
        writer.close()
    server = await asyncio.start_server(serve, "::", node.ports["http"])
    await server.serve_forever()
"""


@pytest.mark.usefixtures("lab")
def test_a_python_service_decides_by_itself_to_speak_ipv6_alone(tmp_path: Path) -> None:
    if "ipv6" in (missing := rungs.find().missing):
        pytest.skip(missing["ipv6"])
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans/six.py").write_text(SERVER)
    text = PLAN.format(python=sys.executable)
    lines = [line for line in text.splitlines() if not line.startswith("  command")]
    lines.insert(lines.index("service web {") + 1, '  python  "six:main"')
    (tmp_path / "plans/six.plan").write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-m", "planc", "run", "plans", "--on", "local", "--no-coverage"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    (summary,) = tmp_path.glob("reports/**/scenarios/*/summary.json")
    assert json.loads(summary.read_text())["verdict"] == "passed", done.stdout


@pytest.mark.parametrize(
    ("address", "text", "named"),
    [
        ("fd77::2", "--bind fd77::2 8080", True),
        ("fd77::2", "http://[fd77::2]:8080", True),
        ("fd77::2", "http://[fd77::21]:8080", False),
        ("10.77.0.2", "http://10.77.0.2:80", True),
        ("10.77.0.2", "bind:10.77.0.2", True),
        ("10.77.0.2", "http://10.77.0.21:80", False),
        ("10.77.0.2", "110.77.0.2", False),
    ],
)
def test_an_address_is_told_from_a_longer_one(address: str, text: str, named: bool) -> None:
    assert _is_named(address, text) is named
