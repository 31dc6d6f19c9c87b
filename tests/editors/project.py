"""The project that the editors are driven through: one mistake, one library, one value."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

LIBRARY = """library "kv"

service store_node {
  python "store:main"
  ports  http 8000
}

client kv over http on port http {
  read(k) GET "/kv/{k}" returns json.value
}
"""
PLAN = """plan "A store"

use "systems/kv.plan"

let patience = 2s   + 500ms

cluster store {
  nodes 3 of store_node
}

workload load on store {
  client  kw
  clients 2
  rate    10/s
  mix     read 100%
  keys    5 uniform
}

scenario "nothing is lost" {
  wait patience
  run load for 20s
}
"""
MENDED = PLAN.replace("kw", "kv").replace("patience", "grace").replace("2s   +", "2s +")
SETTINGS = Path(__file__).parents[2] / "grammar" / "editors"


def make(folder: Path) -> Path:
    (folder / "plans" / "systems").mkdir(parents=True)
    (folder / "planc.yaml").write_text("backend: sim\n")
    (folder / "plans" / "systems" / "kv.plan").write_text(LIBRARY)
    (folder / "plans" / "a.plan").write_text(PLAN)
    return folder


def environment(home: Path) -> Mapping[str, str]:
    """Return that of a user who has planc on the PATH, and settings of nobody else's."""
    scripts = str(Path(sys.executable).parent)
    kept = {name: os.environ[name] for name in ("LANG", "TERM") if name in os.environ}
    coverage = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}
    path = f"{scripts}{os.pathsep}{os.environ['PATH']}"
    return {**kept, **coverage, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "PATH": path}


def needed(program: str | None, command: str) -> str:
    """Return a program that must be there where all systems are, and may be missing elsewhere."""
    if program is None:
        reason = f"needs {command}"
        if os.environ.get("PLANC_REQUIRE_SYSTEMS"):
            pytest.fail(reason)
        pytest.skip(reason)
    return program
