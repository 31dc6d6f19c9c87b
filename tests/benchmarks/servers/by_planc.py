"""The same clusters as a plan has them: declared by the libraries of plans/, started by a run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
PLAN = """
plan "{name} comes up" {{
  owner    "runtime team"
  severity low
}}

use "systems/{name}.plan"

cluster store {{
  {nodes}
}}

scenario "it comes up" {{
  wait until {until} within 30s
}}
"""
NODES = {
    "etcd": "nodes 3 of etcd",
    "redis": "nodes 3 of redis\n  nodes 3 of sentinel as s",
    "nats": "nodes 3 of nats",
}
LED = "count(leaders(store)) == 1"
UNTIL = {
    "etcd": LED,
    "redis": f"{LED} and all(followers(store).status.linked) and "
    + " and ".join(f"s{n}.status.replicas == 2" for n in (1, 2, 3)),
    "nats": LED,
}


class Took(NamedTuple):
    """Seconds."""

    up: float
    """From the start of the first node to the end of the waiting, which ends the scenario."""
    whole: float
    """With the network and the warden before, and the end of everything after it."""


def bring_up(name: str, backend: str, folder: Path) -> Took:
    """Run a scenario that only waits until the cluster serves."""
    plans = folder / "plans" / name
    shutil.copytree(ROOT / "plans" / name / "systems", plans / "systems")
    text = PLAN.format(name=name, nodes=NODES[name], until=UNTIL[name])
    (plans / "up.plan").write_text(text)
    command = [sys.executable, "-m", "planc", "run", "plans", "--on", backend, "--no-coverage"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{name} does not come up on {backend}:\n{done.stdout}{done.stderr}")
    (summary,) = folder.glob("reports/**/scenarios/*/summary.json")
    (report,) = folder.glob("reports/**/junit.xml")
    (case,) = ET.parse(report).iter("testcase")
    return Took(json.loads(summary.read_text())["duration"], float(case.get("time", "nan")))
