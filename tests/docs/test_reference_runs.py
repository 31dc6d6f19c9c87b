"""The statements of the language reference are executed, all of them, on the simulator.

Each example becomes a scenario of five Raft nodes. What it expects of them may hold or not: an
example shows a form. But every line must have been reached, and done what it says.
"""

from __future__ import annotations

import json
import shutil
import textwrap
from pathlib import Path
from typing import Any

from planc_grammar.reference import Entry, read_pages
from support.documents.blocks import ROOT, Block
from support.documents.story import Story

WORLD = """plan "Reference"

use "systems/raft.plan"
use "systems/vm.plan" as machines

cluster store {
  nodes 3 of raft_kv in zone east
  nodes 2 of raft_kv in zone west
}

workload registers on store {
  client  kv
  clients 8
  rate    50/s
  mix     read 60%, write 40%
  keys    5 uniform
}

cluster hall {
  nodes 1 of machines.vm as box
}

machine vm on hall {
  client machines.control
  state status.state
  initial created
  created -> running by start
  stopped -> running by start
  running -> paused by pause
  paused -> running by resume
  running, paused -> stopped by stop
}
"""
CHECKS = "def conserved_total(history):\n    return True\n"
LED = "wait until count(leaders(store)) == 1 within 5s\nwait 500ms\n"
LOADED = """let reply = http GET "{url(n1, http)}/status"
mark "a"
run registers for 2s {
  at 1s crash n2 for 300ms
}
mark "b"
"""
ELSEWHERE = {
    "call, http, exec, python": "commands need real processes: plans/toolbox",
    "byzantine faults": "nodes with hooks: plans/faults",
}
"""Entries whose examples stand in plans of their own, and where."""
LEFT_OUT = (
    "limit memory of n1 to 64MiB",  # possible for real processes only
    'expect history is linearizable as python "models:stack"',  # a model is code of its own
)
"""Lines that the simulator cannot do, or that need more than this world."""


def test_every_statement_of_the_reference_is_executed(tmp_path: Path) -> None:
    entries = [
        (page.name, entry)
        for page in read_pages()
        for entry in page.entries
        if entry.place == "statement" and entry.title not in ELSEWHERE
    ]
    story = _project(tmp_path, [_scenario(page, entry) for page, entry in entries])

    story.tell(Block("reference", 0, "console", "", "$ planc run --on sim -n 2 || true\n"))

    found = {each["title"]: each for each in _summaries(tmp_path)}
    assert sorted(found) == sorted(entry.title for _, entry in entries)
    troubles = {
        title: (each["verdict"], each["because"], each["not_reached"])
        for title, each in found.items()
        if each["verdict"] in ("error", "skipped", "interrupted") or each["not_reached"]
    }
    assert troubles == {}


def _scenario(page: str, entry: Entry) -> str:
    lines = [line for line in entry.example if line not in LEFT_OUT]
    before = LED + (LOADED if page == "expectations" else "")
    body = textwrap.indent(before + "\n".join(lines), "  ")
    return f'scenario "{entry.title}" {{\n{body}\n}}\n'


def _project(folder: Path, scenarios: list[str]) -> Story:
    systems = folder / "plans" / "systems"
    for suite in ("consensus", "machines"):
        shutil.copytree(ROOT / "plans" / suite / "systems", systems, dirs_exist_ok=True)
    (folder / "planc.yaml").write_text("backend: sim\n")
    (folder / "plans" / "reference.plan").write_text("\n".join([WORLD, *scenarios]))
    (folder / "plans" / "checks.py").write_text(CHECKS)
    return Story(folder)


def _summaries(folder: Path) -> list[dict[str, Any]]:
    files = (folder / "reports" / "reference" / "scenarios").glob("*/summary.json")
    return [json.loads(file.read_text("utf-8")) for file in files]
